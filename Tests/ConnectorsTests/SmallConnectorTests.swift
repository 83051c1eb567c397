import ConnectorKit
import Model
import Testing

@testable import Connectors

/// `log` and `execution`.
struct SmallConnectorTests {
    @Test func `a record is written at its level`() async throws {
        try await TestConnectors.run { connectors in
            for level in ["debug", "info", "warning", "error"] {
                #expect(
                    try await connectors.call(
                        "log.\(level)",
                        ["message": "m", "fields": ["a": 1]],
                    ) == ["logged": true]
                )
            }
            _ = try await connectors.call("log.write", ["message": ["x": 1], "level": "critical"])
            let records = connectors.services.records
            #expect(records.map(\.level) == [.debug, .info, .warning, .error, .critical])
            #expect(records.first?.fields == ["a": 1])
            #expect(records.last?.message == #"{"x":1}"#)
        }
    }

    @Test func `a record has limits and a level that exists`() async throws {
        try await TestConnectors.run { connectors in
            let long = String(repeating: "x", count: LogConnector.messageLimit + 1)
            let problem = try await connectors.problem("log.info", ["message": .string(long)])
            #expect(problem.type == .tooLarge)
            let fields = String(repeating: "x", count: LogConnector.fieldsLimit)
            let second = try await connectors.problem(
                "log.info",
                ["message": "", "fields": ["a": .string(fields)]],
            )
            #expect(second.code == "B2452")
            let level = try await connectors.problem(
                "log.write",
                ["message": "m", "level": "loud"],
            )
            #expect(level.type == .validation)
        }
    }

    @Test func `a workflow is started under the step's key`() async throws {
        try await TestConnectors.run { connectors in
            let id = ExecutionID(rawValue: 7).description
            let input: JSONValue = ["workflow": "sync", "input": ["a": 1]]
            let output = try await connectors.call("execution.call", input)
            #expect(output == ["id": .string(id)])
            #expect(
                try await connectors.call("execution.wait", ["id": .string(id)]) == ["done": true]
            )
            #expect(
                try await connectors.call("execution.call_and_wait", ["workflow": "sync"])
                    == ["done": true]
            )
            let started = connectors.services.started
            #expect(started.map(\.key) == ["exe:1", "exe:1"])
            #expect(started.map(\.input) == [["a": 1], [:]])
        }
    }

    @Test func `a failure of the awaited execution is passed on`() async throws {
        try await TestConnectors.run { connectors in
            var connectors = connectors
            connectors.services = TestServices(outcome: .failure(Problem(.conflict)))
            let problem = try await connectors.problem(
                "execution.call_and_wait",
                ["workflow": "sync"],
            )
            #expect(problem.type == .conflict)
            let id = try await connectors.problem("execution.wait", ["id": "exe_x"])
            #expect(id.code == "B2461")
            let name = try await connectors.problem("execution.call", ["workflow": ""])
            #expect(name.type == .validation)
        }
    }

    @Test func `the mock answers what it is told, and fails as often as it is told`() async throws {
        try await TestConnectors.run { connectors in
            #expect(try await connectors.call("mock.answer", ["value": ["a": 1]]) == ["a": 1])
            #expect(try await connectors.call("mock.answer", [:]) == .null)
            let failing: JSONValue = [
                "value": 1,
                "fail": [
                    "type": "rate_limit", "times": 1, "status": 420, "retry_after": "2s",
                    "detail": "slow down",
                ],
            ]
            let problem = try await connectors.problem("mock.answer", failing)
            #expect(problem.type == .rateLimit && problem.status == 420)
            #expect(problem.retry.after == TimeSpan(milliseconds: 2_000))
            #expect(problem.detail == "slow down")
            #expect(try await connectors.call("mock.answer", failing, attempt: 2) == 1)
            let wrong = try await connectors.problem("mock.answer", ["after": "soon"])
            #expect(wrong.code == "B2472")
        }
    }
}
