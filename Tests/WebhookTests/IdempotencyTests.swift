import Engine
import Model
import StorePort
import Testing

/// What is sent twice is done once: `Idempotency-Key` and `deduplicate_by`.
@Suite(.timeLimit(.minutes(2))) struct IdempotencyTests {
    static let waiting = """
        workflow: w
        trigger: { webhook: { respond: when_finished } }
        steps:
          - { run: gate.pass }
          - { reply: { status: 201, body: { n: "${ $trigger.body.n }", id: "${ $execution.id }" } } }
        """
    static let body = #"{"n":1}"#

    // MARK: Idempotency-Key

    @Test("a request that is sent again gets the answer of the first, and starts nothing")
    func again() async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            webhook.gate.open()
            let first = await webhook.ask(Self.body, [("idempotency-key", "k")])
            #expect(first.status == 201 && !first.isReplayed)
            for _ in 0..<3 {
                let again = await webhook.ask(Self.body, [("idempotency-key", "k")])
                #expect(again.status == 201 && again.body == first.body)
                #expect(again.isReplayed && again.execution == first.execution)
            }
            let other = await webhook.ask(Self.body, [("idempotency-key", "K")])
            #expect(other.status == 201 && other.execution != first.execution)
            #expect(!other.isReplayed)
            #expect(await webhook.executions() == 2)
        }
    }

    @Test("without a key every request is an execution of its own")
    func withoutKey() async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            webhook.gate.open()
            for _ in 0..<3 { #expect(await webhook.ask(Self.body).status == 201) }
            #expect(await webhook.executions() == 3)
        }
    }

    @Test("202 tells how far the first request's execution is")
    func status() async throws {
        let yaml = """
            workflow: w
            trigger: { webhook: { respond: immediately } }
            steps: [{ run: gate.pass }]
            """
        try await RunningWebhook.run(yaml) { webhook in
            func ask(_ headers: [(String, String)] = []) async -> HTTPAnswer {
                await webhook.ask(Self.body, [("idempotency-key", "k")] + headers)
            }
            let first = await ask([("x-correlation-id", "one")])
            #expect(first.status == 202 && first.json["status"]?.stringValue == "queued")
            await webhook.gate.arrivals(1)
            let second = await ask([("x-correlation-id", "two")])
            #expect(second.status == 202 && second.json["status"]?.stringValue == "running")
            #expect(second.json["status_url"] == first.json["status_url"])
            #expect(second.json["correlation_id"]?.stringValue == "one")
            webhook.gate.open()
            let end = await ask([("prefer", "wait=60")])
            #expect(end.status == 200 && end.isReplayed)
            #expect(await ask().json["status"]?.stringValue == "finished")
            #expect(await webhook.executions() == 1)
        }
    }

    @Test("a key with another content is refused: 422, B2003, nothing starts")
    func reused() async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            webhook.gate.open()
            let first = webhook.request(
                Self.body,
                [("idempotency-key", "k"), ("content-type", "application/json")],
                query: "a=1",
            )
            #expect(await webhook.ask(first).status == 201)
            let changes: [@Sendable (inout WebhookRequest) -> Void] = [
                { $0.body = Array(#"{"n":2}"#.utf8) }, { $0.body = [] }, { $0.query = "a=2" },
                { $0.method = "PUT" }, { $0.headers[1].value = "text/plain" },
            ]
            for change in changes {
                var request = first
                change(&request)
                let answer = await webhook.ask(request)
                #expect(answer.status == 422 && answer.code == "B2003", "\(answer.text)")
                #expect(answer.json["type"]?.stringValue == "urn:backstop:problem:conflict")
            }
            // What says nothing about the content may differ.
            var request = first
            request.headers.append(HeaderField("traceparent", "00-1-2-01"))
            request.receivedAt = request.receivedAt + TimeSpan(milliseconds: 1)
            #expect(await webhook.ask(request).status == 201)
            #expect(await webhook.executions() == 1)
        }
    }

    @Test(
        "a malformed key is refused: 400, B3013, nothing starts",
        arguments: [
            "", "\"\"", "\"", "\"a", "\"a\"b\"", "\"a\" ", "\"a\\\"", "\"a\", \"b\"", "schlüssel",
            "a\tb", "a\u{7f}", String(repeating: "k", count: 256),
            "\"" + String(repeating: "k", count: 256) + "\"",
        ],
    )
    func malformed(_ key: String) async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            let answer = await webhook.ask(Self.body, [("idempotency-key", key)])
            #expect(answer.status == 400 && answer.code == "B3013")
            #expect(await webhook.executions() == 0)
        }
    }

    @Test("two keys in one request are refused, even when they are equal")
    func twice() async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            let keys = [("idempotency-key", "k"), ("idempotency-key", "k")]
            let answer = await webhook.ask(Self.body, keys)
            #expect(answer.status == 400 && answer.code == "B3013")
            #expect(await webhook.executions() == 0)
        }
    }

    @Test(
        "a key in quotes is the key without them",
        arguments: [
            ("\"k\"", "k"), (#""a\"b\\c""#, #"a"b\c"#),
            ("\"\(String(repeating: "k", count: 255))\"", String(repeating: "k", count: 255)),
        ],
    )
    func quotes(_ quoted: String, _ plain: String) async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            webhook.gate.open()
            let first = await webhook.ask(Self.body, [("idempotency-key", quoted)])
            let second = await webhook.ask(Self.body, [("idempotency-key", plain)])
            #expect(first.status == 201 && second.isReplayed)
            #expect(second.execution == first.execution)
        }
    }

    @Test("a key counts for 24 hours")
    func window() async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            webhook.gate.open()
            func ask(_ body: String) async -> HTTPAnswer {
                await webhook.ask(body, [("idempotency-key", "k")])
            }
            let first = await ask(Self.body)
            webhook.clock.advance(by: TimeSpan(milliseconds: 86_399_999))
            let last = await ask(Self.body)
            #expect(last.isReplayed && last.execution == first.execution)
            #expect(await ask(#"{"n":2}"#).code == "B2003")
            webhook.clock.advance(by: TimeSpan(milliseconds: 1))
            let next = await ask(#"{"n":2}"#)
            #expect(next.status == 201 && !next.isReplayed && next.execution != first.execution)
        }
    }

    @Test("the same key at another webhook is another key")
    func otherWorkflow() async throws {
        let other = Self.waiting.replacing("workflow: w", with: "workflow: v")
        try await RunningWebhook.run("\(Self.waiting)\n---\n\(other)") { webhook in
            webhook.gate.open()
            let headers = [("idempotency-key", "k")]
            let first = await webhook.ask(Self.body, headers)
            let second = await webhook.ask(Self.body, headers, of: "v")
            #expect(first.status == 201 && second.status == 201)
            #expect(second.execution != first.execution && !second.isReplayed)
        }
    }

    // MARK: All at once

    static func askAtOnce(
        _ webhook: RunningWebhook,
        _ body: @escaping @Sendable (Int) -> String,
    ) async -> [HTTPAnswer] {
        await withTaskGroup(of: HTTPAnswer.self) { tasks in
            for number in 0..<64 {
                tasks.addTask {
                    await webhook.ask(body(number), [("idempotency-key", "k")])
                }
            }
            await webhook.gate.arrivals(1)
            webhook.gate.open()
            return await tasks.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("64 equal requests at once are one execution with one answer")
    func atOnce() async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            let answers = await Self.askAtOnce(webhook) { _ in Self.body }
            #expect(answers.count == 64 && answers.allSatisfy { $0.status == 201 })
            #expect(Set(answers.map(\.execution)).count == 1)
            #expect(Set(answers.map(\.body)).count == 1)
            #expect(answers.count { !$0.isReplayed } == 1)
            #expect(await webhook.executions() == 1)
        }
    }

    @Test("of 64 contents with one key at once, one is taken")
    func contentsAtOnce() async throws {
        try await RunningWebhook.run(Self.waiting) { webhook in
            let answers = await Self.askAtOnce(webhook) { #"{"n":\#($0)}"# }
            #expect(answers.count { $0.status == 201 } == 1)
            #expect(answers.count { $0.code == "B2003" } == 63)
            #expect(await webhook.executions() == 1)
        }
    }

    // MARK: deduplicate_by

    static func deduplicating(_ expression: String) -> String {
        """
        workflow: w
        trigger:
          webhook:
            respond: when_finished
            deduplicate_by: "\(expression)"
        steps: [{ reply: { body: "${ $trigger.body }" } }]
        """
    }

    @Test("equal values are one execution, whatever else was sent")
    func equalValues() async throws {
        try await RunningWebhook.run(Self.deduplicating("${ $trigger.body.order }")) { webhook in
            let first = await webhook.ask(#"{"order":"A-17","n":1}"#)
            let second = await webhook.ask(#"{"order":"A-17","n":2}"#)
            #expect(second.status == 200 && second.isReplayed)
            #expect(second.execution == first.execution && second.body == first.body)
            let third = await webhook.ask(#"{"order":"A-18"}"#)
            #expect(third.status == 200 && third.execution != first.execution)
            webhook.clock.advance(by: TimeSpan(milliseconds: 86_400_000))
            let late = await webhook.ask(#"{"order":"A-17"}"#)
            #expect(late.status == 200 && late.execution != first.execution)
        }
    }

    @Test(
        "a request without a value is an execution of its own",
        arguments: [#"{}"#, #"{"order":null}"#, #"{"order":""}"#],
    )
    func missing(_ body: String) async throws {
        try await RunningWebhook.run(Self.deduplicating("${ $trigger.body.order }")) { webhook in
            for _ in 0..<3 {
                let answer = await webhook.ask(body)
                #expect(answer.status == 200 && !answer.isReplayed)
            }
            #expect(await webhook.executions() == 3)
        }
    }

    @Test("without a value the Idempotency-Key counts; with one it does not")
    func both() async throws {
        try await RunningWebhook.run(Self.deduplicating("${ $trigger.body.order }")) { webhook in
            func ask(_ body: String, _ key: String) async -> HTTPAnswer {
                await webhook.ask(body, [("idempotency-key", key)])
            }
            let first = await ask("{}", "k")
            #expect(await ask("{}", "k").execution == first.execution)
            let second = await ask(#"{"order":"k"}"#, "k")
            #expect(second.status == 200 && second.execution != first.execution)
            #expect(await ask(#"{"order":"k"}"#, "other").execution == second.execution)
            #expect(await webhook.executions() == 2)
        }
    }

    @Test("values are compared whole and by what they say, not by how it is written")
    func values() async throws {
        try await RunningWebhook.run(Self.deduplicating("${ $trigger.body.order }")) { webhook in
            func id(_ value: String) async -> String? {
                await webhook.ask(#"{"order":\#(value)}"#).execution
            }
            #expect(await id(#"{"a":1,"b":[2]}"#) == (await id(#"{ "b": [2], "a": 1 }"#)))
            #expect(await id(#""\u0041""#) == (await id(#""A""#)))
            #expect(await id("[1,2]") != (await id("[2,1]")))
            #expect(await id("false") != (await id("0")))
            let long = String(repeating: "x", count: 10_000)
            #expect(await id("\"\(long)y\"") == (await id("\"\(long)y\"")))
            #expect(await id("\"\(long)y\"") != (await id("\"\(long)z\"")))
            // The same letter to the eye, other bytes.
            #expect(await id("\"\u{e9}\"") != (await id("\"e\u{301}\"")))
        }
    }

    @Test("an expression that fails refuses the request: 422, B3015, nothing starts")
    func failing() async throws {
        try await RunningWebhook.run(Self.deduplicating("${ $trigger.body.order }")) { webhook in
            let answer = await webhook.ask("text")
            #expect(answer.status == 422 && answer.code == "B3015")
            #expect(await webhook.executions() == 0)
        }
    }

    @Test("the configuration may be part of the value")
    func configuration() async throws {
        let expression = "${ $config.shop + $trigger.body.order }"
        let account = "config: { shop: one- }"
        try await RunningWebhook.run(Self.deduplicating(expression), account: account) { webhook in
            let first = await webhook.ask(#"{"order":"1"}"#)
            #expect(first.status == 200, "\(first.text)")
            #expect(await webhook.ask(#"{"order":"1"}"#).execution == first.execution)
        }
    }
}
