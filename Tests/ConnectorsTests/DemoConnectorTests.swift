import ConnectorKit
import Definitions
import Foundation
import Language
import Logging
import Model
import Sandbox
import ServiceLifecycle
import Testing

@testable import Connectors

/// The example project's connectors against the sandbox: each fault becomes the right problem.
struct DemoConnectorTests {
    static let credentials: [String: Authentication.Credential] = [
        "salesforce": .bearer(token: "sandbox-token-crm"),
        "erp": .apiKey(key: "sandbox-token-erp", header: "X-API-Key", query: nil),
        "partner": .bearer(token: "sandbox-token-partner"),
        "chat": .bearer(token: "sandbox-token-channel"),
    ]

    static let faults: [(String, ProblemType, RetryKind)] = [
        ("429;retry-after=2", .rateLimit, .after), ("500", .service, .transient),
        ("503", .service, .transient), ("401", .authentication, .terminal),
        ("reset", .communication, .transient), ("truncated", .communication, .transient),
        ("malformed", .service, .transient), ("200-error", .service, .transient),
    ]

    @Test(arguments: faults)
    func `a fault of the sandbox becomes its problem`(
        _ fault: String,
        _ type: ProblemType,
        _ retry: RetryKind,
    ) async throws {
        try await withSandbox { connectors in
            var connectors = connectors
            connectors.authentication = Self.authentication("salesforce")
            let problem = try await connectors.problem(
                "salesforce.get_record",
                ["object": "Account", "id": .string("fail-\(fault)")],
            )
            #expect(problem.type == type)
            #expect(problem.retry.kind == retry)
        }
    }

    static let calls: [(String, JSONValue)] = [
        ("salesforce.get_record", ["object": "Account", "id": "001"]),
        ("salesforce.list_leads", [:]),
        ("salesforce.upsert_contact", ["email": "ada@example.com"]),
        ("erp.create_order", ["order": ["sku": "A-1", "quantity": 1]]),
        ("partner.post_status", ["request": "r", "status": "success", "result": ["a": 1]]),
        ("chat.post_message", ["channel": "a b/c", "text": "hello"]),
    ]

    @Test(arguments: calls)
    func `every operation of the example project works`(
        _ name: String,
        _ input: JSONValue,
    ) async throws {
        try await withSandbox { connectors in
            var connectors = connectors
            connectors.authentication = Self.authentication(name)
            let output = try await connectors.call(name, input)
            #expect(!output.isNull)
        }
    }

    @Test func `what the ERP refuses is told in its words`() async throws {
        try await withSandbox { connectors in
            var connectors = connectors
            connectors.authentication = Self.authentication("erp")
            let order: JSONValue = ["order": ["sku": "sold-out", "quantity": 1]]
            let problem = try await connectors.problem("erp.create_order", order)
            #expect(problem.type == .conflict)
            #expect(problem.detail == "sold-out is not in stock")
            #expect(problem.audience.client == "The item is out of stock.")
        }
    }

    private static func authentication(_ name: String) -> Authentication? {
        let connector = name.split(separator: ".").first.map(String.init) ?? name
        return credentials[connector].map { Authentication(name: connector, credential: $0) }
    }

    private func withSandbox(_ body: @Sendable (TestConnectors) async throws -> Void) async throws {
        let definitions = try Self.connectors()
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "demo-connector-tests")
        let sandbox = SandboxServer(
            configuration: SandboxConfiguration(port: 0),
            logger: logger,
            onReady: { ready.yield($0) },
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [sandbox], logger: logger)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let result: Result<Void, any Error>
            do {
                try await TestConnectors.run(declarative: definitions) { connectors in
                    var connectors = connectors
                    connectors.config = ["sandbox": .string("http://127.0.0.1:\(port)")]
                    try await body(connectors)
                }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    private static func connectors() throws -> [ConnectorDefinition] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("examples/demo/connectors")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
        let files = try names.filter { $0.hasSuffix(".yaml") }.map { name in
            ProjectFiles.File(
                path: "connectors/\(name)",
                text: try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8),
            )
        }
        let loaded = ProjectLoader.load(ProjectFiles(files), catalog: ConnectorCatalog()) { _ in ""
        }
        return try #require(loaded.project, "\(loaded.findings)").connectors
    }
}
