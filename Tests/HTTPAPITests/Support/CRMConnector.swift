import ConnectorKit
import Model
import Synchronization

/// A connector that remembers the credentials it was given, and echoes everything.
final class CRMConnector: Connector {
    private let seen = Mutex<[String]>([])

    /// The tokens of its calls, in order.
    var tokens: [String] { seen.withLock { $0 } }

    var spec: ConnectorSpec {
        ConnectorSpec(
            name: "crm",
            title: "CRM",
            operations: [
                OperationSpec(
                    name: "push",
                    summary: "Takes a lead.",
                    parameters: ["type": "object"],
                    sideEffect: .write,
                    idempotency: .key,
                    problems: Set(ProblemType.allCases),
                )
            ],
        )
    }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        var token = ""
        if case .bearer(let text) = call.authentication?.credential { token = text }
        seen.withLock { $0.append(token) }
        return ["input": call.input, "token": .string(token)]
    }
}
