import ConnectorKit
import Definitions
import Engine
import Foundation
import Kernel
import Language
import Logging
import MemoryStore
import Model
import ServiceLifecycle
import StorePort
import Testing

/// Workflows with webhooks on an engine with a memory store, and time that the test moves.
struct RunningWebhook: Sendable {
    var engine: Engine
    var ingress: WebhookIngress
    var gate: GateConnector
    var clock: ManualClock

    /// Secrets by the name of their environment variable; the empty text is told as it is.
    struct Secrets: SecretSource {
        var values: [String: String]

        func secret(_ reference: SecretReference) throws(Problem) -> String {
            guard case .environment(let name) = reference, let value = values[name] else {
                throw Problem(.configuration, detail: "no secret", code: "B2201")
            }
            return value
        }
    }

    private static var silence: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }

    /// From workflows with `---` between them.
    static func project(_ yaml: String, account: String = "") throws -> ProjectDefinition {
        var files = yaml.components(separatedBy: "\n---\n").enumerated().map {
            ProjectFiles.File(path: "solutions/s/w\($0.offset).yaml", text: $0.element)
        }
        if !account.isEmpty { files.append(.init(path: "backstop.yaml", text: account)) }
        var catalog = ConnectorCatalog()
        catalog.operations["gate.pass"] = try JSONSchema(["type": "object"])
        let result = ProjectLoader.load(
            ProjectFiles(files),
            catalog: catalog,
            digest: { "\($0.reduce(7) { $0 &* 31 &+ Int($1) })" },
        )
        return try #require(
            result.project,
            "\(FindingRenderer.text(result.findings, sources: [:], colour: false))",
        )
    }

    /// Serves while `body` runs; then every gate is opened.
    static func run(
        _ yaml: String,
        account: String = "",
        secrets: [String: String] = [:],
        clock: ManualClock = ManualClock(),
        on store: any Store = MemoryStore(),
        _ body: @escaping @Sendable (RunningWebhook) async throws -> Void,
    ) async throws {
        let gate = GateConnector()
        let engine = Engine(
            store: store,
            connectors: try ConnectorRegistry([gate]),
            configuration: calm,
            clock: clock,
            secrets: Secrets(values: secrets),
            vault: try Vault.forgetful(random: SystemRandom()),
            logger: silence,
        )
        try await engine.deploy(project(yaml, account: account))
        let ingress = WebhookIngress(engine: engine, logger: silence)
        let running = RunningWebhook(engine: engine, ingress: ingress, gate: gate, clock: clock)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [engine], logger: silence)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await engine.untilReady()
            do {
                try await body(running)
            } catch {
                gate.open()
                await group.triggerGracefulShutdown()
                throw error
            }
            gate.open()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Nothing but what the test does happens when it moves time by less than a year.
    private static var calm: EngineConfiguration {
        let year = TimeSpan(milliseconds: 365 * 86_400_000)
        var configuration = EngineConfiguration()
        configuration.lease = TimeSpan(milliseconds: 2 * year.milliseconds)
        configuration.heartbeat = year
        configuration.poll = year
        configuration.retentionInterval = year
        return configuration
    }

    /// A request that arrives now.
    func request(
        _ body: String = "",
        _ headers: [(String, String)] = [],
        query: String = "",
    ) -> WebhookRequest {
        WebhookRequest(
            method: "POST",
            path: "/hooks/w",
            query: query,
            headers: headers.map { HeaderField($0.0, $0.1) },
            body: Array(body.utf8),
            receivedAt: clock.now(),
        )
    }

    func ask(_ request: WebhookRequest, of name: String = "w") async -> HTTPAnswer {
        await ingress.handle(name, request)
    }

    func ask(
        _ body: String = "",
        _ headers: [(String, String)] = [],
        query: String = "",
        of name: String = "w",
    ) async -> HTTPAnswer {
        await ask(request(body, headers, query: query), of: name)
    }

    /// How many executions there are in the store; nil when it cannot be read.
    func executions() async -> Int? {
        do { return try await engine.executions(ExecutionQuery(limit: 500)).count } catch {
            return nil
        }
    }
}

extension HTTPAnswer {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// Null when the body is no JSON.
    var json: JSONValue {
        do { return try JSONParser.parse(body) } catch { return .null }
    }

    /// The number of the problem that it tells; nil when it is no problem document as promised.
    var code: String? {
        guard header("content-type") == "application/problem+json", status >= 400 else {
            return nil
        }
        let value = json
        guard value["status"]?.integerValue == Int64(status),
            value["type"]?.stringValue != nil, value["title"]?.stringValue != nil
        else { return nil }
        return value["code"]?.stringValue
    }

    /// Which execution it is about.
    var execution: String? { header("backstop-execution-id") }

    var isReplayed: Bool { header("idempotent-replayed") == "true" }
}
