import ConnectorKit
import Definitions
import Expressions
import Foundation
import Language
import Model
import Testing

@testable import Connectors

/// docs/reference/connectors.md says every key of a connector file, and its examples are right.
@Suite struct ConnectorPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func page() throws -> String { try text("docs/reference/connectors.md") }

    /// The YAML blocks of the page; the first line names the file.
    private static func files() throws -> [ProjectFiles.File] {
        try page().components(separatedBy: "```yaml\n").dropFirst().map { rest in
            let text = try #require(rest.components(separatedBy: "\n```").first)
            let line = try #require(text.split(separator: "\n").first)
            #expect(line.hasPrefix("# connectors/") && line.hasSuffix(".yaml"), "\(line)")
            return ProjectFiles.File(path: String(line.dropFirst(2)), text: text + "\n")
        }
    }

    private static func connectors() throws -> [ConnectorDefinition] {
        let account = ProjectFiles.File(path: "backstop.yaml", text: "title: Test\n")
        let result = ProjectLoader.load(
            ProjectFiles([account] + (try files())),
            catalog: ConnectorCatalog(operations: BuiltInConnectors.schemas),
            digest: { _ in "" },
        )
        let told = result.findings.map {
            "\($0.place.file):\($0.place.line): \($0.code) \($0.message)"
        }
        #expect(told.isEmpty)
        return try #require(result.project?.connectors)
    }

    @Test func `the examples load without findings and declare connectors without mistakes`() throws
    {
        let files = try Self.files()
        let connectors = try Self.connectors()
        #expect(files.count >= 5 && connectors.count == files.count)
        #expect(Set(connectors.map(\.name)).count == files.count)
        for connector in connectors {
            let mistakes = DeclarativeConnector.spec(of: connector).mistakes()
            #expect(mistakes == [], "\(connector.name)")
        }
        #expect(connectors.contains { !$0.triggers.isEmpty })
        let kinds = Set(connectors.flatMap(\.operations).map(\.bodyKind))
        #expect(kinds == ["json", "form", "multipart", "raw"])
    }

    @Test(arguments: [
        (
            "by_cursor", #"{"body":{"more":true,"cursor":"c"}}"#, #"{"cursor":"c"}"#,
            #"{"body":{"more":false}}"#,
        ),
        (
            "by_number", #"{"body":{"page":1,"pages":2}}"#, #"{"page":2}"#,
            #"{"body":{"page":2,"pages":2}}"#,
        ),
        (
            "by_offset", #"{"body":{"offset":50,"total":101}}"#, #"{"offset":100}"#,
            #"{"body":{"offset":50,"total":100}}"#,
        ),
        ("by_url", #"{"body":{"next_link":"/items?p=2"}}"#, #""/items?p=2""#, #"{"body":{}}"#),
        (
            "by_link_header",
            #"{"headers":{"link":"<https://a.example/1>; rel=\"prev\", </3>; rel=\"next\""}}"#,
            #""/3""#, #"{"headers":{"link":"</1>; rel=\"prev\""}}"#,
        ),
    ])
    func `each way to ask for the next page finds it and ends`(
        _ name: String,
        _ more: String,
        _ next: String,
        _ last: String,
    ) throws {
        let pages = try #require(try Self.connectors().first { $0.name == "pages" })
        let operation = try #require(pages.operations.first { $0.name == name })
        let program = try #require(operation.pagination).next
        var environment = Environment(now: Timestamp(milliseconds: 0))
        environment[.response] = try JSONParser.parse(more)
        #expect(try program.evaluate(environment) == (try JSONParser.parse(next)))
        environment[.response] = try JSONParser.parse(last)
        #expect(try program.evaluate(environment).isNull)
    }

    private static func push(
        _ name: String,
        _ body: (any PushingConnector, String, (JSONValue, JSONValue) -> PushDelivery) throws
            -> Void,
    ) async throws {
        try await TestConnectors.run(declarative: try connectors()) { test in
            let connector = try #require(
                test.connectors.registry[name] as? any PushingConnector
            )
            let trigger = try #require(connector.pushTriggers.first).name
            try body(connector, trigger) { headers, body in
                PushDelivery(
                    request: ["method": "POST", "headers": headers, "body": body],
                    input: [:],
                    config: [:],
                )
            }
        }
    }

    @Test func `the push examples greet, filter, and name their events`() async throws {
        try await Self.push("forge") { forge, trigger, delivery in
            let headers: JSONValue = ["x-github-event": "issues", "x-github-delivery": "d-1"]
            let opened = try forge.events(trigger, in: delivery(headers, ["action": "opened"]))
            #expect(opened == [ServiceEvent(key: "d-1", value: ["action": "opened"])])
            let closed = try forge.events(trigger, in: delivery(headers, ["action": "closed"]))
            #expect(closed.isEmpty)
        }
        try await Self.push("workspace") { workspace, trigger, delivery in
            let greeting: JSONValue = ["type": "url_verification", "challenge": "c"]
            let answer = try workspace.handshake(trigger, delivery([:], greeting))
            #expect(answer == PushAnswer(body: "c"))
            let event: JSONValue = [
                "type": "event_callback", "event_id": "e", "event": ["text": "hello"],
            ]
            #expect(try workspace.handshake(trigger, delivery([:], event)) == nil)
            let events = try workspace.events(trigger, in: delivery([:], event))
            #expect(events == [ServiceEvent(key: "e", value: ["text": "hello"])])
        }
        try await Self.push("notices") { notices, trigger, delivery in
            let body: JSONValue = ["notices": [["id": 1], ["id": 2], ["id": 1]]]
            let events = try notices.events(trigger, in: delivery([:], body))
            #expect(events.map(\.key) == ["1", "2"])
            for wrong: JSONValue in [["notices": 3], ["notices": [["no": 1]]]] {
                #expect(throws: Problem.self) {
                    try notices.events(trigger, in: delivery([:], wrong))
                }
            }
        }
    }

    @Test(arguments: ["shop", "billing"])
    func `fails_when of the examples can judge every body`(_ name: String) throws {
        let connector = try #require(try Self.connectors().first { $0.name == name })
        let program = try #require(connector.failsWhen)
        for (body, fails) in [
            ("null", false), ("[]", false), (#""text""#, false), ("{}", false),
            (#"{"ok":false,"errors":[1]}"#, true),
        ] {
            var environment = Environment(now: Timestamp(milliseconds: 0))
            environment[.response] = ["body": try JSONParser.parse(body)]
            #expect(try program.holds(environment) == fails, "\(body)")
        }
    }

    // MARK: Tables

    @Test func `every key has a row with its words, its limits and whether it must be there`()
        throws
    {
        let rows = try Self.page().split(separator: "\n").filter { $0.hasPrefix("| `") }
        let definitions = try #require(LanguageSchema.json("connector")?["$defs"]?.objectValue)
        var missing: [String] = []
        for name in [
            "connector", "operation", "error_rule", "pagination", "connector_trigger", "poll",
        ] {
            let record = try #require(definitions[name])
            let fields = try #require(record["properties"]?.objectValue)
            for field in fields {
                let facts = Self.facts(field.value) + Self.need(field.key, record)
                let found = rows.contains { row in
                    row.hasPrefix("| `\(field.key)` |") && facts.allSatisfy { row.contains($0) }
                }
                if !found { missing.append("\(name).\(field.key): \(facts)") }
            }
        }
        #expect(missing.isEmpty)
    }

    private static func need(_ key: String, _ record: JSONValue) -> [String] {
        let required = record["required"]?.arrayValue ?? []
        return required.contains(.string(key)) ? ["required"] : []
    }

    private static func facts(_ field: JSONValue) -> [String] {
        var facts: [String] = []
        let words = field["enum"]?.arrayValue ?? []
        if words.count == ProblemType.allCases.count {
            facts.append("problem type")
        } else {
            facts += words.compactMap(\.stringValue).map { "`\($0)`" }
        }
        if let low = field["minimum"]?.integerValue, let high = field["maximum"]?.integerValue {
            facts.append("\(low) to \(high)")
        }
        if field["pattern"]?.stringValue?.hasPrefix("^0*") == true,
            let text = field["description"]?.stringValue
        {
            // The words of a duration end with its range and a full stop.
            facts.append(
                String(text.split(separator: " ").suffix(3).joined(separator: " ").dropLast())
            )
        }
        return facts
    }

    @Test func `every code and every limit of declared operations is on the page`() throws {
        let page = try Self.page()
        let folder = Self.root.appending(path: "Sources/Connectors/Declarative")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        #expect(names.count > 5)
        for name in names.sorted() {
            let source = try Self.text("Sources/Connectors/Declarative/\(name)")
            for match in source.matches(of: /"(B[0-9]{4})"/) {
                #expect(page.contains("`\(match.1)`"), "\(match.1) of \(name)")
            }
        }
        #expect(page.contains("An answer has at most \(HTTPLimits.responseDefault >> 20) MiB"))
        #expect(page.contains("no body; \(HTTPLimits.requestMax >> 20) MiB"))
        #expect(page.contains("more than \(PageReader.sizeLimit >> 20) MiB of items"))
        #expect(
            page.contains("\(FieldRules.countLimit), \(FieldRules.sizeLimit >> 10) KiB together")
        )
        #expect(HTTPLimits.queryPairs == 1000 && page.contains("none; 1,000 values"))
    }
}
