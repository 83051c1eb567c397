import Foundation
import Model
import Synchronization
import Testing

/// A real authorization server (Tests/Servers/oauth_server.py) in a process of its own.
final class OAuthServer: Sendable {
    struct NotStarted: Error, CustomStringConvertible {
        var description: String
    }

    struct Client: Sendable {
        var id: String
        var secret: String
    }

    let port: Int
    let redirect: String
    let user: String
    let password: String
    let clients: [String: Client]
    // Set once, and asked to end once.
    private let process: Mutex<Process>
    private let ended: Signal

    var base: String { "http://127.0.0.1:\(port)" }

    @TaskLocal static var current: OAuthServer?

    /// Starts it, and ends it after the body.
    static func run(_ body: (OAuthServer) async throws -> Void) async throws {
        let server = try await start()
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.stop()
        try result.get()
    }

    /// Returns when the process has ended.
    func stop() async {
        process.withLock { $0.terminate() }
        await ended.wait()
    }

    private init(ready: JSONValue, process: sending Process, ended: Signal) throws {
        guard let port = ready["port"]?.integerValue,
            let redirect = ready["redirect"]?.stringValue, let user = ready["user"]?.stringValue,
            let password = ready["password"]?.stringValue,
            let clients = ready["clients"]?.objectValue
        else { throw NotStarted(description: "the authorization server printed something else") }
        self.port = Int(port)
        self.redirect = redirect
        self.user = user
        self.password = password
        self.clients = Dictionary(
            uniqueKeysWithValues: clients.map { name, client in
                let id = client["id"]?.stringValue ?? ""
                return (name, Client(id: id, secret: client["secret"]?.stringValue ?? ""))
            }
        )
        self.process = Mutex(process)
        self.ended = ended
    }

    private static func start() async throws -> OAuthServer {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appendingPathComponent(".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw NotStarted(
                description: "there is no .venv with the Python tools of the tests;"
                    + " run `scripts/setup check` once"
            )
        }
        let process = Process()
        let output = Pipe()
        let ended = Signal()
        process.executableURL = python
        process.arguments = [root.appendingPathComponent("Tests/Servers/oauth_server.py").path]
        process.standardInput = Pipe()
        process.standardOutput = output
        process.terminationHandler = { _ in ended.give() }
        try process.run()
        let line = await firstLine(of: output.fileHandleForReading)
        guard !line.isEmpty else {
            throw NotStarted(
                description: "the authorization server did not start; its words are above."
                    + " If a Python module is missing, run `scripts/setup check`"
            )
        }
        return try OAuthServer(ready: try JSONParser.parse(line), process: process, ended: ended)
    }

    /// Empty when the process ends first.
    private static func firstLine(of handle: FileHandle) async -> [UInt8] {
        let collected = Mutex<[UInt8]?>([])
        return await withCheckedContinuation { continuation in
            handle.readabilityHandler = { handle in
                let bytes = [UInt8](handle.availableData)
                let line: [UInt8]? = collected.withLock { text in
                    guard text != nil else { return nil }
                    text?.append(contentsOf: bytes)
                    guard let end = text?.firstIndex(of: UInt8(ascii: "\n")) else {
                        guard bytes.isEmpty else { return nil }
                        text = nil
                        return []
                    }
                    defer { text = nil }
                    return text.map { Array($0[..<end]) }
                }
                guard let line else { return }
                handle.readabilityHandler = nil
                continuation.resume(returning: line)
            }
        }
    }
}

/// One server for all tests of a suite.
struct WithOAuthServer: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing body: @Sendable () async throws -> Void,
    ) async throws {
        try await OAuthServer.run { server in
            try await OAuthServer.$current.withValue(server) { try await body() }
        }
    }
}
