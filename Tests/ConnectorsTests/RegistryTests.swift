import ConnectorKit
import Foundation
import Logging
import Model
import Testing

@testable import Connectors

struct RegistryTests {
    private struct Named: Connector {
        var spec: ConnectorSpec
        func run(_ call: OperationCall) async throws(Problem) -> JSONValue { .null }
    }

    private func connector(
        _ name: String,
        change: (inout OperationSpec) -> Void = { _ in },
    ) -> Named {
        var operation = OperationSpec(
            name: "do",
            summary: "Does.",
            parameters: ["type": "object"],
            sideEffect: .write,
            idempotency: .none,
            problems: [.service],
        )
        change(&operation)
        return Named(spec: ConnectorSpec(name: name, title: "T", operations: [operation]))
    }

    @Test func `connectors are found by name and listed in order`() throws {
        let registry = try ConnectorRegistry([connector("b"), connector("a")])
        #expect(registry.catalog.map(\.name) == ["a", "b"])
        #expect(registry["a"]?.spec.name == "a")
        #expect(registry["c"] == nil)
        #expect(registry.operation("b", "do")?.name == "do")
        #expect(registry.operation("b", "undo") == nil)
    }

    @Test func `a second connector of a name is refused`() {
        #expect { try ConnectorRegistry([connector("a"), connector("a")]) } throws: {
            ($0 as? Problem)?.code == "B2491"
        }
    }

    @Test func `a declaration with mistakes is refused`() {
        let wrong: [Named] = [
            connector("A"), connector("1a"), connector(""),
            connector("a") { $0.name = "Do it" },
            connector("a") { $0.summary = "" },
            connector("a") { $0.timeout = TimeSpan(milliseconds: 0) },
            connector("a") { $0.parameters = ["type": "array"] },
            connector("a") { $0.parameters = ["type": "object", "properties": 7] },
            connector("a") { $0.result = 7 },
            connector("a") { $0.sideEffect = .read },
            connector("a") {
                $0.parameters = ["type": "object", "required": ["x"]]
                $0.examples = [[:]]
            },
            Named(spec: ConnectorSpec(name: "a", title: "T", operations: [])),
        ]
        for (index, connector) in wrong.enumerated() {
            #expect {
                try ConnectorRegistry([connector])
            } throws: {
                ($0 as? Problem)?.code == "B2492" && index < wrong.count
            }
        }
    }

    @Test func `a project cannot replace a built-in connector`() async throws {
        var definition = try Declare.connector(
            base: "http://a",
            operations: [try Declare.operation()],
        )
        definition.name = "http"
        #expect {
            try BuiltInConnectors.make(
                configuration: ConnectorsConfiguration(),
                declarative: [definition],
                logger: Logger(label: "test"),
            )
        } throws: { ($0 as? Problem)?.code == "B2491" }
    }

    /// With `BACKSTOP_WRITE_DOCS=1` in the environment the page is written instead.
    @Test func `the reference is what the connectors declare`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = root.appending(path: "docs/reference/connectors-builtin.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        var expected = try replaced(
            text,
            "operations",
            ConnectorSpec.markdown(BuiltInConnectors.catalog),
        )
        expected = try replaced(expected, "outcomes", ProblemTable.markdown)
        if ProcessInfo.processInfo.environment["BACKSTOP_WRITE_DOCS"] == "1" {
            try expected.write(to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(text == expected, "run the test with BACKSTOP_WRITE_DOCS=1")
        }
    }

    private func replaced(_ text: String, _ name: String, _ content: String) throws -> String {
        let start = try #require(text.range(of: "<!-- generated: \(name) -->\n"))
        let end = try #require(text.range(of: "\n<!-- end: \(name) -->"))
        return text[..<start.upperBound] + content + text[end.lowerBound...]
    }
}
