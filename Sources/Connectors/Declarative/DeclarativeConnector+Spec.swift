import ConnectorKit
import Definitions
import Model

extension DeclarativeConnector {
    /// What the definition declares, as every connector does.
    static func spec(of definition: ConnectorDefinition) -> ConnectorSpec {
        ConnectorSpec(
            name: definition.name,
            title: definition.title ?? definition.name,
            summary: "Declared by the project.",
            version: definition.version,
            authentications: AuthenticationKind.allCases,
            operations: definition.operations.map { spec(of: $0, in: definition) },
        )
    }

    private static func spec(
        of operation: OperationDefinition,
        in definition: ConnectorDefinition,
    ) -> OperationSpec {
        let rules = (operation.errors + definition.errors).map(\.type)
        var problems = HTTPConnector.problems.union(rules)
        if operation.pagination != nil { problems.insert(.limit) }
        return OperationSpec(
            name: operation.name,
            summary: operation.title ?? "\(operation.method.uppercased()) of \(definition.name)",
            parameters: parameters(operation.parameters),
            sideEffect: operation.sideEffect,
            idempotency: idempotency(of: operation),
            problems: problems,
            timeout: operation.timeout ?? definition.timeout,
            limits: operation.pagination.map { "\($0.maxPages) pages, 16 MiB of items" } ?? "",
        )
    }

    /// Twice is as once by the method (RFC 9110, section 9.2.2) or by the key that is sent.
    static func idempotency(of operation: OperationDefinition) -> Idempotency {
        if operation.sideEffect == .read || operation.sideEffect == .none { return .natural }
        if operation.idempotencyHeader != nil { return .key }
        return ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(operation.method.uppercased())
            ? .natural : .none
    }

    private static func parameters(_ schema: JSONValue) -> JSONValue {
        guard case .object(var object) = schema else { return ["type": "object"] }
        if object["type"] == nil { object["type"] = "object" }
        return .object(object)
    }
}
