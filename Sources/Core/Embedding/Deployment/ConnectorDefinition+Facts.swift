import Definitions
import Expressions
import Model

extension ConnectorDefinition {
    /// What a plan shows of it; all else is behind the digest of its file.
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
        for trigger in pushTriggers {
            polls[trigger.name] = .string("pushed, \(trigger.subscribe?.operation ?? "by hand")")
        }
        object["triggers"] = .members(polls) { $0 }
        return object
    }
}
