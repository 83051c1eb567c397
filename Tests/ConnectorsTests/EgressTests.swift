import ConnectorKit
import Model
import NIOCore
import Synchronization
import Testing

@testable import Connectors

/// A resolver that says what the test wants.
final class FakeResolver: HostResolver {
    private let answers: Mutex<[[String]]>
    private let asked = Mutex(0)

    init(_ answers: [[String]]) { self.answers = Mutex(answers) }

    var count: Int { asked.withLock { $0 } }

    func addresses(of host: String) async throws(TransportError) -> [IPAddress] {
        asked.withLock { $0 += 1 }
        let next = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        return next.compactMap(IPAddress.init)
    }
}

/// What requests must never reach, whoever asks.
struct EgressTests {
    private func with(
        answers: [[String]],
        allowed: [String] = [],
        _ body: (HTTPTransport, ClientPool, FakeResolver) async throws -> Void,
    ) async throws {
        let pool = ClientPool(limit: 8, connectionsPerHost: 4)
        let resolver = FakeResolver(answers)
        let egress = EgressGuard(allowList: try AllowList(allowed))
        let transport = HTTPTransport(egress: egress, resolver: resolver, pool: pool)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(transport, pool, resolver))
        } catch {
            result = .failure(error)
        }
        await pool.shutdown()
        try result.get()
    }

    private func request(_ url: String) throws -> HTTPRequest {
        HTTPRequest(
            method: "GET",
            url: try WebURL(url),
            headers: [:],
            redirects: RedirectPolicy(),
            timeouts: PhaseTimeouts(),
            responseLimit: 1000,
        )
    }

    private func refusal(_ transport: HTTPTransport, _ url: String) async throws -> Problem? {
        let request = try request(url)
        do throws(Problem) {
            _ = try await transport.send(request, services: TestServices())
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.8", "169.254.169.254",
        "0.0.0.0", "[::]", "[64:ff9b::7f00:1]",
    ])
    func `private addresses are refused by default`(host: String) async throws {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            try await TestConnectors.run(allowed: []) { connectors in
                let problem = try await connectors.problem(
                    "http.get",
                    ["url": .string("http://\(host):\(server.port)/")],
                )
                #expect(problem.code == "B2404", "\(problem.detail ?? "")")
                #expect(problem.type == .configuration)
                #expect(!problem.isRetryable)
            }
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `a name that resolves to a private address is refused`() async throws {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            try await with(answers: [["127.0.0.1"]]) { transport, _, _ in
                let url = "http://rebind.test:\(server.port)/"
                let problem = try await refusal(transport, url)
                #expect(problem?.code == "B2404")
                #expect(
                    problem?.detail?.contains("not reach rebind.test at 127.0.0.1 (loopback)")
                        == true
                )
            }
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `the connection goes to the checked address, with no second resolution`()
        async throws
    {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            // The name exists nowhere: were it resolved again, the request would fail.
            try await with(answers: [["127.0.0.1"], ["10.9.9.9"]], allowed: ["127.0.0.1"]) {
                transport,
                _,
                resolver in
                let response = try await transport.send(
                    try request("http://pinned.test:\(server.port)/x"),
                    services: TestServices(),
                )
                #expect(response.status == 200)
                #expect(resolver.count == 1)
                #expect(server.requests.first?.headers["host"] == "pinned.test:\(server.port)")
            }
        }
    }

    @Test func `a pinned TLS connection still checks the name of the host`() async throws {
        try await FaultServer.run(tls: Fixtures.serverContext(), { _, _ in .json(200, "1") }) {
            server in
            try await with(answers: [["127.0.0.1"]], allowed: ["127.0.0.1"]) { transport, _, _ in
                var good = try request("https://pinned.test:\(server.port)/")
                good.authority = Fixtures.certificate
                let response = try await transport.send(good, services: TestServices())
                #expect(response.status == 200)
                var bad = try request("https://other.test:\(server.port)/")
                bad.authority = Fixtures.certificate
                do throws(Problem) {
                    _ = try await transport.send(bad, services: TestServices())
                    Issue.record("the name was not checked")
                } catch {
                    #expect(error.code == "B2412")
                }
            }
        }
    }

    @Test func `a connection whose peer is not the pinned address carries no request`()
        async throws
    {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            try await with(answers: [[]]) { _, pool, _ in
                let key = ClientPool.Key(
                    host: "x.test",
                    address: try #require(IPAddress("127.0.0.5")),
                    connectMilliseconds: 1000,
                    readMilliseconds: 1000,
                )
                await #expect(throws: (any Error).self) {
                    try await pool.withClient(key) { client in
                        _ = try await client.get(url: server.base).get()
                    }
                }
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `only the public addresses of a mixed answer are tried`() async throws {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            try await with(answers: [["10.0.0.1", "127.0.0.1"]], allowed: ["127.0.0.1"]) {
                transport,
                pool,
                _ in
                let response = try await transport.send(
                    try request("http://mixed.test:\(server.port)/"),
                    services: TestServices(),
                )
                #expect(response.status == 200)
                #expect(pool.count == 1)
            }
        }
    }

    @Test func `the next address is tried when one takes no connection, and remembered`()
        async throws
    {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            try await with(
                answers: [["127.0.0.9", "127.0.0.1"]],
                allowed: ["127.0.0.0/8"],
            ) { transport, _, _ in
                for _ in 0..<2 {
                    let response = try await transport.send(
                        try request("http://two.test:\(server.port)/"),
                        services: TestServices(),
                    )
                    #expect(response.status == 200)
                }
                let sorted = transport.memory.sorted(
                    [IPAddress("127.0.0.9"), IPAddress("127.0.0.1")].compactMap { $0 },
                    host: "two.test",
                )
                #expect(sorted.first == IPAddress("127.0.0.1"))
            }
        }
    }

    @Test func `clients nobody uses are closed beyond the limit`() async throws {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            try await with(answers: [["127.0.0.1"]], allowed: ["127.0.0.1"]) {
                transport,
                pool,
                _ in
                for index in 0..<20 {
                    _ = try await transport.send(
                        try request("http://h\(index).test:\(server.port)/"),
                        services: TestServices(),
                    )
                }
                #expect(pool.count == 8)
            }
        }
    }

    @Test func `credentials and own headers do not follow to another origin`() async throws {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { other in
            let target = "\(other.base)/landed"
            try await FaultServer.run({ request, _ in
                request.path == "/same"
                    ? .status(307, headers: "Location: /next\r\n")
                    : .status(307, headers: "Location: \(target)\r\n")
            }) { server in
                try await TestConnectors.run { connectors in
                    var connectors = connectors
                    connectors.authentication = Authentication(
                        name: "a",
                        credential: .bearer(token: "t0ken-abc"),
                    )
                    _ = try await connectors.call(
                        "http.post",
                        [
                            "url": .string(server.base + "/same"), "json": ["a": 1],
                            "headers": ["X-Api-Key": "mine-123", "Accept": "text/x"],
                        ],
                    )
                    let same = try #require(server.requests.last)
                    #expect(same.path == "/next")
                    #expect(same.headers["authorization"] == "Bearer t0ken-abc")
                    let landed = try #require(other.requests.first)
                    #expect(landed.method == "POST")
                    #expect(landed.body == #"{"a":1}"#)
                    #expect(landed.headers["authorization"] == nil)
                    #expect(landed.headers["x-api-key"] == nil)
                    #expect(landed.headers["accept"] == "text/x")
                }
            }
        }
    }

    @Test(arguments: [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
    func `a redirected POST keeps or loses its method as RFC 9110 says`(
        status: Int,
        method: String,
    ) async throws {
        try await FaultServer.run({ request, count in
            count == 1
                ? .status(status, headers: "Location: /next\r\n") : .json(200, "1")
        }) { server in
            try await TestConnectors.run { connectors in
                _ = try await connectors.call(
                    "http.post",
                    ["url": .string(server.base), "json": 1],
                )
                #expect(server.requests.map(\.method) == ["POST", method])
                #expect(server.requests.last?.body == (method == "GET" ? "" : "1"))
            }
        }
    }

    @Test func `a redirect that is not followed is the answer`() async throws {
        try await FaultServer.run({ _, _ in .status(302, headers: "Location: /next\r\n") }) {
            server in
            try await TestConnectors.run { connectors in
                let output = try await connectors.call(
                    "http.get",
                    ["url": .string(server.base), "redirects": ["follow": false]],
                )
                #expect(output["status"] == 302)
                #expect(output["headers"]?["location"] == "/next")
            }
        }
    }
}
