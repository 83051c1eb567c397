import ConnectorKit
import Model

/// Stands in for a service that is not there yet: answers what it is told, after the time it is
/// told, and fails on demand. Workflows and their error handling can be tried and measured with it.
struct MockConnector: Connector {
    var spec: ConnectorSpec { Self.declared }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        guard call.operation == "answer" else {
            throw Problem(
                .configuration,
                detail: "there is no operation mock.\(call.operation)",
                code: "B2471",
            )
        }
        if let text = call.input["after"]?.stringValue {
            guard let span = TimeSpan(text) else {
                throw Problem(
                    .validation,
                    detail: "after is a time such as 200ms or 5s, not \"\(text.prefix(32))\"",
                    code: "B2472",
                )
            }
            try await call.services.sleep(for: span)
        }
        if let failure = call.input["fail"], call.attempt <= Self.failures(failure) {
            throw Self.problem(failure)
        }
        return call.input["value"] ?? .null
    }

    /// How many attempts fail: all of them when nothing is said.
    private static func failures(_ failure: JSONValue) -> Int {
        failure["times"]?.integerValue.map(Int.init) ?? .max
    }

    private static func problem(_ failure: JSONValue) -> Problem {
        let type = failure["type"]?.stringValue.flatMap(ProblemType.init(rawValue:)) ?? .service
        var problem = Problem(
            type,
            detail: failure["detail"]?.stringValue ?? "mock.answer was told to fail",
            code: "B2473",
        )
        if let status = failure["status"]?.integerValue { problem.status = Int(status) }
        if let after = failure["retry_after"]?.stringValue.flatMap({ TimeSpan($0) }) {
            problem.retry = RetryAdvice(kind: .after, after: after)
        }
        return problem
    }

    /// What a service may do to a caller; the other types are made by the engine alone.
    private static let types: [ProblemType] = [
        .authentication, .authorization, .rateLimit, .timeout, .communication, .service, .request,
        .notFound, .conflict, .tooLarge, .validation,
    ]

    static let declared = ConnectorSpec(
        name: "mock",
        title: "Mock",
        summary: "Stands in for a service: answers what it is told and fails on demand.",
        operations: [
            OperationSpec(
                name: "answer",
                summary: "Gives `value`, after the time `after`; the first `fail.times` attempts"
                    + " fail with `fail.type`.",
                parameters: [
                    "type": "object",
                    "properties": [
                        "value": [:],
                        "after": ["type": "string"],
                        "fail": [
                            "type": "object",
                            "properties": [
                                "type": ["enum": .array(types.map { .string($0.rawValue) })],
                                "times": ["type": "integer", "minimum": 1],
                                "status": ["type": "integer", "minimum": 400, "maximum": 599],
                                "detail": ["type": "string", "maxLength": 1_000],
                                "retry_after": ["type": "string"],
                            ],
                            "additionalProperties": false,
                        ],
                    ],
                    "additionalProperties": false,
                ],
                sideEffect: .none,
                idempotency: .natural,
                problems: Set(types + [.configuration]),
                limits: "the value counts as the step's output",
                examples: [
                    ["value": ["id": 7], "after": "200ms"],
                    ["value": "done", "fail": ["type": "rate_limit", "times": 2]],
                ],
            )
        ],
    )
}
