import ConnectorKit
import Model
import NIOCore
import Testing

@testable import Connectors

/// Every way in which the network and a server fail, over real sockets.
struct HTTPFailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var reply: FaultServer.Reply
        var code: String
        var type: ProblemType
        var input: JSONObject = [:]
        var testDescription: String { name }
    }

    static let large = String(repeating: "x", count: 5000)

    static let cases = [
        Case(name: "close", reply: .close, code: "B2416", type: .communication),
        Case(name: "reset", reply: .reset, code: "B2416", type: .communication),
        Case(name: "no HTTP", reply: .cut("HELLO\r\n\r\n"), code: "B2421", type: .service),
        Case(
            name: "cut head",
            reply: .cut("HTTP/1.1 200 OK\r\nConte"),
            code: "B2416",
            type: .communication,
        ),
        Case(
            name: "cut body",
            reply: .cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
            code: "B2416",
            type: .communication,
        ),
        Case(
            name: "cut chunks",
            reply: .cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
            code: "B2416",
            type: .communication,
        ),
        Case(
            name: "silence",
            reply: .hang(""),
            code: "B2417",
            type: .timeout,
            input: ["timeouts": ["read": "50ms"]],
        ),
        Case(
            name: "silence in the body",
            reply: .hang("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
            code: "B2417",
            type: .timeout,
            input: ["timeouts": ["read": "50ms"]],
        ),
        Case(
            name: "too large, declared",
            reply: .json(200, "\"\(large)\""),
            code: "B2420",
            type: .tooLarge,
            input: ["max_response_bytes": 1000],
        ),
        Case(
            name: "too large, chunked",
            reply: .raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n\(large)\r\n0\r\n\r\n"
            ),
            code: "B2420",
            type: .tooLarge,
            input: ["max_response_bytes": 1000],
        ),
        Case(
            name: "bomb",
            reply: .bytes(packed(Fixtures.bomb)),
            code: "B2420",
            type: .tooLarge,
            input: ["max_response_bytes": 1000],
        ),
        Case(
            name: "damaged gzip",
            reply: .bytes(packed("AAAAAAAAAAAAAAAAAAAA")),
            code: "B2424",
            type: .service,
        ),
        Case(name: "no JSON", reply: .json(200, "{\"a\":"), code: "B2422", type: .service),
        Case(
            name: "no text",
            reply: .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n".utf8) + [0xFF]),
            code: "B2423",
            type: .service,
            input: ["response": "text"],
        ),
        Case(
            name: "redirect loop",
            reply: .status(302, headers: "Location: /again\r\n"),
            code: "B2425",
            type: .service,
            input: ["redirects": ["max": 3]],
        ),
        Case(
            name: "redirect to a file",
            reply: .status(302, headers: "Location: file:///etc/passwd\r\n"),
            code: "B2426",
            type: .service,
        ),
        Case(
            name: "redirect to metadata",
            reply: .status(302, headers: "Location: http://169.254.169.254/latest/\r\n"),
            code: "B2404",
            type: .configuration,
        ),
    ]

    private static func packed(_ text: String) -> [UInt8] {
        let bytes = Base64.decoded(text) ?? []
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\n"
            + "Content-Length: \(bytes.count)\r\n\r\n"
        return Array(head.utf8) + bytes
    }

    @Test(arguments: cases)
    func `a failure of the server has its problem`(_ test: Case) async throws {
        try await FaultServer.run({ _, _ in test.reply }) { server in
            try await TestConnectors.run { connectors in
                var input = test.input
                input["url"] = .string(server.base)
                let problem = try await connectors.problem("http.get", .object(input))
                #expect(problem.code == test.code, "\(problem.detail ?? "")")
                #expect(problem.type == test.type)
                #expect(problem.detail?.hasPrefix("GET http://127.0.0.1:") == true)
            }
        }
    }

    @Test(arguments: [400, 401, 403, 404, 408, 409, 410, 413, 422, 423, 429, 500, 501, 502, 504])
    func `a status becomes the problem of the table`(status: Int) async throws {
        try await FaultServer.run({ _, _ in .json(status, #"{"why":1}"#) }) { server in
            try await TestConnectors.run { connectors in
                let url = JSONValue.string(server.base + "/p?q=hidden")
                let problem = try await connectors.problem("http.get", ["url": url])
                #expect(problem.type == ProblemTable.row(status: status).type)
                #expect(problem.response?.status == status)
                #expect(problem.response?.body == ["why": 1])
                #expect(problem.detail == "GET \(server.base)/p answered \(status)")
            }
        }
    }

    @Test func `a refused connection is a communication problem`() async throws {
        var port = 0
        try await FaultServer.run({ _, _ in .close }) { port = $0.port }
        try await TestConnectors.run { [port] connectors in
            let problem = try await connectors.problem(
                "http.get",
                ["url": .string("http://127.0.0.1:\(port)/")],
            )
            #expect(problem.code == "B2408")
            #expect(problem.isRetryable)
        }
    }

    @Test func `a host that takes no connection is a timeout`() async throws {
        let full = try FullListener()
        defer { full.close() }
        try await TestConnectors.run { connectors in
            let problem = try await connectors.problem(
                "http.get",
                [
                    "url": .string("http://127.0.0.1:\(full.port)/"),
                    "timeouts": ["connect": "100ms"],
                ],
            )
            #expect(problem.type == .timeout)
            #expect(problem.code == "B2410", "\(problem.detail ?? "")")
        }
    }

    @Test func `an unknown host is a communication problem`() async throws {
        try await TestConnectors.run { connectors in
            let problem = try await connectors.problem(
                "http.get",
                ["url": "http://no-such-host.invalid/"],
            )
            #expect(problem.type == .communication || problem.type == .timeout)
        }
    }

    @Test func `the total timeout ends a request that is under way`() async throws {
        try await FaultServer.run({ _, _ in .hang("") }) { server in
            try await TestConnectors.run { connectors in
                var connectors = connectors
                connectors.services = TestServices(sleepsNot: true)
                let problem = try await connectors.problem(
                    "http.get",
                    ["url": .string(server.base), "timeouts": ["total": "5m"]],
                )
                #expect(problem.code == "B2419")
            }
        }
    }

    @Test func `cancellation closes the connection at once`() async throws {
        try await FaultServer.run({ _, _ in .hang("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") })
        { server in
            try await TestConnectors.run { connectors in
                let call = Task {
                    try await connectors.problem("http.get", ["url": .string(server.base)])
                }
                await server.requestArrived.wait()
                call.cancel()
                let problem = try await call.value
                #expect(problem.type == .cancelled)
                await server.connectionClosed.wait()
            }
        }
    }

    @Test func `an untrusted certificate is a configuration problem, a trusted one is not`()
        async throws
    {
        try await FaultServer.run(tls: Fixtures.serverContext(), { _, _ in .json(200, "1") }) {
            server in
            try await TestConnectors.run(allowed: ["localhost", "127.0.0.1"]) { connectors in
                let url = JSONValue.string("https://localhost:\(server.port)/")
                let untrusted = try await connectors.problem("http.get", ["url": url])
                #expect(untrusted.code == "B2412", "\(untrusted.detail ?? "")")
                #expect(untrusted.type == .configuration)
                let tls: JSONValue = ["ca": .string(Fixtures.certificate)]
                let output = try await connectors.call("http.get", ["url": url, "tls": tls])
                #expect(output["body"] == 1)
                let address = JSONValue.string("https://127.0.0.1:\(server.port)/")
                let wrong = try await connectors.problem("http.get", ["url": address, "tls": tls])
                #expect(wrong.code == "B2412", "\(wrong.detail ?? "")")
                let bad = try await connectors.problem(
                    "http.get",
                    ["url": url, "tls": ["ca": "no PEM"]],
                )
                #expect(bad.code == "B2413", "\(bad.detail ?? "")")
            }
        }
    }

    @Test func `TLS with a server that has none is a communication problem`() async throws {
        try await FaultServer.run({ _, _ in .close }) { server in
            try await TestConnectors.run { connectors in
                let problem = try await connectors.problem(
                    "http.get",
                    [
                        "url": .string("https://127.0.0.1:\(server.port)/"),
                        "timeouts": ["connect": "300ms"],
                    ],
                )
                #expect(
                    ["B2414", "B2415", "B2410"].contains(problem.code),
                    "\(problem.code ?? "")",
                )
            }
        }
    }
}
