import CommandLine
import Connectors
import Definitions
import Engine
import Foundation
import HTTPAPI
import Logging
import Model
import SQLiteStore
import Sandbox
import ServiceLifecycle
import StorePort

/// `backstop serve`: a store, an engine, its HTTP API and, when asked for, the sandbox.
struct Server {
    let settings: ServeSettings
    /// Nil: what was applied last.
    let project: LoadedProject?

    func run() async throws {
        let definition = project?.definition ?? ProjectDefinition()
        let logDoor = LogDoor()
        let logger = makeLogger(behind: logDoor)
        let store = try open(logger)
        let connectors = try BuiltInConnectors.make(
            configuration: ConnectorsConfiguration(allowedHosts: definition.account.allowedHosts),
            declarative: definition.connectors,
            logger: logger,
        )
        let random = SystemRandom()
        let keys = try KeySource.find(dataFolder: settings.dataDirectory) { name in
            ProcessInfo.processInfo.environment[name]
        }
        let vault = Vault(ring: try keys.ring(random: random), random: random, source: keys)
        var running = EngineConfiguration()
        running.publicURL = publicURL
        let engine = Engine(
            store: store,
            connectors: connectors.registry,
            configuration: running,
            secrets: SystemSecrets(root: project?.path),
            vault: vault,
            tokens: connectors.tokens,
            logger: logger,
            logDoor: logDoor,
            reload: { Host.reload($0) },
        )
        let projects = Projects(
            engine: engine,
            compiler: Compiler(connectors: connectors),
            source: project == nil ? .store : .folder,
            isDevelopment: settings.isDevelopment,
        )
        if project == nil {
            try await restore(projects)
        } else {
            try await engine.deploy(definition)
        }
        let banner = Banner(
            settings: settings,
            project: engine.deployment.project,
            newToken: try await AdminToken.ensure(engine),
        )
        let server = HTTPAPIServer(
            engine: engine,
            projects: projects,
            configuration: HTTPAPIConfiguration(
                host: settings.host,
                port: settings.port,
                publicURL: settings.publicURL,
            ),
            logger: logger,
        ) { port in
            Terminal().out(banner.text(port: port))
        }
        var services: [any Service] = [engine, server]
        if let sandbox = sandbox(logger) { services.append(sandbox) }
        if let project, settings.isWatching {
            services.append(FolderReload(project, projects: projects).service)
        }
        try await Self.run(services, logger: logger)
        await connectors.shutdown()
        await store.close()
    }

    private func sandbox(_ logger: Logger) -> SandboxServer? {
        settings.sandboxPort.map { port in
            SandboxServer(
                configuration: SandboxConfiguration(host: "127.0.0.1", port: port),
                logger: logger,
            )
        }
    }

    /// Goes on with what was applied last, or starts with nothing.
    private func restore(_ projects: Projects) async throws {
        do throws(Problem) {
            if try await projects.restore() { return }
            Terminal().out("backstop: nothing is applied yet: `backstop apply DIR` does it")
        } catch {
            let findings = error.data?["findings"]?.arrayValue ?? []
            for finding in findings { Terminal().error(JSONWriter.string(finding)) }
            throw CommandFailure(.failure, "\(error.title): \(error.detail ?? "")")
        }
    }

    /// Where services find this server: what is configured, else this machine.
    private var publicURL: String {
        let given = settings.publicURL
        if given.isEmpty { return "http://\(settings.host):\(settings.port)" }
        return given.hasSuffix("/") ? String(given.dropLast()) : given
    }

    /// Runs services until SIGINT or SIGTERM; they stop in the reverse order of their start.
    static func run(_ services: [any Service], logger: Logger) async throws {
        var quiet = logger
        quiet[metadataKey: "part"] = "lifecycle"
        quiet.logLevel = .warning
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: quiet,
        )
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func open(_ logger: Logger) throws -> SQLiteStore {
        do {
            try FileManager.default.createDirectory(
                atPath: settings.dataDirectory,
                withIntermediateDirectories: true,
            )
            return try SQLiteStore.open(
                at: settings.dataDirectory + "/backstop.db",
                now: SystemClock().now(),
                logger: logger,
            )
        } catch {
            throw CommandFailure(.cannotCreate, "\(error)")
        }
    }

    private func makeLogger(behind door: LogDoor) -> Logger {
        var logger = Logger(label: "backstop") { label in
            switch settings.logFormat {
            case .text:
                RedactingLogHandler(StreamLogHandler.standardError(label: label), door: door)
            case .json: RedactingLogHandler(JSONLogHandler(label: label), door: door)
            }
        }
        logger.logLevel = Logger.Level(rawValue: settings.logLevel) ?? .info
        return logger
    }
}
