import Engine
import Model
import Testing

/// What a request may be: its body as `$trigger.body`, its schema, its size.
@Suite(.timeLimit(.minutes(2))) struct BodyTests {
    static func workflow(_ input: String = "") -> String {
        """
        workflow: w
        trigger: { webhook: { respond: when_finished\(input.isEmpty ? "" : ", input: \(input)") } }
        steps: [{ reply: { body: { was: "${ $trigger.body }" } } }]
        """
    }

    // MARK: Forms of a body

    static let json = "application/json"
    static let form = "application/x-www-form-urlencoded"

    static func nested(_ depth: Int) -> [UInt8] {
        Array(repeating: UInt8(ascii: "["), count: depth)
            + Array(repeating: UInt8(ascii: "]"), count: depth)
    }

    static let understood: [(type: String?, body: [UInt8], value: JSONValue)] = [
        (json, Array(#"{"a":[1,2.5,"x",true,null]}"#.utf8), ["a": [1, 2.5, "x", true, nil]]),
        ("Application/JSON ; charset=utf-8", Array("[1]".utf8), [1]),
        ("application/cloudevents+json", Array(#""x""#.utf8), "x"),
        (json, Array(" 7 \n".utf8), 7),
        (json, [], nil), (form, [], nil), ("text/plain", [], nil), (nil, [], nil),
        (nil, Array(#" {"a":1}"#.utf8), ["a": 1]),
        (nil, Array("hello".utf8), "hello"),
        (nil, [0xff, 0xfe], "//4="),
        ("", Array("hello".utf8), "hello"),
        (
            form, Array("a=1&b=x+y%26z&a=2&c&%C3%A9=%e2%82%ac".utf8),
            ["a": ["1", "2"], "b": "x y&z", "c": "", "é": "€"],
        ),
        (form, Array("a=b=c&&=d".utf8), ["a": "b=c", "": "d"]),
        // What `curl -d` says of JSON.
        (form, Array(#"{"a":"1&2"}"#.utf8), ["a": "1&2"]),
        ("text/plain", Array("{\"a\":1}".utf8), #"{"a":1}"#),
        ("text/csv; charset=utf-8", Array("ä,b".utf8), "ä,b"),
        ("application/xml", Array("<a/>".utf8), "<a/>"),
        ("application/soap+xml", Array("<a/>".utf8), "<a/>"),
        ("application/octet-stream", [0, 1, 2], "AAEC"),
        ("multipart/form-data; boundary=x", Array("--x--".utf8), "LS14LS0="),
    ]

    @Test("a body is read as its type says", arguments: understood.indices)
    func read(_ index: Int) async throws {
        let (type, body, value) = Self.understood[index]
        try await RunningWebhook.run(Self.workflow()) { webhook in
            var request = webhook.request("", type.map { [("content-type", $0)] } ?? [])
            request.body = body
            let answer = await webhook.ask(request)
            #expect(answer.status == 200 && answer.json["was"] == value, "\(answer.text)")
        }
    }

    static let latin1 = Array("\"caf".utf8) + [0xe9, UInt8(ascii: "\"")]

    static let refused: [(name: String, type: String?, body: [UInt8], code: String)] = [
        ("bad JSON", json, Array(#"{"a":}"#.utf8), "B3001"),
        ("cut JSON", json, Array(#"{"a":1"#.utf8), "B3001"),
        ("two values", json, Array("{} {}".utf8), "B3001"),
        ("a comment", json, Array("{} // no".utf8), "B3001"),
        ("only spaces", json, Array("  ".utf8), "B3001"),
        ("a number that is none", json, Array("[01]".utf8), "B3001"),
        ("a lone surrogate", json, Array(#"["\ud800"]"#.utf8), "B3001"),
        ("JSON in Latin-1", "application/json; charset=iso-8859-1", latin1, "B3001"),
        ("JSON in UTF-16", "application/json; charset=utf-16", [0x5b, 0, 0x5d, 0], "B3001"),
        ("too deep", json, nested(129), "B3001"),
        ("far too deep", json, nested(200_000), "B3001"),
        ("bad JSON without a type", nil, Array("{a".utf8), "B3001"),
        ("bad JSON as a form", form, Array("[1".utf8), "B3001"),
        ("text in Latin-1", "text/plain; charset=iso-8859-1", latin1, "B3012"),
        ("XML in Latin-1", "application/xml", latin1, "B3012"),
        ("a form with half an escape", form, Array("a=%2".utf8), "B3011"),
        ("a form with a bad escape", form, Array("a=%zz".utf8), "B3011"),
        ("a form in Latin-1", form, Array("a=%e9".utf8), "B3011"),
        (
            "a form of 1,001 fields", form,
            Array(Array(repeating: "a=1", count: 1001).joined(separator: "&").utf8), "B3011",
        ),
    ]

    @Test("a body that cannot be read is 400 with its number", arguments: refused.indices)
    func unreadable(_ index: Int) async throws {
        let (name, type, body, code) = Self.refused[index]
        try await RunningWebhook.run(Self.workflow()) { webhook in
            var request = webhook.request("", type.map { [("content-type", $0)] } ?? [])
            request.body = body
            let answer = await webhook.ask(request)
            #expect(answer.status == 400 && answer.code == code, "\(name): \(answer.text)")
            #expect(await webhook.executions() == 0)
        }
    }

    @Test("bad JSON is told with its line and column")
    func place() async throws {
        try await RunningWebhook.run(Self.workflow()) { webhook in
            let answer = await webhook.ask("{\n  \"a\": ?\n}", [("content-type", Self.json)])
            #expect(answer.json["data"]?["line"]?.integerValue == 2)
            #expect(answer.json["data"]?["column"]?.integerValue == 8)
        }
    }

    @Test("a body of 128 levels is taken")
    func deep() async throws {
        try await RunningWebhook.run(Self.workflow()) { webhook in
            var request = webhook.request("", [("content-type", Self.json)])
            request.body = Self.nested(128)
            #expect(await webhook.ask(request).status == 200)
        }
    }

    // MARK: input

    @Test("what does not match `input` is 422 with every violation, and starts nothing")
    func schema() async throws {
        let input = "{ type: object, required: [id], properties: { n: { type: integer } } }"
        try await RunningWebhook.run(Self.workflow(input)) { webhook in
            #expect(await webhook.ask(#"{"id":1,"n":2}"#).status == 200)
            for (body, pointers) in [
                (#"{"n":"x"}"#, ["", "/n"]), ("{}", [""]), ("[]", [""]), ("", [""]),
            ] {
                let answer = await webhook.ask(body)
                #expect(answer.status == 422 && answer.code == "B3010")
                let violations = answer.json["data"]?["violations"]?.arrayValue ?? []
                let paths = violations.compactMap { $0["path"]?.stringValue }
                #expect(paths.sorted() == pointers, "\(answer.text)")
                #expect(violations.allSatisfy { $0["message"]?.stringValue?.isEmpty == false })
            }
            #expect(await webhook.executions() == 1)
        }
    }

    @Test("at most 20 violations are told")
    func violations() async throws {
        try await RunningWebhook.run(Self.workflow("{ items: { type: string } }")) { webhook in
            let body = "[" + Array(repeating: "1", count: 100).joined(separator: ",") + "]"
            let answer = await webhook.ask(body)
            #expect(answer.json["data"]?["violations"]?.arrayValue?.count == 20)
        }
    }

    // MARK: Size, method, name

    @Test("a body larger than the limit is 413")
    func large() async throws {
        let account = "limits: { request_body: 16 }"
        try await RunningWebhook.run(Self.workflow(), account: account) { webhook in
            #expect(await webhook.ask(String(repeating: "x", count: 16)).status == 200)
            let answer = await webhook.ask(String(repeating: "x", count: 17))
            #expect(answer.status == 413 && answer.code == "B3002")
            #expect(await webhook.executions() == 1)
        }
    }

    @Test("too many header fields, or too long ones, are 431")
    func largeHeaders() async throws {
        try await RunningWebhook.run(Self.workflow()) { webhook in
            func ask(_ count: Int, _ length: Int) async -> HTTPAnswer {
                let value = String(repeating: "v", count: length)
                return await webhook.ask("", Array(repeating: ("x", value), count: count))
            }
            #expect(await ask(100, 1).status == 200)
            #expect(await ask(101, 1).code == "B3003")
            #expect(await ask(1, (32 << 10) - 1).status == 200)
            let answer = await ask(1, 32 << 10)
            #expect(answer.status == 431 && answer.code == "B3003")
        }
    }

    @Test("POST, PUT and PATCH are taken; all else is 405 with what is")
    func methods() async throws {
        try await RunningWebhook.run(Self.workflow()) { webhook in
            for method in ["POST", "PUT", "PATCH", "GET", "DELETE", "HEAD", "OPTIONS", "post"] {
                var request = webhook.request("{}")
                request.method = method
                let answer = await webhook.ask(request)
                if ["POST", "PUT", "PATCH"].contains(method) {
                    #expect(answer.status == 200)
                } else {
                    #expect(answer.status == 405 && answer.code == "B3004", "\(method)")
                    #expect(answer.header("allow") == "POST, PUT, PATCH")
                }
            }
        }
    }

    @Test("a webhook is found by its name, alone or with its solution; others are 404")
    func names() async throws {
        let other = """
            workflow: v
            trigger: manual
            steps: [{ stop: {} }]
            """
        try await RunningWebhook.run("\(Self.workflow())\n---\n\(other)") { webhook in
            for name in ["w", "s/w"] { #expect(await webhook.ask("{}", of: name).status == 200) }
            for name in ["", "W", "w/", "/w", "t/w", "v", "s/v", "s/w/x", "none"] {
                let answer = await webhook.ask("{}", of: name)
                #expect(answer.status == 404 && answer.code == "B3005", "\(name)")
            }
        }
    }

    // MARK: $trigger

    @Test("a workflow sees the request, without what proves or carries it")
    func trigger() async throws {
        let yaml = """
            workflow: w
            trigger: { webhook: { respond: when_finished } }
            steps: [{ reply: { body: "${ $trigger }" } }]
            """
        try await RunningWebhook.run(yaml) { webhook in
            let headers = [
                ("content-type", "application/json"), ("x-a", "1"), ("x-a", "2"),
                ("authorization", "Bearer plover"), ("cookie", "plover"), ("x-api-key", "plover"),
                ("x-auth-token", "plover"), ("connection", "close"), ("content-length", "2"),
            ]
            let answer = await webhook.ask("{}", headers, query: "a=1&a=2&b=%20")
            #expect(
                answer.json == [
                    "method": "POST", "path": "/hooks/w",
                    "headers": [
                        "content-type": "application/json", "x-a": "1, 2",
                        "authorization": "[redacted]", "cookie": "[redacted]",
                        "x-api-key": "[redacted]", "x-auth-token": "[redacted]",
                    ],
                    "query": ["a": ["1", "2"], "b": " "], "body": [:],
                    "received_at": "2026-09-21T14:13:20.000Z",
                ]
            )
        }
    }
}
