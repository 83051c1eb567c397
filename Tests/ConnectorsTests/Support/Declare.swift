import Definitions
import Expressions
import Model

@testable import Connectors

/// Short forms for definitions that would be YAML.
enum Declare {
    static func template(_ value: JSONValue) throws -> Template { try Template.compile(value) }

    static func program(_ source: String) throws -> Program { try Program(source) }

    static func connector(
        base: String,
        headers: [String: JSONValue] = [:],
        failsWhen: String? = nil,
        errors: [ErrorRule] = [],
        operations: [OperationDefinition],
        triggers: [PollingTriggerDefinition] = [],
    ) throws -> ConnectorDefinition {
        ConnectorDefinition(
            name: "own",
            baseURL: try template(.string(base)),
            headers: try headers.mapValues(template),
            timeout: TimeSpan(milliseconds: 5000),
            failsWhen: try failsWhen.map(program),
            errors: errors,
            operations: operations,
            triggers: triggers,
        )
    }

    static func operation(
        _ name: String = "do",
        method: String = "GET",
        path: String = "/x",
        query: [String: JSONValue] = [:],
        headers: [String: JSONValue] = [:],
        body: JSONValue? = nil,
        bodyKind: String = "json",
        idempotencyHeader: String? = nil,
        sideEffect: SideEffect = .read,
        errors: [ErrorRule] = [],
        result: String? = nil,
        pagination: PaginationDefinition? = nil,
    ) throws -> OperationDefinition {
        OperationDefinition(
            name: name,
            method: method,
            path: try template(.string(path)),
            query: try query.mapValues(template),
            headers: try headers.mapValues(template),
            body: try body.map(template),
            bodyKind: bodyKind,
            idempotencyHeader: idempotencyHeader,
            sideEffect: sideEffect,
            errors: errors,
            result: try result.map(program),
            pagination: pagination,
        )
    }
}
