import ConnectorKit
import Model

/// Starts and awaits other workflows of the same instance.
struct ExecutionConnector: Connector {
    var spec: ConnectorSpec { Self.declared }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        switch call.operation {
        case "call":
            return ["id": .string(try await start(call).description)]
        case "wait":
            let text = call.input["id"]?.stringValue ?? ""
            guard let id = ExecutionID(text) else {
                throw Problem(
                    .validation,
                    detail: "\"\(text.prefix(64))\" is no execution id",
                    code: "B2461",
                )
            }
            return try await call.services.executions.wait(for: id)
        case "call_and_wait":
            return try await call.services.executions.wait(for: try await start(call))
        default:
            throw Problem(
                .configuration,
                detail: "there is no operation execution.\(call.operation)",
                code: "B2462",
            )
        }
    }

    /// The step's own key, so that a repeated attempt finds what the first one started.
    private func start(_ call: OperationCall) async throws(Problem) -> ExecutionID {
        guard let workflow = call.input["workflow"]?.stringValue, !workflow.isEmpty else {
            throw Problem(.validation, detail: "workflow must be a name", code: "B2463")
        }
        return try await call.services.executions.start(
            workflow: workflow,
            input: call.input["input"] ?? .object(JSONObject()),
            idempotencyKey: call.idempotencyKey,
        )
    }

    static let declared = ConnectorSpec(
        name: "execution",
        title: "Executions",
        summary: "Starts workflows of the same instance and waits for them.",
        operations: [
            OperationSpec(
                name: "call",
                summary: "Starts a workflow and gives its execution's id at once.",
                parameters: callParameters,
                result: ["type": "object", "properties": ["id": ["type": "string"]]],
                sideEffect: .write,
                idempotency: .key,
                problems: [.configuration, .validation, .limit],
                limits: "the input counts as a step's output",
                examples: [["workflow": "sync-contact", "input": ["id": 7]]],
            ),
            OperationSpec(
                name: "wait",
                summary: "Waits for an execution's end and gives its output.",
                parameters: [
                    "type": "object", "properties": ["id": ["type": "string"]], "required": ["id"],
                    "additionalProperties": false,
                ],
                sideEffect: .read,
                idempotency: .natural,
                problems: Set(ProblemType.allCases),
                timeout: waitTimeout,
                examples: [["id": "exe_0000000000001"]],
            ),
            OperationSpec(
                name: "call_and_wait",
                summary: "Starts a workflow, waits for its end and gives its output.",
                parameters: callParameters,
                sideEffect: .write,
                idempotency: .key,
                problems: Set(ProblemType.allCases),
                timeout: waitTimeout,
                limits: "the input counts as a step's output",
                examples: [["workflow": "sync-contact"]],
            ),
        ],
    )

    /// Long: the workflow that waits has its own limit.
    private static let waitTimeout = TimeSpan(milliseconds: 3_600_000)

    private static let callParameters: JSONValue = [
        "type": "object",
        "properties": ["workflow": ["type": "string", "minLength": 1], "input": [:]],
        "required": ["workflow"], "additionalProperties": false,
    ]
}
