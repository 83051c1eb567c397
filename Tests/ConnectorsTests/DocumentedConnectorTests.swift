import ConnectorKit
import Definitions
import Foundation
import Language
import Model
import Testing

@testable import Connectors

/// What the documentation shows and the demo uses, run as it is written.
struct DocumentedConnectorTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func load(_ text: String, as name: String) throws -> ConnectorDefinition {
        let files = ProjectFiles([
            ProjectFiles.File(path: "backstop.yaml", text: "title: Test\n"),
            ProjectFiles.File(path: "connectors/\(name).yaml", text: text),
        ])
        let result = ProjectLoader.load(
            files,
            catalog: ConnectorCatalog(operations: BuiltInConnectors.schemas),
            digest: { _ in "" },
        )
        #expect(result.findings.filter { $0.severity == .error } == [])
        return try #require(result.project?.connectors.first)
    }

    @Test func `the guide's connector works`() async throws {
        let page = Self.root.appending(path: "docs/guides/write-a-connector.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let block = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first)
        let yaml = try #require(block.components(separatedBy: "```").first)
        let definition = try load(yaml, as: "erp")
        let reply: FaultServer.Behaviour = { request, _ in
            if request.method == "POST" {
                return request.target == "/shops/a%2Fb/orders"
                    ? .json(200, #"{"ok":false,"error":{"code":"out_of_stock","message":"none"}}"#)
                    : .json(200, #"{"ok":true,"id":7}"#)
            }
            return request.target.hasSuffix("&cursor=c1")
                ? .json(200, #"{"orders":[2]}"#)
                : .json(200, #"{"orders":[1],"more":true,"cursor":"c1"}"#)
        }
        try await FaultServer.run(reply) { server in
            try await TestConnectors.run(declarative: [definition]) { connectors in
                var connectors = connectors
                connectors.config = ["erp_url": .string(server.base)]
                let problem = try await connectors.problem(
                    "erp.create_order",
                    ["shop": "a/b", "order": ["item": 1]],
                )
                #expect(problem.type == .conflict)
                #expect(problem.detail == "none")
                #expect(problem.audience.client == "The item is out of stock.")
                let order = try await connectors.call(
                    "erp.create_order",
                    ["shop": "c", "order": ["item": 1]],
                )
                #expect(order["id"] == 7)
                #expect(server.requests.last?.headers["idempotency-key"] == "exe:1")
                #expect(server.requests.last?.body == #"{"item":1}"#)
                #expect(try await connectors.call("erp.list_orders", ["since": 5]) == [1, 2])
            }
        }
    }

    @Test func `every connector of the demo is a specification without mistakes`() throws {
        let folder = Self.root.appending(path: "examples/demo/connectors")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        #expect(!names.isEmpty)
        for name in names.sorted() {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            let definition = try load(text, as: String(name.dropLast(5)))
            #expect(DeclarativeConnector.spec(of: definition).mistakes() == [], "\(name)")
        }
    }
}
