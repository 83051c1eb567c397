import Engine
import Model
import StorePort
import Testing

/// The caller's own id for a request: from an expression, else from a header.
@Suite(.timeLimit(.minutes(2))) struct CorrelationTests {
    static func workflow(_ expression: String? = nil) -> String {
        let line = expression.map { ", correlation_id: \"\($0)\"" } ?? ""
        return """
            workflow: w
            trigger: { webhook: { respond: immediately\(line) } }
            steps: [{ set: { id: "${ $execution.correlation_id }" } }]
            """
    }

    static func text(_ count: Int) -> String { String(repeating: "c", count: count) }

    @Test("without an expression it is the caller's header")
    func headers() async throws {
        let cases: [([(String, String)], String?)] = [
            ([], nil),
            ([("x-correlation-id", "a")], "a"),
            ([("x-request-id", "b")], "b"),
            ([("x-request-id", "b"), ("x-correlation-id", "a")], "a"),
            ([("x-correlation-id", ""), ("x-request-id", "b")], "b"),
            ([("x-correlation-id", "")], nil),
            ([("x-correlation-id", Self.text(255))], Self.text(255)),
            ([("x-correlation-id", Self.text(256))], nil),
            ([("x-correlation-id", Self.text(256)), ("x-request-id", "b")], "b"),
            // One character to the eye, 1,000 to a store.
            ([("x-correlation-id", "e" + String(repeating: "\u{301}", count: 999))], nil),
            ([("x-correlation-id", "a"), ("x-correlation-id", "b")], "a, b"),
            ([("correlation-id", "a")], nil),
        ]
        try await RunningWebhook.run(Self.workflow()) { webhook in
            for (headers, expected) in cases {
                let answer = await webhook.ask("{}", headers)
                #expect(answer.status == 202)
                #expect(answer.json["correlation_id"]?.stringValue == expected, "\(headers)")
            }
        }
    }

    @Test("with an expression it is what that gives")
    func expression() async throws {
        let cases: [(String, String?)] = [
            (#"{"id":"a"}"#, "a"), (#"{"id":17}"#, "17"), (#"{"id":1.5}"#, "1.5"),
            (#"{"id":null}"#, nil), (#"{}"#, nil), (#"{"id":""}"#, nil),
            (#"{"id":"\#(Self.text(255))"}"#, Self.text(255)),
        ]
        try await RunningWebhook.run(Self.workflow("${ $trigger.body.id }")) { webhook in
            for (body, expected) in cases {
                let answer = await webhook.ask(body, [("x-correlation-id", "header")])
                #expect(answer.status == 202)
                #expect(answer.json["correlation_id"]?.stringValue == expected, "\(body)")
            }
        }
    }

    @Test(
        "what cannot be one is refused: 422, B3014, nothing starts",
        arguments: [
            #"{"id":{}}"#, #"{"id":[1]}"#, #"{"id":true}"#, #"{"id":"\#(text(256))"}"#, "text",
        ],
    )
    func refused(_ body: String) async throws {
        try await RunningWebhook.run(Self.workflow("${ $trigger.body.id }")) { webhook in
            let answer = await webhook.ask(body)
            #expect(answer.status == 422 && answer.code == "B3014", "\(answer.text)")
            #expect(await webhook.executions() == 0)
        }
    }

    @Test("executions are found by it")
    func found() async throws {
        try await RunningWebhook.run(Self.workflow()) { webhook in
            for id in ["a", "b", "a"] {
                #expect(await webhook.ask("{}", [("x-request-id", id)]).status == 202)
            }
            var query = ExecutionQuery()
            query.correlationID = "a"
            let found = try await webhook.engine.executions(query)
            #expect(found.count == 2)
        }
    }

    @Test("the workflow sees it, and the answer of the end is the workflow's")
    func seen() async throws {
        try await RunningWebhook.run(Self.workflow()) { webhook in
            let answer = await webhook.ask("{}", [("x-request-id", "a"), ("prefer", "wait=60")])
            #expect(answer.status == 200)
            #expect(answer.json == ["id": "a"])
        }
    }
}
