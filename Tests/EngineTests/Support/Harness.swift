import ConnectorKit
import Definitions
import Engine
import Language
import Logging
import MemoryStore
import Model
import ServiceLifecycle
import StorePort
import Testing

/// A project from YAML, an engine on a store, and their life around a test.
struct Harness {
    var yaml: String
    var account = ""
    var connector = TestConnector()
    var configuration = EngineConfiguration()

    init(_ yaml: String, account: String = "", connector: TestConnector = TestConnector()) {
        self.yaml = yaml
        self.account = account
        self.connector = connector
        configuration.poll = TimeSpan(milliseconds: 20)
        configuration.drain = TimeSpan(milliseconds: 200)
    }

    var project: ProjectDefinition {
        get throws {
            var files = [ProjectFiles.File(path: "solutions/s/w.yaml", text: yaml)]
            if !account.isEmpty { files.append(.init(path: "backstop.yaml", text: account)) }
            var catalog = ConnectorCatalog()
            catalog.operations["test.do"] = try JSONSchema(["type": "object"])
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
    }

    func engine(on store: any Store) throws -> Engine {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return Engine(
            store: store,
            connectors: try ConnectorRegistry([connector]),
            configuration: configuration,
            secrets: SystemSecrets(),
            vault: try Vault.forgetful(random: SystemRandom()),
            logger: logger,
            reload: { stored in
                ProjectLoader.reload(
                    source: stored.source,
                    name: stored.workflow,
                    solution: stored.solution,
                    digest: stored.digest,
                )
            },
        )
    }

    /// Runs the engine while `body` does, then shuts it down in order.
    func run(
        on store: any Store = MemoryStore(),
        _ body: @escaping @Sendable (Engine) async throws -> Void,
    ) async throws {
        let engine = try engine(on: store)
        try await engine.deploy(project)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [engine],
                logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() },
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await engine.untilReady()
            do {
                try await body(engine)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

extension Engine {
    /// Starts a workflow with `$trigger.input`.
    func begin(
        _ name: String = "w",
        _ input: JSONValue = nil,
        instance: String = "",
        key: String? = nil,
    ) async throws -> ExecutionID {
        let workflow = try #require(deployment.workflow(named: name))
        var request = StartRequest(
            workflow: workflow,
            instance: instance,
            trigger: ["input": input],
            idempotencyKey: key,
        )
        request.awaitsResult = true
        return try await start(request).id
    }

    func end(of id: ExecutionID) async throws -> ExecutionView {
        guard
            case .finished(let view) = await result(of: id, within: TimeSpan(milliseconds: 90_000))
        else { throw Problem(.timeout, detail: "\(id) did not finish") }
        return view
    }

    func runToEnd(_ name: String = "w", _ input: JSONValue = nil) async throws -> ExecutionView {
        try await end(of: begin(name, input))
    }
}
