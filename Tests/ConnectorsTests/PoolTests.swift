import ConnectorKit
import Logging
import Model
import Synchronization
import Testing

@testable import Connectors

/// Limits of connections, and where a request is when it is cancelled.
struct PoolTests {
    /// Never answers.
    private struct SilentResolver: HostResolver {
        let asked = Signal()

        func addresses(of host: String) async throws(TransportError) -> [IPAddress] {
            let shot = OneShot<Void>()
            await withTaskCancellationHandler {
                await shot.wait { asked.give() }
            } onCancel: {
                shot.give(())
            }
            throw TransportError(.cancelled, "cancelled")
        }
    }

    private func request(_ url: String, connect: Int64 = 10_000) throws -> HTTPRequest {
        var timeouts = PhaseTimeouts()
        timeouts.connect = TimeSpan(milliseconds: connect)
        return HTTPRequest(
            method: "GET",
            url: try WebURL(url),
            headers: [:],
            redirects: RedirectPolicy(),
            timeouts: timeouts,
            responseLimit: 1000,
        )
    }

    private func with(
        connectionsPerHost: Int = 64,
        resolver: any HostResolver = FakeResolver([["127.0.0.1"]]),
        _ body: (HTTPTransport) async throws -> Void,
    ) async throws {
        let pool = ClientPool(limit: 8, connectionsPerHost: connectionsPerHost)
        let transport = HTTPTransport(
            egress: EgressGuard(allowList: try AllowList(["127.0.0.1"])),
            resolver: resolver,
            pool: pool,
        )
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(transport))
        } catch {
            result = .failure(error)
        }
        await pool.shutdown(within: .milliseconds(500))
        try result.get()
    }

    private func problem(
        _ transport: HTTPTransport,
        _ request: HTTPRequest,
    ) async -> Problem? {
        do throws(Problem) {
            _ = try await transport.send(request, services: TestServices())
            return nil
        } catch {
            return error
        }
    }

    @Test func `no more connections are opened to a host than allowed`() async throws {
        try await FaultServer.run({ _, _ in .json(200, "1") }) { server in
            try await with(connectionsPerHost: 3) { transport in
                let request = try request(server.base)
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<60 {
                        group.addTask {
                            try await transport.send(request, services: TestServices()).status
                        }
                    }
                    for try await status in group { #expect(status == 200) }
                }
                #expect(server.connectionCount <= 3)
                #expect(server.requests.count == 60)
            }
        }
    }

    @Test func `a request that finds no free connection in time is a timeout`() async throws {
        try await FaultServer.run({ _, _ in .hang("") }) { server in
            try await with(connectionsPerHost: 1) { transport in
                let request = try request(server.base, connect: 200)
                let first = Task { await problem(transport, request) }
                await server.requestArrived.wait()
                let second = await problem(transport, request)
                #expect(second?.type == .timeout)
                #expect(second?.code == "B2411", "\(second?.detail ?? "")")
                first.cancel()
                #expect(await first.value?.type == .cancelled)
            }
        }
    }

    @Test func `cancellation ends a request that waits for a name`() async throws {
        let resolver = SilentResolver()
        try await with(resolver: resolver) { transport in
            let request = try request("http://slow.test/")
            let call = Task { await problem(transport, request) }
            await resolver.asked.wait()
            call.cancel()
            #expect(await call.value?.type == .cancelled)
        }
    }

    @Test func `a name that is not resolved in time is a timeout`() async throws {
        try await with(resolver: SilentResolver()) { transport in
            let request = try request("http://slow.test/", connect: 50)
            #expect(await problem(transport, request)?.code == "B2410")
        }
    }

    @Test func `cancellation ends a request that waits for a connection`() async throws {
        let full = try FullListener()
        defer { full.close() }
        try await with { transport in
            let request = try request("http://full.test:\(full.port)/")
            let call = Task { await problem(transport, request) }
            call.cancel()
            #expect(await call.value?.type == .cancelled)
            // The connection is still being made; the shutdown does not wait for it.
            await transport.pool.shutdown(within: .zero)
        }
    }

    @Test func `after the shutdown requests are refused, those under way end by themselves`()
        async throws
    {
        try await FaultServer.run({ _, count in count == 1 ? .hang("") : .json(200, "1") }) {
            server in
            let pool = ClientPool(limit: 8, connectionsPerHost: 4)
            let transport = HTTPTransport(
                egress: EgressGuard(allowList: try AllowList(["127.0.0.1"])),
                resolver: FakeResolver([["127.0.0.1"]]),
                pool: pool,
            )
            let request = try request(server.base)
            let first = Task { await problem(transport, request) }
            await server.requestArrived.wait()
            await pool.shutdown()
            #expect(await problem(transport, request)?.type == .cancelled)
            first.cancel()
            #expect(await first.value?.type == .cancelled)
            #expect(pool.count == 0)
        }
    }

    @Test func `the system's resolver answers, keeps answers and stops when cancelled`()
        async throws
    {
        let resolver = SystemResolver()
        resolver.start()
        let first = try await resolver.addresses(of: "localhost")
        #expect(!first.isEmpty)
        #expect(first.allSatisfy { AddressPolicy.refusal(of: $0) == "loopback" })
        #expect(try await resolver.addresses(of: "localhost") == first)
        #expect(try await resolver.addresses(of: "192.0.2.1").map(\.description) == ["192.0.2.1"])
        let call = Task { () throws -> [IPAddress] in
            try await resolver.addresses(of: "no-such-host.invalid")
        }
        call.cancel()
        await #expect(throws: TransportError.self) { try await call.value }
        await resolver.shutdown()
        await #expect(throws: TransportError.self) {
            try await resolver.addresses(of: "after.invalid")
        }
    }
}
