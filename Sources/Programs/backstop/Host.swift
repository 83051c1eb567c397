import CommandLine
import ConnectorKit
import Connectors
import Definitions
import Embedding
import Engine
import Language
import Logging
import MemoryStore
import Model
import Sandbox
import ServiceLifecycle
import StorePort

/// The composition root: the one place where stores, connectors and servers meet the engine.
struct Host: ProgramHost {
    func load(project path: String) throws -> LoadedProject {
        let files = try ProjectFolder.read(path)
        let result = Compiler.load(
            files.map { ProjectUpload.File(path: $0.path, text: $0.text) }
        )
        var sources: [String: String] = [:]
        for file in files { sources[file.path] = file.text }
        return LoadedProject(
            path: path,
            definition: result.project,
            findings: result.findings,
            sources: sources,
        )
    }

    /// Parses a stored definition again.
    static func reload(_ stored: StoredDefinition) -> WorkflowDefinition? {
        ProjectLoader.reload(
            source: stored.source,
            name: stored.workflow,
            solution: stored.solution,
            digest: stored.digest,
        )
    }

    func serve(_ settings: ServeSettings, project: LoadedProject?) async throws {
        try await Server(settings: settings, project: project).run()
    }

    func sandbox(host: String, port: Int) async throws {
        let logger = Logger(label: "sandbox")
        let server = SandboxServer(
            configuration: SandboxConfiguration(host: host, port: port),
            logger: logger,
        ) { bound in
            Terminal().out("sandbox: http://\(host):\(bound)/ says what to try")
        }
        try await Server.run([server], logger: logger)
    }

    func withTemporaryEngine(
        _ project: LoadedProject,
        allowPrivateHosts: Bool,
        _ body: @escaping @Sendable (Engine) async throws -> Void,
    ) async throws {
        guard let definition = project.definition else { return }
        let logDoor = LogDoor()
        var logger = Logger(
            label: "backstop",
            factory: {
                RedactingLogHandler(StreamLogHandler.standardError(label: $0), door: logDoor)
            },
        )
        logger.logLevel = .error
        var allowed = definition.account.allowedHosts
        if allowPrivateHosts { allowed += ["0.0.0.0/0", "::/0"] }
        let connectors = try BuiltInConnectors.make(
            configuration: ConnectorsConfiguration(allowedHosts: allowed),
            declarative: definition.connectors,
            logger: logger,
        )
        // Somebody looks on: what cannot go on ends, and says why.
        var configuration = EngineConfiguration()
        configuration.breakers.parkedMax = 0
        let engine = Engine(
            store: MemoryStore(),
            connectors: connectors.registry,
            configuration: configuration,
            secrets: SystemSecrets(root: project.path),
            vault: try Vault.forgetful(random: SystemRandom()),
            tokens: connectors.tokens,
            logger: logger,
            logDoor: logDoor,
            reload: { Self.reload($0) },
        )
        try await engine.deploy(definition)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            await engine.untilReady()
            let result: Result<Void, any Error>
            do { result = .success(try await body(engine)) } catch { result = .failure(error) }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            await connectors.shutdown()
            try result.get()
        }
    }

    func schema(of kind: String) -> JSONValue? { LanguageSchema.json(kind) }

    func render(_ findings: [Finding], in project: LoadedProject, colour: Bool) -> String {
        FindingRenderer.text(findings, sources: project.sources, colour: colour)
    }

    func renderJSON(_ findings: [Finding]) -> JSONValue { FindingRenderer.json(findings) }
}
