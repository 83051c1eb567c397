import ConnectorKit
import Model
import Testing

@testable import Connectors

struct HTTPConnectorTests {
    private func with(
        allowed: [String] = ["127.0.0.1"],
        _ reply: @escaping FaultServer.Behaviour,
        _ body: (FaultServer, TestConnectors) async throws -> Void,
    ) async throws {
        try await FaultServer.run(reply) { server in
            try await TestConnectors.run(allowed: allowed) { connectors in
                try await body(server, connectors)
            }
        }
    }

    @Test func `a request carries method, query, headers and JSON, and gives the answer`()
        async throws
    {
        try await with({ _, _ in .json(201, #"{"id":7}"#, headers: "X-A: 1\r\nX-A: 2\r\n") }) {
            server,
            connectors in
            var connectors = connectors
            connectors.facts.correlationID = "req-1"
            connectors.facts.traceparent = "00-0123-4567-01"
            let output = try await connectors.call(
                "http.request",
                [
                    "method": "POST", "url": .string(server.base + "/a%2Fb/c?x=1"),
                    "query": ["tag": ["a", "b&c"], "none": nil, "n": 5],
                    "headers": ["X-Own": "yes", "X-Number": 5], "json": ["a": [1, 2.5, nil]],
                    "idempotency_key": true,
                ],
            )
            #expect(output["status"] == 201)
            #expect(output["body"] == ["id": 7])
            #expect(output["headers"]?["x-a"] == "1, 2")
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/a%2Fb/c?x=1&tag=a&tag=b%26c&n=5")
            #expect(request.body == #"{"a":[1,2.5,null]}"#)
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["x-own"] == "yes")
            #expect(request.headers["x-number"] == "5")
            #expect(request.headers["idempotency-key"] == "exe:1")
            #expect(request.headers["x-correlation-id"] == "req-1")
            #expect(request.headers["traceparent"] == "00-0123-4567-01")
            #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        }
    }

    @Test func `every shorthand uses its method`() async throws {
        try await with({ _, _ in .status(200) }) { server, connectors in
            for method in ["get", "post", "put", "patch", "delete", "head"] {
                _ = try await connectors.call("http.\(method)", ["url": .string(server.base)])
            }
            #expect(
                server.requests.map(\.method) == ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
            )
        }
    }

    @Test func `forms, multipart and raw bodies are sent with their type`() async throws {
        try await with({ _, _ in .status(204) }) { server, connectors in
            let url = JSONValue.string(server.base)
            _ = try await connectors.call("http.post", ["url": url, "form": ["a": "x y"]])
            _ = try await connectors.call(
                "http.post",
                ["url": url, "multipart": [["name": "a", "value": "1"]]],
            )
            _ = try await connectors.call("http.post", ["url": url, "body": "<a/>"])
            _ = try await connectors.call(
                "http.post",
                ["url": url, "body": ["base64": "aGk="], "content_type": "image/png"],
            )
            let requests = server.requests
            #expect(requests[0].body == "a=x+y")
            #expect(requests[0].headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(requests[1].headers["content-type"]?.hasPrefix("multipart/form-data") == true)
            #expect(requests[1].body.contains("name=\"a\"\r\n\r\n1\r\n"))
            #expect(requests[2].headers["content-type"] == "text/plain; charset=utf-8")
            #expect(requests[3].body == "hi")
            #expect(requests[3].headers["content-type"] == "image/png")
        }
    }

    @Test(arguments: [
        (
            Authentication.Credential.bearer(token: "t0ken-abc"), "authorization",
            "Bearer t0ken-abc",
        ),
        (
            .basic(user: "ada", password: "pw-123456"), "authorization",
            "Basic YWRhOnB3LTEyMzQ1Ng==",
        ),
        (.apiKey(key: "k-123456", header: nil, query: nil), "x-api-key", "k-123456"),
        (.apiKey(key: "k-123456", header: "X-Key", query: nil), "x-key", "k-123456"),
        (.headers(["X-One": "v-123456"]), "x-one", "v-123456"),
    ])
    func `a credential is sent, and is never in a problem`(
        credential: Authentication.Credential,
        header: String,
        value: String,
    ) async throws {
        try await with({ request, _ in
            .json(403, "{\"echo\":\"\(request.headers[header] ?? "")\"}")
        }) { server, connectors in
            var connectors = connectors
            connectors.authentication = Authentication(name: "crm", credential: credential)
            let problem = try await connectors.problem(
                "http.get",
                ["url": .string(server.base), "headers": ["Authorization": "mine"]],
            )
            #expect(server.requests.first?.headers[header] == value)
            #expect(problem.type == .authorization)
            let text = JSONWriter.string(problem.json)
            #expect(!text.contains(value))
            #expect(problem.response?.body?["echo"]?.stringValue?.contains("[redacted]") == true)
        }
    }

    @Test func `a key in the query is sent and not shown`() async throws {
        try await with({ _, _ in .status(500) }) { server, connectors in
            var connectors = connectors
            connectors.authentication = Authentication(
                name: "crm",
                credential: .apiKey(key: "k-123456", header: nil, query: "api_key"),
            )
            let problem = try await connectors.problem("http.get", ["url": .string(server.base)])
            #expect(server.requests.first?.target == "/?api_key=k-123456")
            #expect(!JSONWriter.string(problem.json).contains("k-123456"))
        }
    }

    @Test(arguments: [
        ("text/plain", "hi", "auto", "hi" as JSONValue), ("image/png", "hi", "auto", "aGk="),
        ("application/vnd.x+json", "[1]", "auto", .array([1])),
        ("text/html", "[1]", "json", .array([1])),
        ("application/json", "[1]", "text", "[1]"), ("application/json", "[1]", "base64", "WzFd"),
        ("application/json", "", "auto", nil),
        ("text/plain; charset=iso-8859-1", "x", "auto", "x"),
    ])
    func `the body is read as its type or the step says`(
        type: String,
        text: String,
        mode: String,
        value: JSONValue,
    ) async throws {
        let reply =
            "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(text.utf8.count)\r\n\r\n"
        try await with({ _, _ in .raw(reply + text) }) { server, connectors in
            let output = try await connectors.call(
                "http.get",
                ["url": .string(server.base), "response": .string(mode)],
            )
            #expect(output["body"] == value)
        }
    }

    @Test func `a packed answer is unpacked`() async throws {
        let packed = try #require(Base64.decoded(Fixtures.packed))
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
            + "Content-Length: \(packed.count)\r\n\r\n"
        try await with({ _, _ in .bytes(Array(head.utf8) + packed) }) { server, connectors in
            let output = try await connectors.call("http.get", ["url": .string(server.base)])
            #expect(output["body"] == ["packed": true])
            #expect(server.requests.first?.headers["accept-encoding"] == "gzip, deflate")
        }
    }

    @Test func `statuses that the step accepts are no failure`() async throws {
        try await with({ _, _ in .status(404) }) { server, connectors in
            let output = try await connectors.call(
                "http.get",
                ["url": .string(server.base), "ok_statuses": [200, "4xx"]],
            )
            #expect(output["status"] == 404)
            let problem = try await connectors.problem(
                "http.get",
                ["url": .string(server.base), "ok_statuses": [200]],
            )
            #expect(problem.type == .notFound)
        }
    }

    @Test func `an answer with an error inside is a failure`() async throws {
        try await with({ _, _ in .json(200, #"{"ok":false,"error":"no"}"#) }) {
            server,
            connectors in
            let problem = try await connectors.problem(
                "http.get",
                ["url": .string(server.base), "fails_when": "$response.body.ok == false"],
            )
            #expect(problem.type == .request)
            #expect(problem.code == "B2431")
            #expect(problem.response?.body?["error"] == "no")
            let mistake = try await connectors.problem(
                "http.get",
                ["url": .string(server.base), "fails_when": "$response.body + 1"],
            )
            #expect(mistake.type == .expression)
            let unknown = try await connectors.problem(
                "http.get",
                ["url": .string(server.base), "fails_when": "$steps.a"],
            )
            #expect(unknown.code == "B2432")
        }
    }

    @Test func `Retry-After is passed on`() async throws {
        try await with({ _, _ in .status(429, headers: "Retry-After: 17\r\n") }) {
            server,
            connectors in
            let problem = try await connectors.problem("http.get", ["url": .string(server.base)])
            #expect(problem.type == .rateLimit)
            #expect(problem.retry.kind == .after)
            #expect(problem.retry.after == TimeSpan(milliseconds: 17_000))
        }
    }

    @Test func `a connection is used again`() async throws {
        try await with({ request, count in .json(200, "\(count)") }) { server, connectors in
            for _ in 0..<20 {
                _ = try await connectors.call("http.get", ["url": .string(server.base)])
            }
            // The next request may come before the pool has the connection back.
            #expect(server.connectionCount < 10)
        }
    }

    @Test(
        arguments: [
            ["url": "http://a/", "json": 1, "body": "x"], ["url": "ftp://a/"],
            ["url": "http://a/", "headers": ["Host": "b"]],
            ["url": "http://a/", "headers": ["A b": "c"]],
            ["url": "http://a/", "headers": ["A": "b\r\nC: d"]],
            ["url": "http://a/", "query": ["a": ["b": 1]]],
            ["url": "http://a/", "timeouts": ["read": "0s"]],
            ["url": "http://a/", "timeouts": ["read": "11m"]],
            ["url": "http://a/", "max_response_bytes": 100_000_000],
            ["url": "http://a/", "ok_statuses": ["abc"]],
            ["url": "http://a/", "idempotency_key": "Content-Length"],
            ["url": "http://a/", "body": ["base64": "!"]],
            ["url": "http://a/", "body": "x", "content_type": "a\nb"],
        ] as [JSONValue]
    )
    func `an input that cannot be sent is a validation problem`(input: JSONValue) async throws {
        try await TestConnectors.run { connectors in
            let problem = try await connectors.problem("http.post", input)
            #expect(problem.type == .validation)
        }
    }
}
