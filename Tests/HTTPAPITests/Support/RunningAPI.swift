import AsyncHTTPClient
import ConnectorKit
import Connectors
import Definitions
import Embedding
import Engine
import HTTPAPI
import Language
import Logging
import MemoryStore
import Model
import NIOCore
import ServiceLifecycle
import StorePort
import Testing

/// The API over an engine with a memory store, on a free port of this machine.
struct RunningAPI: Sendable {
    static let token = "a-token-for-tests-only"

    static let project = ProjectFiles([
        .init(
            path: "solutions/s/quick.yaml",
            text: """
                workflow: quick
                trigger: { webhook: { respond: when_finished } }
                steps:
                  - { id: a, run: mock.answer, with: { value: { secret_word: "plover", n: 1 } } }
                  - reply: { status: 200, body: "${ $trigger.body }" }
                """,
        ),
        .init(
            path: "solutions/s/held.yaml",
            text: """
                workflow: held
                trigger: { webhook: { respond: immediately } }
                steps:
                  - { wait: 1h }
                """,
        ),
        .init(
            path: "solutions/s/failing.yaml",
            text: """
                workflow: failing
                trigger: { webhook: { respond: when_finished } }
                steps:
                  - { run: mock.answer, with: { fail: { type: service, detail: "plover" } }, retry: { times: 0 } }
                """,
        ),
    ])

    var port: Int
    var engine: Engine
    var client: HTTPClient

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var text: String

        var json: JSONValue {
            get throws { try JSONParser.parse(text) }
        }

        /// True when it is a problem document with the members that every problem has.
        var isProblem: Bool {
            guard headers["content-type"] == "application/problem+json",
                let value = try? json,  // tidy: what is no JSON is no problem document
                let code = value["code"]?.stringValue
            else { return false }
            return value["status"]?.integerValue == Int64(status) && value["title"] != nil
                && value["type"] != nil && code.hasPrefix("B")
        }
    }

    /// What is served, when it is not the plain project on a memory store.
    struct Setup: Sendable {
        var project = RunningAPI.project
        var store: any Store = MemoryStore()
        var connectors: [any Connector] = []
        /// Stands between the engine and the OAuth client.
        var tokens: @Sendable (any TokenService) -> any TokenService = { $0 }
        var keys: KeySource?
        /// Whether projects can be applied.
        var takesProjects = false
    }

    static func load(
        _ files: ProjectFiles,
        _ connectors: [any Connector] = [],
    ) throws -> ProjectDefinition {
        let loaded = try loaded(files, connectors)
        return try #require(
            loaded.project,
            "\(FindingRenderer.text(loaded.findings, sources: [:], colour: false))",
        )
    }

    static func loaded(
        _ files: ProjectFiles,
        _ connectors: [any Connector],
    ) throws -> ProjectLoader.Result {
        var schemas = BuiltInConnectors.schemas
        for spec in connectors.map(\.spec) {
            for operation in spec.operations {
                schemas["\(spec.name).\(operation.name)"] = try JSONSchema(operation.parameters)
            }
        }
        return ProjectLoader.load(
            files,
            catalog: ConnectorCatalog(operations: schemas),
            digest: { "\($0.reduce(7) { $0 &* 31 &+ Int($1) })" },
        )
    }

    static func engine(
        _ setup: Setup = Setup()
    ) throws -> (Engine, BuiltInConnectors, ProjectDefinition) {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let project = try load(setup.project, setup.connectors)
        let connectors = try BuiltInConnectors.make(
            configuration: ConnectorsConfiguration(
                allowedHosts: project.account.allowedHosts
            ),
            logger: logger,
        )
        var registry = connectors.registry
        for connector in setup.connectors { try registry.register(connector) }
        let engine = Engine(
            store: setup.store,
            connectors: registry,
            secrets: SystemSecrets(),
            vault: try vault(setup.keys),
            tokens: setup.tokens(connectors.tokens),
            logger: logger,
        )
        return (engine, connectors, project)
    }

    private static func vault(_ keys: KeySource?) throws -> Vault {
        let random = SystemRandom()
        guard let keys else { return try Vault.forgetful(random: random) }
        return Vault(ring: try keys.ring(random: random), random: random, source: keys)
    }

    /// Serves while `body` runs.
    static func run(
        on setup: Setup = Setup(),
        _ change: (inout HTTPAPIConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (RunningAPI) async throws -> Void,
    ) async throws {
        let (engine, connectors, project) = try engine(setup)
        try await engine.deploy(project)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        var configuration = HTTPAPIConfiguration(port: 0, adminToken: token)
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let projects =
            setup.takesProjects
            ? Projects(
                engine: engine,
                compiler: TestCompiler(
                    builtIn: connectors.registry,
                    own: setup.connectors,
                ),
                source: .store,
            ) : nil
        let server = HTTPAPIServer(
            engine: engine,
            projects: projects,
            configuration: configuration,
            logger: logger,
        ) { ready.yield($0) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [engine, server], logger: logger)
        )
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(redirectConfiguration: .disallow),
        )
        var outcome = Result<Void, any Error>.success(())
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(RunningAPI(port: port, engine: engine, client: client))
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        await connectors.shutdown()
        try outcome.get()
    }

    func ask(
        _ method: String,
        _ path: String,
        body: String? = nil,
        headers: [(String, String)] = [],
        asAdmin: Bool = false,
        key: String? = nil,
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if asAdmin { request.headers.add(name: "Authorization", value: "Bearer \(Self.token)") }
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            if !request.headers.contains(name: "content-type") {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
        }
        let response = try await client.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 22)
        var fields: [String: String] = [:]
        for (name, value) in response.headers { fields[name.lowercased()] = value }
        return Answer(
            status: Int(response.status.code),
            headers: fields,
            text: String(buffer: bytes),
        )
    }
}
