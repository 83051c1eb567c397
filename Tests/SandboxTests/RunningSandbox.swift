import AsyncHTTPClient
import Logging
import Model
import NIOCore
import ServiceLifecycle
import Testing

@testable import Sandbox

/// A sandbox on a port of the system's choice, and a client that talks to it over a real socket.
struct RunningSandbox: Sendable {
    var port: Int
    var client: HTTPClient

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var text: String
        var json: JSONValue? {
            // tidy: a body that is no JSON is what some tests expect
            try? JSONParser.parse(text)
        }
    }

    static func run(
        hold: Duration = .seconds(30),
        _ body: @Sendable (RunningSandbox) async throws -> Void,
    ) async throws {
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "sandbox-tests")
        let server = SandboxServer(
            configuration: SandboxConfiguration(port: 0, hold: hold),
            logger: logger,
            onReady: { ready.yield($0) },
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: logger)
        )
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let outcome: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(RunningSandbox(port: port, client: client))
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        try outcome.get()
    }

    func ask(
        _ method: String,
        _ path: String,
        body: String? = nil,
        headers: [(String, String)] = [],
        timeout: TimeAmount = .seconds(20),
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let word = path.split(separator: "/").first.map(String.init)
        if let service = word.flatMap(SandboxService.init(rawValue:)),
            let credential = service.credential
        {
            request.headers.add(name: service.tokenHeader, value: credential)
        }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: timeout)
        let bytes = try await response.body.collect(upTo: 1 << 20)
        var fields: [String: String] = [:]
        for (name, value) in response.headers { fields[name.lowercased()] = value }
        return Answer(
            status: Int(response.status.code),
            headers: fields,
            text: String(buffer: bytes),
        )
    }
}
