import AsyncHTTPClient
import Glibc
import Model
import NIOCore
import Testing

@testable import Sandbox

/// Each fault as a client sees it, over a real connection.
@Suite struct SocketTests {
    static let order = "{\"sku\":\"A-1\",\"quantity\":1,\"reference\":\"R\"}"

    @Test(
        arguments: [
            ("429;retry-after=2", 429, "2"), ("503", 503, nil), ("500", 500, nil),
            ("401", 401, nil),
        ] as [(String, Int, String?)]
    )
    func `a status comes with its header`(
        _ fault: String,
        _ status: Int,
        _ after: String?,
    ) async throws {
        try await RunningSandbox.run { sandbox in
            let answer = try await sandbox.ask(
                "GET",
                "/echo",
                headers: [("X-Sandbox-Fail", fault)],
            )
            #expect(answer.status == status)
            #expect(answer.headers["retry-after"] == after)
            #expect(answer.json != nil)
        }
    }

    @Test func `an error inside a 200 is valid JSON`() async throws {
        try await RunningSandbox.run { sandbox in
            let answer = try await sandbox.ask("GET", "/echo/fail-200-error")
            #expect(answer.status == 200)
            #expect(answer.json?.objectValue?["ok"] == .bool(false))
        }
    }

    @Test func `a malformed body is whole and no JSON`() async throws {
        try await RunningSandbox.run { sandbox in
            let answer = try await sandbox.ask("GET", "/echo/fail-malformed")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["content-length"] == String(answer.text.utf8.count))
            #expect(answer.json == nil)
        }
    }

    @Test func `a truncated body ends before its length`() async throws {
        try await RunningSandbox.run { sandbox in
            await #expect(throws: (any Error).self) {
                try await sandbox.ask("GET", "/echo/fail-truncated")
            }
            let next = try await sandbox.ask("GET", "/echo")
            #expect(next.status == 200)
        }
    }

    @Test(arguments: ["reset", "lost"])
    func `a reset is a reset, and the next connection works`(_ fault: String) async throws {
        try await RunningSandbox.run { sandbox in
            let error = await #expect(throws: (any Error).self) {
                let headers = [("X-Sandbox-Fail", fault)]
                return try await sandbox.ask(
                    "POST",
                    "/erp/orders",
                    body: Self.order,
                    headers: headers,
                )
            }
            #expect((error as? IOError)?.errnoCode == ECONNRESET, "\(String(describing: error))")
            let counts = try await sandbox.ask("GET", "/erp/orders").json?.objectValue
            #expect(counts?["created"] == .integer(fault == "lost" ? 1 : 0))
        }
    }

    @Test func `a timeout sends nothing until the client gives up`() async throws {
        try await RunningSandbox.run { sandbox in
            let error = await #expect(throws: HTTPClientError.self) {
                try await sandbox.ask("GET", "/echo/fail-timeout", timeout: .milliseconds(200))
            }
            #expect(error == .deadlineExceeded)
        }
    }

    @Test func `a held connection is cut when the hold is over`() async throws {
        try await RunningSandbox.run(hold: .milliseconds(50)) { sandbox in
            await #expect(throws: (any Error).self) {
                try await sandbox.ask("GET", "/echo/fail-timeout")
            }
        }
    }

    @Test func `a held connection does not hold up the end`() async throws {
        let clock = ContinuousClock()
        let elapsed = try await clock.measure {
            try await RunningSandbox.run(hold: .seconds(600)) { sandbox in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await #expect(throws: (any Error).self) {
                            try await sandbox.ask(
                                "GET",
                                "/echo/fail-timeout",
                                timeout: .seconds(60),
                            )
                        }
                    }
                    // The journal shows that the request is being held.
                    var held = false
                    while !held {
                        held = try await sandbox.ask("GET", "/_sandbox/requests").text.contains(
                            "timeout"
                        )
                    }
                    group.cancelAll()
                }
            }
        }
        // Far below the hold: the end did not wait for it, however busy the machine is.
        #expect(elapsed < .seconds(300))
    }

    @Test func `a slow answer is whole, and late`() async throws {
        try await RunningSandbox.run { sandbox in
            let clock = ContinuousClock()
            let start = clock.now
            let answer = try await sandbox.ask("GET", "/echo/fail-slow=150")
            #expect(answer.status == 200)
            #expect(clock.now - start >= .milliseconds(150))
        }
    }

    @Test func `queued faults are taken by the next answers`() async throws {
        try await RunningSandbox.run { sandbox in
            let fault = "{\"service\":\"erp\",\"fault\":\"429\",\"times\":2,\"retry_after\":1}"
            let queued = try await sandbox.ask("POST", "/_sandbox/faults", body: fault)
            #expect(queued.status == 201)
            var statuses: [Int] = []
            for _ in 0..<3 {
                statuses.append(
                    try await sandbox.ask("POST", "/erp/orders", body: Self.order).status
                )
            }
            #expect(statuses == [429, 429, 201])
        }
    }

    @Test func `a body over the limit is a 413, one that is no JSON a 400`() async throws {
        try await RunningSandbox.run { sandbox in
            let long = String(repeating: "x", count: SandboxLimits.bodySize + 1)
            let tooLong = try await sandbox.ask("POST", "/echo", body: long)
            #expect(tooLong.status == 413)
            let broken = try await sandbox.ask("POST", "/erp/orders", body: "{")
            #expect(broken.status == 400)
            #expect(broken.text.contains("not JSON"))
        }
    }

    @Test func `paths and queries are percent-decoded`() async throws {
        try await RunningSandbox.run { sandbox in
            let answer = try await sandbox.ask("GET", "/echo/a%20b%2Fc/100%25?q=%C3%A4")
            #expect(answer.json?.objectValue?["path"] == .string("/echo/a b/c/100%"))
            #expect(answer.text.contains("\"q\":\"ä\""))
        }
    }

    @Test func `the home page speaks to browsers and to curl, and escapes what it shows`()
        async throws
    {
        try await RunningSandbox.run { sandbox in
            let plain = try await sandbox.ask("GET", "/")
            #expect(plain.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(plain.text.contains("http://127.0.0.1:\(sandbox.port)/erp/orders"))
            _ = try await sandbox.ask("GET", "/echo/%3Cscript%3E")
            let html = try await sandbox.ask("GET", "/", headers: [("Accept", "text/html")])
            #expect(html.text.contains("GET /echo/&lt;script&gt;"))
            #expect(!html.text.contains("<script>"))
        }
    }

    @Test func `a port that is taken is an error, not a hang`() async throws {
        try await RunningSandbox.run { sandbox in
            await #expect(throws: (any Error).self) {
                let second = SandboxServer(
                    configuration: SandboxConfiguration(port: sandbox.port),
                    logger: .init(label: "second"),
                )
                try await second.run()
            }
        }
    }
}
