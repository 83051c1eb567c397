import Engine
import HTTPAPI
import Model
import Testing

/// Every limit of the server, from both sides.
@Suite struct LimitTests {
    @Test func `a target may have 8 KiB`() async throws {
        try await RunningAPI.run { api in
            let limit = HTTPAPIConfiguration().targetLimit
            let most = "/hooks/quick?" + String(repeating: "a", count: limit - 13)
            #expect(try await api.ask("POST", most, body: "{}").status == 200)
            let over = try await api.ask("POST", most + "a", body: "{}")
            #expect(over.status == 414 && over.isProblem)
        }
    }

    @Test func `header fields have a number and a size`() async throws {
        try await RunningAPI.run { api in
            let many = (0..<WebhookLimits.headerCount).map { ("X-H\($0)", "v") }
            let big = [("X-Big", String(repeating: "v", count: WebhookLimits.headerBytes))]
            for headers in [many, big] {
                for path in ["/hooks/quick", "/health"] {
                    let method = path == "/health" ? "GET" : "POST"
                    let answer = try await api.ask(method, path, headers: headers)
                    #expect(answer.status == 431 && answer.isProblem, "\(path)")
                }
            }
            let some = (0..<WebhookLimits.headerCount - 10).map { ("X-H\($0)", "v") }
            #expect(try await api.ask("GET", "/health", headers: some).status == 200)
        }
    }

    @Test func `headers beyond all bounds close the connection`() async throws {
        try await RunningAPI.run { api in
            let connection = try await RawConnection.open(port: api.port)
            let field = "X-Big: " + String(repeating: "v", count: 8 * WebhookLimits.headerBytes)
            let text = try await connection.exchange([
                "GET /health HTTP/1.1\r\nHost: x\r\n\(field)\r\n\r\n"
            ])
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"))
        }
    }

    @Test func `a body over the limit is a 413, told by its length or found on the way`()
        async throws
    {
        try await RunningAPI.run { api in
            let limit = 1 << 20
            let fits = "\"" + String(repeating: "x", count: limit - 2) + "\""
            #expect(try await api.ask("POST", "/hooks/quick", body: fits).status == 200)
            let over = try await api.ask("POST", "/hooks/quick", body: fits + " ")
            #expect(over.status == 413 && over.isProblem)
            let connection = try await RawConnection.open(port: api.port)
            let size = limit + 1
            let chunked = try await connection.exchange([
                "POST /hooks/quick HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n",
                String(size, radix: 16) + "\r\n" + String(repeating: "x", count: size) + "\r\n",
                "0\r\n\r\n",
            ])
            #expect(chunked.hasPrefix("HTTP/1.1 413") && chunked.contains("B3002"))
        }
    }

    @Test(arguments: ["", "GET /health HTT", "GET /health HTTP/1.1\r\nHost: x\r\n"])
    func `a head that does not come is a 408`(_ start: String) async throws {
        try await RunningAPI.run {
            $0.headTimeout = TimeSpan(milliseconds: 100)
        } _: { api in
            let connection = try await RawConnection.open(port: api.port)
            let text = try await connection.exchange(start.isEmpty ? [] : [start])
            #expect(text.hasPrefix("HTTP/1.1 408") && text.contains("B3122"))
        }
    }

    @Test func `a body that does not come is a 408, and others are served meanwhile`() async throws
    {
        try await RunningAPI.run {
            $0.bodyTimeout = TimeSpan(milliseconds: 100)
        } _: { api in
            let connection = try await RawConnection.open(port: api.port)
            async let slow = connection.exchange([
                "POST /hooks/quick HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{\"a\""
            ])
            #expect(try await api.ask("POST", "/hooks/quick", body: "{}").status == 200)
            let text = try await slow
            #expect(text.hasPrefix("HTTP/1.1 408") && text.contains("B3112"))
        }
    }

    @Test func `a connection on which nothing more comes is closed`() async throws {
        try await RunningAPI.run {
            $0.idleTimeout = TimeSpan(milliseconds: 2_000)
        } _: { api in
            let connection = try await RawConnection.open(port: api.port)
            let text = try await connection.exchange(["GET /health HTTP/1.1\r\nHost: x\r\n\r\n"])
            #expect(text.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a connection over the limit waits until another ends`() async throws {
        try await RunningAPI.run {
            $0.connections = 1
        } _: { api in
            let request = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let first = try await RawConnection.open(port: api.port)
            let second = try await RawConnection.open(port: api.port)
            async let late = second.exchange([request])
            #expect(try await first.exchange([request]).hasPrefix("HTTP/1.1 200"))
            #expect(try await late.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "POST /hooks/quick HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /hooks/quick HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /hooks/quick HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `what is not HTTP is refused and starts nothing`(_ request: String) async throws {
        try await RunningAPI.run {
            $0.idleTimeout = TimeSpan(milliseconds: 200)
            $0.bodyTimeout = TimeSpan(milliseconds: 200)
        } _: { api in
            let connection = try await RawConnection.open(port: api.port)
            let text = try await connection.exchange([request])
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(text.prefix(200))")
            #expect(api.engine.statistics().startedTotal == 0)
        }
    }

    @Test func `a request that breaks off starts nothing`() async throws {
        try await RunningAPI.run { api in
            let connection = try await RawConnection.open(port: api.port)
            try await connection.breakOff(
                "POST /hooks/quick HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{\"a\""
            )
            #expect(try await api.ask("GET", "/health").status == 200)
            #expect(api.engine.statistics().startedTotal == 0)
        }
    }
}
