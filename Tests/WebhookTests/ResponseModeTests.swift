import Engine
import Model
import Testing

/// What the caller hears, and when: `respond`, `timeout`, `on_timeout`, `Prefer`.
@Suite(.timeLimit(.minutes(2))) struct ResponseModeTests {
    static func workflow(_ trigger: String, _ steps: String = "[{ run: gate.pass }]") -> String {
        """
        workflow: w
        trigger: { webhook: { \(trigger) } }
        steps: \(steps)
        """
    }

    static let echo = #"[{ run: gate.pass, with: { said: "${ $trigger.body.n }" } }]"#
    static let body = #"{"n":1}"#

    static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 1000) }

    // MARK: The two modes

    @Test("`immediately` answers 202 with where to look, before anything has run")
    func immediately() async throws {
        try await RunningWebhook.run(Self.workflow("respond: immediately")) { webhook in
            let answer = await webhook.ask(Self.body)
            #expect(answer.status == 202)
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.header("retry-after") == "1")
            let id = try #require(answer.execution)
            let url = try #require(answer.header("location"))
            #expect(answer.json["id"]?.stringValue == id)
            #expect(answer.json["status"]?.stringValue == "queued")
            #expect(answer.json["status_url"]?.stringValue == url)
            let parts = url.split(separator: "?token=").map(String.init)
            #expect(parts.first == "/v1/executions/\(id)/status")
            let events = answer.json["events_url"]?.stringValue
            #expect(events == "/v1/executions/\(id)/events?token=\(parts.last ?? "")")
            let execution = try #require(ExecutionID(id))
            #expect(webhook.engine.isStatusCapability(parts.last ?? "", for: execution))
            #expect(await webhook.executions() == 1)
        }
    }

    @Test("`immediately` is what a webhook does when nothing is said")
    func standard() async throws {
        let yaml = """
            workflow: w
            trigger: webhook
            steps: [{ run: gate.pass }]
            """
        try await RunningWebhook.run(yaml) { webhook in
            #expect(await webhook.ask(Self.body).status == 202)
        }
    }

    @Test("`when_finished` without a reply answers 200 with the output")
    func output() async throws {
        let yaml = Self.workflow("respond: when_finished", Self.echo)
        try await RunningWebhook.run(yaml) { webhook in
            webhook.gate.open()
            let answer = await webhook.ask(Self.body)
            #expect(answer.status == 200 && answer.json == ["said": 1])
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.execution != nil && answer.header("preference-applied") == nil)
        }
    }

    @Test("a good reply is told at the end, not before")
    func goodReply() async throws {
        let steps = "[{ reply: { status: 200, body: done } }, { run: gate.pass }]"
        let yaml = Self.workflow("respond: when_finished, timeout: 5s", steps)
        try await RunningWebhook.run(yaml) { webhook in
            async let waiting = webhook.ask(Self.body)
            await webhook.clock.untilAsleep(for: Self.seconds(5))
            await webhook.gate.arrivals(1)
            webhook.clock.advance(by: Self.seconds(6))
            // The reply was given long ago, but it promises what has not happened yet.
            #expect(await waiting.status == 504)
            webhook.gate.open()
            #expect(await webhook.ask(Self.body).text == "done")
        }
    }

    @Test("a reply that admits a failure is told at once")
    func badReply() async throws {
        let steps = "[{ reply: { status: 409, body: taken } }, { run: gate.pass }]"
        let yaml = Self.workflow("respond: when_finished", steps)
        try await RunningWebhook.run(yaml) { webhook in
            let answer = await webhook.ask(Self.body)
            #expect(answer.status == 409 && answer.text == "taken")
            await webhook.gate.arrivals(1)
        }
    }

    @Test("a failed execution never answers 2xx, whatever it replied")
    func failure() async throws {
        let raise = "{ raise: { type: conflict, detail: inner, client: Outer words } }"
        let steps = [
            "[\(raise)]", "[{ reply: { status: 200, body: inner } }, \(raise)]",
            "[{ reply: { status: 302, body: inner } }, \(raise)]",
        ]
        for steps in steps {
            try await RunningWebhook.run(Self.workflow("respond: when_finished", steps)) {
                webhook in
                let answer = await webhook.ask(Self.body)
                #expect(answer.status >= 400)
                #expect(answer.header("content-type") == "application/problem+json")
                #expect(answer.text.contains("Outer words") && !answer.text.contains("inner"))
                let id = try #require(answer.execution)
                #expect(answer.json["instance"]?.stringValue == "/v1/executions/\(id)")
                #expect(answer.json["ids"]?["execution"]?.stringValue == id)
            }
        }
    }

    @Test("a handler's own words are the answer, and the run is a failure all the same")
    func handled() async throws {
        let steps = """
            [{ raise: { type: service }, on_error:
              [{ reply: { status: 502, body: { code: down } }, then: fail }] }]
            """
        try await RunningWebhook.run(Self.workflow("respond: when_finished", steps)) { webhook in
            let answer = await webhook.ask(Self.body)
            #expect(answer.status == 502 && answer.json == ["code": "down"])
            let id = try #require(answer.execution.flatMap { ExecutionID($0) })
            guard
                case .finished(let view) = await webhook.engine.result(
                    of: id,
                    within: Self.seconds(60),
                )
            else {
                Issue.record("no end")
                return
            }
            #expect(view.outcome?.reason == .failed)
        }
    }

    // MARK: The end of the wait

    /// Asks, lets so much time pass, and tells what the caller got; the execution goes on.
    static func wait(
        _ trigger: String,
        prefer: String? = nil,
        for span: TimeSpan,
    ) async throws -> HTTPAnswer {
        let (answers, tell) = AsyncStream.makeStream(of: HTTPAnswer.self)
        try await RunningWebhook.run(workflow(trigger, echo)) { webhook in
            async let waiting = webhook.ask(body, prefer.map { [("prefer", $0)] } ?? [])
            await webhook.clock.untilAsleep(for: span)
            webhook.clock.advance(by: span + TimeSpan(milliseconds: 200))
            let answer = await waiting
            tell.yield(answer)
            let id = try #require(answer.execution.flatMap { ExecutionID($0) })
            webhook.gate.open()
            guard case .finished(let view) = await webhook.engine.result(of: id, within: span)
            else {
                Issue.record("it did not go on")
                return
            }
            #expect(view.outcome?.reason == .succeeded)
        }
        tell.finish()
        var iterator = answers.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    @Test("after `timeout` the answer is 504 with the status URL", arguments: ["", "fail"])
    func timeout(_ word: String) async throws {
        let line = word.isEmpty ? "" : ", on_timeout: \(word)"
        let answer = try await Self.wait(
            "respond: when_finished, timeout: 5s\(line)",
            for: Self.seconds(5),
        )
        #expect(answer.status == 504 && answer.code == "B3016")
        let url = answer.json["status_url"]?.stringValue ?? ""
        #expect(url.hasPrefix("/v1/executions/\(answer.execution ?? "-")/status?token="))
    }

    @Test("with `on_timeout: accept` it is 202")
    func accept() async throws {
        let answer = try await Self.wait(
            "respond: when_finished, timeout: 5s, on_timeout: accept",
            for: Self.seconds(5),
        )
        #expect(answer.status == 202 && answer.header("location") != nil)
    }

    @Test("without `timeout` a caller is held for 30 seconds")
    func standardTimeout() async throws {
        let answer = try await Self.wait("respond: when_finished", for: Self.seconds(30))
        #expect(answer.status == 504)
    }

    // MARK: Prefer

    @Test(
        "`Prefer: wait` decides how long the caller is held",
        arguments: [
            ("respond: immediately", "wait=2", 2, 202, "wait=2"),
            ("respond: when_finished", "wait=2", 2, 504, "wait=2"),
            ("respond: when_finished, timeout: 5s", "wait=60", 60, 504, "wait=60"),
            ("respond: when_finished, on_timeout: accept", "wait=2", 2, 202, "wait=2"),
            (
                "respond: when_finished", "respond-async, wait=2", 2, 202,
                "respond-async, wait=2",
            ),
            (
                "respond: immediately", "wait=2;x=1 , Respond-Async", 2, 202,
                "respond-async, wait=2",
            ),
            ("respond: immediately", "WAIT = \"2\"", 2, 202, "wait=2"),
            ("respond: immediately", "wait=2, wait=9", 2, 202, "wait=2"),
            ("respond: immediately", "wait=301", 300, 202, "wait=300"),
            ("respond: immediately", "wait=999999999", 300, 202, "wait=300"),
        ] as [(String, String, Int64, Int, String)],
    )
    func preferWait(
        _ trigger: String,
        _ prefer: String,
        _ seconds: Int64,
        _ status: Int,
        _ applied: String,
    ) async throws {
        let answer = try await Self.wait(trigger, prefer: prefer, for: Self.seconds(seconds))
        #expect(answer.status == status)
        #expect(answer.header("preference-applied") == applied)
    }

    @Test(
        "a wait that is long enough gets the result",
        arguments: ["wait=9", "respond-async,wait=9"],
    )
    func waitForResult(_ prefer: String) async throws {
        try await RunningWebhook.run(Self.workflow("respond: immediately", Self.echo)) { webhook in
            webhook.gate.open()
            let answer = await webhook.ask(Self.body, [("prefer", prefer)])
            #expect(answer.status == 200 && answer.json == ["said": 1])
        }
    }

    @Test("`Prefer: respond-async` or `wait=0` gets 202 at once")
    func preferAsync() async throws {
        try await RunningWebhook.run(Self.workflow("respond: when_finished")) { webhook in
            for (prefer, applied) in [
                ("respond-async", "respond-async"), ("wait=0", "wait=0"),
                ("RESPOND-ASYNC; x=1", "respond-async"),
                ("return=minimal, respond-async", "respond-async"),
            ] {
                let answer = await webhook.ask(Self.body, [("prefer", prefer)])
                #expect(answer.status == 202, "\(prefer)")
                #expect(answer.header("preference-applied") == applied)
            }
            let lines = [("prefer", "wait=0"), ("prefer", "respond-async")]
            let answer = await webhook.ask(Self.body, lines)
            #expect(answer.status == 202)
            #expect(answer.header("preference-applied") == "respond-async, wait=0")
        }
    }

    @Test(
        "a preference that means nothing is ignored",
        arguments: [
            "", ",", "wait", "wait=", "wait=-1", "wait=1.5", "wait=1e3", "wait=soon",
            "wait=9999999999", "wait=٣", "async", "respondasync", "return=minimal", "=", ";",
        ],
    )
    func ignored(_ prefer: String) async throws {
        try await RunningWebhook.run(Self.workflow("respond: immediately")) { webhook in
            let answer = await webhook.ask(Self.body, [("prefer", prefer)])
            #expect(answer.status == 202 && answer.header("preference-applied") == nil)
        }
    }

    // MARK: Too much

    @Test(
        "a full queue answers 429 or 503 with Retry-After, and takes nothing",
        arguments: [
            ("backlog_per_instance: 3", 429, "B2001"), ("backlog: 3", 503, "B2002"),
        ],
    )
    func full(_ limit: String, _ status: Int, _ code: String) async throws {
        let yaml = Self.workflow("respond: when_finished")
        let account = "limits: { concurrency: 1, \(limit) }"
        try await RunningWebhook.run(yaml, account: account) { webhook in
            func start() async -> HTTPAnswer {
                await webhook.ask(Self.body, [("prefer", "respond-async")])
            }
            #expect(await start().status == 202)
            await webhook.gate.arrivals(1)
            for _ in 0..<3 { #expect(await start().status == 202) }
            for prefer in ["respond-async", "wait=9", ""] {
                let answer = await webhook.ask(Self.body, [("prefer", prefer)])
                #expect(answer.status == status && answer.code == code)
                #expect(answer.header("retry-after") == "2")
                #expect(answer.execution == nil)
            }
            #expect(await webhook.executions() == 4)
        }
    }

    @Test("an engine that has shut down answers 503 with Retry-After")
    func down() async throws {
        let (webhooks, tell) = AsyncStream.makeStream(of: RunningWebhook.self)
        try await RunningWebhook.run(Self.workflow("respond: when_finished")) { webhook in
            tell.yield(webhook)
        }
        var iterator = webhooks.makeAsyncIterator()
        let webhook = try #require(await iterator.next())
        let answer = await webhook.ask(Self.body)
        #expect(answer.status == 503 && answer.code == "B2002")
        #expect(answer.header("retry-after") == "5")
        #expect(await webhook.executions() == 0)
    }
}
