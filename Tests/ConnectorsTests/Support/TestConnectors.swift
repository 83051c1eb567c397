import ConnectorKit
import Definitions
import Logging
import Model
import Testing

@testable import Connectors

/// Runs operations of the built-in connectors as the engine would.
struct TestConnectors: Sendable {
    var connectors: BuiltInConnectors
    var services = TestServices()
    var authentication: Authentication?
    var facts = ExecutionFacts(id: ExecutionID(rawValue: 1), workflow: "test")
    var config: JSONValue = .object(JSONObject())

    /// Loopback is allowed, unless told otherwise.
    static func run(
        allowed: [String] = ["127.0.0.1"],
        declarative: [ConnectorDefinition] = [],
        _ body: (TestConnectors) async throws -> Void,
    ) async throws {
        let connectors = try BuiltInConnectors.make(
            configuration: ConnectorsConfiguration(allowedHosts: allowed),
            declarative: declarative,
            logger: Logger(label: "connectors-tests"),
        )
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(TestConnectors(connectors: connectors)))
        } catch {
            result = .failure(error)
        }
        await connectors.shutdown()
        try result.get()
    }

    func call(
        _ name: String,
        _ input: JSONValue,
        attempt: Int = 1,
    ) async throws(Problem) -> JSONValue {
        let words = name.split(separator: ".").map(String.init)
        guard let connector = connectors.registry[words[0]] else {
            throw Problem(.configuration, detail: "no connector \(words[0])")
        }
        return try await connector.run(
            OperationCall(
                operation: words[1],
                input: input,
                authentication: authentication,
                config: config,
                idempotencyKey: "exe:1",
                attempt: attempt,
                timeout: TimeSpan(milliseconds: 30_000),
                execution: facts,
                services: services,
            )
        )
    }

    /// The problem of a call that must fail.
    func problem(_ name: String, _ input: JSONValue) async throws -> Problem {
        do throws(Problem) {
            let output = try await call(name, input)
            Issue.record("\(name) went well: \(JSONWriter.string(output))")
            throw Problem(.runtime)
        } catch {
            return error
        }
    }
}
