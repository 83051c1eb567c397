import ConnectorKit
import Definitions
import Embedding
import Engine
import Language
import Logging
import MemoryStore
import Model
import ServiceLifecycle
import StorePort
import Synchronization
import Testing

/// A solution with slots, an engine on a store, and the partner's side of it.
struct Embedded {
    var solution: String
    var workflows: [String: String]
    var account = ""
    /// Account workflows, by name.
    var alerts: [String: String] = [:]
    var connectors: [any Connector]
    var configuration = EngineConfiguration()
    var tokens: (any TokenService)?

    init(
        solution: String = "solution: s\nversion: 1.0.0\n",
        workflows: [String: String],
        account: String = "",
        connectors: [any Connector],
    ) {
        self.solution = solution
        self.workflows = workflows
        self.account = account
        self.connectors = connectors
        configuration.poll = TimeSpan(milliseconds: 20)
        configuration.triggerHide = TimeSpan(milliseconds: 300)
        configuration.drain = TimeSpan(milliseconds: 10)
        configuration.authenticationInterval = TimeSpan(milliseconds: 20)
    }

    var project: ProjectDefinition {
        get throws {
            var files = [ProjectFiles.File(path: "solutions/s/solution.yaml", text: solution)]
            for (name, text) in workflows.sorted(by: { $0.key < $1.key }) {
                files.append(.init(path: "solutions/s/\(name).yaml", text: text))
            }
            for (name, text) in alerts.sorted(by: { $0.key < $1.key }) {
                files.append(.init(path: "alerts/\(name).yaml", text: text))
            }
            if !account.isEmpty { files.append(.init(path: "backstop.yaml", text: account)) }
            var catalog = ConnectorCatalog()
            for connector in connectors {
                for operation in connector.spec.operations {
                    catalog.operations["\(connector.spec.name).\(operation.name)"] = try JSONSchema(
                        operation.parameters
                    )
                }
            }
            let result = ProjectLoader.load(
                ProjectFiles(files),
                catalog: catalog,
                digest: Digest.hex,
            )
            return try #require(
                result.project,
                "\(FindingRenderer.text(result.findings, sources: [:], colour: false))",
            )
        }
    }

    func run(
        on store: any Store = MemoryStore(),
        vault: Vault,
        _ body: @escaping @Sendable (Engine) async throws -> Void,
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let engine = Engine(
            store: store,
            connectors: try ConnectorRegistry(connectors),
            configuration: configuration,
            secrets: SystemSecrets(),
            vault: vault,
            tokens: tokens,
            logger: quiet,
            reload: { stored in
                ProjectLoader.reload(
                    source: stored.source,
                    name: stored.workflow,
                    solution: stored.solution,
                    digest: stored.digest,
                )
            },
        )
        try await engine.deploy(project)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [engine], logger: quiet)
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

    static func vault() throws -> Vault { try Vault.forgetful(random: SystemRandom()) }
}

extension Engine {
    /// An end user with an instance of the solution, not enabled yet.
    func newInstance(_ user: String, of solution: String = "s") async throws -> Instance {
        let made = try await directory.createEndUser(
            externalID: user,
            name: nil,
            metadata: JSONObject(),
            by: .adminToken,
        )
        let new = Directory.NewInstance(endUser: made.user.id, solution: solution)
        return try await directory.createInstance(new, by: .adminToken).instance
    }
}

/// A feed whose items are numbered: a poll gives the next two after the cursor.
final class FeedConnector: PollingConnector {
    private let count: Int
    private let failure = Mutex<Problem?>(nil)
    private let asked = Mutex(0)

    init(count: Int) { self.count = count }

    let triggers = [PollingTriggerSpec(name: "item", every: TimeSpan(milliseconds: 10))]

    var spec: ConnectorSpec {
        ConnectorSpec(
            name: "feed",
            title: "Feed",
            operations: [
                OperationSpec(
                    name: "look",
                    summary: "Looks.",
                    parameters: ["type": "object"],
                    sideEffect: .read,
                    idempotency: .natural,
                    problems: [.service],
                )
            ],
        )
    }

    func fail(with problem: Problem?) { failure.withLock { $0 = problem } }
    var polls: Int { asked.withLock { $0 } }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue { .null }

    func poll(
        _ trigger: String,
        cursor: JSONValue,
        call: OperationCall,
    ) async throws(Problem) -> PollResult {
        asked.withLock { $0 += 1 }
        if let problem = failure.withLock({ $0 }) { throw problem }
        let start = Int(cursor.integerValue ?? 0)
        let end = min(start + 2, count)
        let events = (start..<end).map { number in
            ServiceEvent(key: "item-\(number)", value: ["number": .integer(Int64(number))])
        }
        return PollResult(events: events, cursor: .integer(Int64(end)))
    }
}
