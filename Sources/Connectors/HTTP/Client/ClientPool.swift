import Model
import AsyncHTTPClient
import NIOCore
import Synchronization

/// HTTP clients that are each pinned to one host at one address.
///
/// async-http-client takes addresses and timeouts per client, so each (host, address, timeouts) has
/// its own; they share the event loops, and at most ``limit`` of them are kept while nobody uses
/// them. A client never resolves a name: the guard's answer is the address that is connected to,
/// and a connection whose peer is another one is closed before a byte of the request is written.
final class ClientPool: Sendable {
    struct Key: Hashable, Sendable {
        var host: String
        var address: IPAddress
        var connectMilliseconds: Int64
        var readMilliseconds: Int64
    }
    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse: UInt64 = 0
    }
    private struct State {
        var entries: [Key: Entry] = [:]
        var uses: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let closing = Turnstile()
    private let limit: Int
    private let connectionsPerHost: Int

    init(limit: Int, connectionsPerHost: Int) {
        self.limit = limit
        self.connectionsPerHost = connectionsPerHost
    }

    /// How many clients there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Lends a client for the time of the body.
    func withClient<Value: Sendable>(
        _ key: Key,
        _ body: (HTTPClient) async throws -> Value,
    ) async throws -> Value {
        guard let client = lend(key) else {
            throw TransportError(.cancelled, "the connectors are shut down")
        }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        close(takeBack(key))
        return try result.get()
    }

    /// Closes what nobody uses; the rest closes when it is given back.
    ///
    /// A connection that is just being made holds up the end of its client; that is awaited for at
    /// most `limit`.
    func shutdown(within limit: Duration = .seconds(2)) async {
        close(
            state.withLock { state in
                state.isClosed = true
                return Self.evict(from: &state, keeping: 0)
            }
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [closing] in await closing.empty() }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { /* All are closed. */  }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func lend(_ key: Key) -> HTTPClient? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.uses += 1
            var entry = state.entries[key] ?? Entry(client: makeClient(key))
            entry.users += 1
            entry.lastUse = state.uses
            state.entries[key] = entry
            return entry.client
        }
    }

    private func takeBack(_ key: Key) -> [HTTPClient] {
        state.withLock { state in
            state.entries[key]?.users -= 1
            return Self.evict(from: &state, keeping: state.isClosed ? 0 : limit)
        }
    }

    /// Removes the clients that were not used for the longest time, none that is in use.
    private static func evict(from state: inout State, keeping limit: Int) -> [HTTPClient] {
        guard state.entries.count > limit else { return [] }
        let idle = state.entries.filter { $0.value.users == 0 }
            .sorted { $0.value.lastUse < $1.value.lastUse }
            .prefix(state.entries.count - limit)
        for (key, _) in idle { state.entries[key] = nil }
        return idle.map(\.value.client)
    }

    /// Begins to close clients, without waiting for it.
    private func close(_ clients: [HTTPClient]) {
        for client in clients {
            closing.enter()
            client.shutdown { [closing] _ in closing.leave() }
        }
    }

    private func makeClient(_ key: Key) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .enabled(limit: .size(HTTPLimits.responseMax))
        configuration.timeout = .init(
            connect: .milliseconds(key.connectMilliseconds),
            read: .milliseconds(key.readMilliseconds),
            write: .milliseconds(key.readMilliseconds),
        )
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [key.host: key.address.description]
        let pinned = key.address
        configuration.http1_1ConnectionDebugInitializer = { channel in
            let peer = channel.remoteAddress?.ipAddress.flatMap(IPAddress.init)
            guard peer == pinned else { return channel.eventLoop.makeFailedFuture(WrongPeer()) }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The connection leads somewhere else than the guard allowed.
    struct WrongPeer: Error {}
}
