import Definitions
import Expressions
import Model

extension Reader {
    private static let request = Sight(variables: [.input, .auth, .config])
    private static let answer = Sight(variables: [.input, .auth, .config, .response])

    func connector(_ node: SourceNode) -> ConnectorDefinition? {
        guard let name = node["connector"]?.string,
            let base = template(node["base_url"], Sight(variables: [.auth, .config]))
        else { return nil }
        var connector = ConnectorDefinition(name: name, baseURL: base, place: node.place)
        connector.title = node["title"]?.string
        connector.version = node["version"]?.text ?? "1"
        connector.headers = templates(node["headers"], Self.request)
        connector.timeout = duration(node["timeout"]) ?? connector.timeout
        connector.failsWhen = program(node["fails_when"], Self.answer)
        connector.errors = errorRules(node["errors"])
        connector.texts = textBook(node["texts"])
        for member in node["operations"]?.members ?? [] {
            if let operation = operation(member) { connector.operations.append(operation) }
        }
        for member in node["triggers"]?.members ?? [] {
            if let trigger = poll(member) { connector.triggers.append(trigger) }
            if let trigger = push(member, in: connector) {
                connector.pushTriggers.append(trigger)
            }
        }
        for trigger in connector.triggers
        where !connector.operations.contains(where: { $0.name == trigger.operation }) {
            let near = Spelling.suggestion(
                trigger.operation,
                among: connector.operations.map(\.name),
            )
            report(
                .unknownOperation,
                "the trigger \(trigger.name) asks an unknown operation",
                node["triggers"]?[trigger.name]?["poll"]?["operation"]?.place ?? node.place,
                near.map { "did you mean `\($0)`?" },
            )
        }
        return connector
    }

    private func errorRules(_ node: SourceNode?) -> [ErrorRule] {
        (node?.elements ?? []).compactMap { rule in
            guard let when = program(rule["when"], Self.answer),
                let type: ProblemType = word(rule["type"])
            else { return nil }
            return ErrorRule(
                when: when,
                type: type,
                title: template(rule["title"], Self.answer),
                detail: template(rule["detail"], Self.answer),
                retry: word(rule["retry"]),
                client: template(rule["client"], Self.answer),
                actor: word(rule["actor"]),
                action: word(rule["action"]),
            )
        }
    }

    private func operation(_ member: SourceNode.Member) -> OperationDefinition? {
        let node = member.value
        guard let path = template(node["path"], Self.request) else { return nil }
        let method = node["method"]?.string ?? "GET"
        var operation = OperationDefinition(name: member.key, method: method, path: path)
        operation.title = node["title"]?.string
        operation.query = templates(node["query"], Self.request)
        operation.headers = templates(node["headers"], Self.request)
        operation.body = template(node["body"], Self.request)
        operation.bodyKind = node["body_kind"]?.string ?? "json"
        operation.parameters = parameters(node["parameters"])
        operation.idempotencyHeader = node["idempotency_header"]?.string
        operation.sideEffect = word(node["side_effect"]) ?? Self.sideEffect(of: method)
        operation.failsWhen = program(node["fails_when"], Self.answer)
        operation.errors = errorRules(node["errors"])
        operation.texts = textBook(node["texts"])
        operation.result = program(node["result"], Self.answer)
        operation.timeout = duration(node["timeout"])
        if let pages = node["pagination"], let items = program(pages["items"], Self.answer),
            let next = program(pages["next"], Self.answer)
        {
            operation.pagination = PaginationDefinition(
                items: items,
                next: next,
                maxPages: integer(pages["max_pages"]) ?? 10,
            )
        }
        return operation
    }

    private static func sideEffect(of method: String) -> SideEffect {
        switch method {
        case "GET", "HEAD": .read
        case "DELETE": .delete
        default: .write
        }
    }

    /// An object schema from schemas by name, `required: true` carried up.
    private func parameters(_ node: SourceNode?) -> JSONValue {
        var properties = JSONObject()
        var required: [JSONValue] = []
        for member in node?.members ?? [] {
            var schema = member.value.json
            guard schema.objectValue != nil || schema.boolValue != nil else { continue }
            if case .object(var object) = schema {
                if Self.takeFlag("required", &object) { required.append(.string(member.key)) }
                schema = .object(object)
            }
            properties[member.key] = schema
        }
        var object = JSONObject()
        object["type"] = "object"
        object["properties"] = .object(properties)
        object["additionalProperties"] = false
        if !required.isEmpty { object["required"] = .array(required) }
        if let node {
            do throws(JSONSchemaError) {
                _ = try JSONSchema(.object(object))
            } catch {
                report(.invalidSchema, "\(error)", node.place)
            }
        }
        return .object(object)
    }

    private func poll(_ member: SourceNode.Member) -> PollingTriggerDefinition? {
        guard let node = member.value["poll"], let operation = node["operation"]?.string,
            let items = program(node["items"], Sight(variables: [.config])),
            let key = program(node["key"], Sight(variables: [.item, .config])),
            let cursor = program(node["cursor"], Sight(variables: [.items, .cursor, .config]))
        else { return nil }
        return PollingTriggerDefinition(
            name: member.key,
            operation: operation,
            input: template(node["with"], Sight(variables: [.cursor, .config]))
                ?? .literal(.object(JSONObject())),
            every: duration(node["every"]) ?? TimeSpan(milliseconds: 60_000),
            items: items,
            key: key,
            cursor: cursor,
        )
    }
}
