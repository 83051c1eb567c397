import Definitions
import Expressions
import Model

extension ConnectorDefinition {
    /// What a plan shows of it; all else is behind the digest.
    var facts: JSONObject {
        var object = JSONObject()
        object["title"] = title.map(JSONValue.string)
        object["version"] = .string(version)
        object["base_url"] = baseURL.sourceJSON
        object["timeout"] = .string(timeout.description)
        var shown: [String: JSONValue] = [:]
        for operation in operations {
            let path = operation.path.sourceJSON.stringValue ?? ""
            shown[operation.name] = .string("\(operation.method) \(path)")
        }
        object["operations"] = .members(shown) { $0 }
        var polls: [String: JSONValue] = [:]
        for trigger in triggers {
            polls[trigger.name] = .string("\(trigger.operation) every \(trigger.every)")
        }
        object["triggers"] = .members(polls) { $0 }
        return object
    }

    /// All that it does: two with equal content behave the same.
    var content: JSONObject {
        var object = facts
        object["headers"] = .members(headers, \.sourceJSON)
        object["fails_when"] = failsWhen.map { .string($0.source) }
        object["errors"] = .array(errors.map(\.content))
        object["operations"] = .array(
            operations.sorted { $0.name < $1.name }.map(\.content)
        )
        object["triggers"] = .array(triggers.sorted { $0.name < $1.name }.map(\.content))
        return object
    }
}

extension OperationDefinition {
    fileprivate var content: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["title"] = title.map(JSONValue.string)
        object["method"] = .string(method)
        object["path"] = path.sourceJSON
        object["query"] = .members(query, \.sourceJSON)
        object["headers"] = .members(headers, \.sourceJSON)
        object["body"] = body?.sourceJSON
        object["body_kind"] = .string(bodyKind)
        object["parameters"] = parameters
        object["idempotency_header"] = idempotencyHeader.map(JSONValue.string)
        object["side_effect"] = .string(sideEffect.rawValue)
        object["fails_when"] = failsWhen.map { .string($0.source) }
        object["errors"] = .array(errors.map(\.content))
        object["result"] = result.map { .string($0.source) }
        if let pagination {
            object["pagination"] = [
                "items": .string(pagination.items.source),
                "next": .string(pagination.next.source),
                "max_pages": .integer(Int64(pagination.maxPages)),
            ]
        }
        object["timeout"] = timeout.map { .string($0.description) }
        return .object(object)
    }
}

extension ErrorRule {
    fileprivate var content: JSONValue {
        var object = JSONObject()
        object["when"] = .string(when.source)
        object["type"] = .string(type.rawValue)
        object["title"] = title?.sourceJSON
        object["detail"] = detail?.sourceJSON
        object["retry"] = retry.map { .string($0.rawValue) }
        object["client"] = client?.sourceJSON
        object["actor"] = actor.map { .string($0.rawValue) }
        object["action"] = action.map { .string($0.rawValue) }
        return .object(object)
    }
}

extension PollingTriggerDefinition {
    fileprivate var content: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["operation"] = .string(operation)
        object["input"] = input.sourceJSON
        object["every"] = .string(every.description)
        object["items"] = .string(items.source)
        object["key"] = .string(key.source)
        object["cursor"] = .string(cursor.source)
        return .object(object)
    }
}
