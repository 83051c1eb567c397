import Foundation
import Language
import Model
import Testing

/// docs/reference/language.md says the whole language, and its examples are right.
@Suite struct LanguagePageTests {
    private static func page() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appendingPathComponent("docs/reference/language.md"),
            encoding: .utf8,
        )
    }

    /// The YAML blocks of the page; the first line names the file.
    private static func files() throws -> [ProjectFiles.File] {
        try page().components(separatedBy: "```yaml\n").dropFirst().map { rest in
            let text = try #require(rest.components(separatedBy: "\n```").first)
            let line = try #require(text.split(separator: "\n").first)
            #expect(line.hasPrefix("# ") && line.hasSuffix(".yaml"), "\(line)")
            return ProjectFiles.File(path: String(line.dropFirst(2)), text: text + "\n")
        }
    }

    @Test("the examples of the page are one project without findings")
    func examples() throws {
        let files = try Self.files()
        #expect(files.count > 10)
        #expect(Set(files.map(\.path)).count == files.count)
        var catalog = ConnectorCatalog()
        for name in ["log.info", "log.error", "storage.set", "storage.get"] {
            catalog.operations[name] = try JSONSchema(["type": "object"])
        }
        let result = ProjectLoader.load(
            ProjectFiles(files),
            catalog: catalog,
            digest: { _ in "d" },
        )
        let told = result.findings.map {
            "\($0.place.file):\($0.place.line): \($0.code) \($0.message)"
        }
        #expect(told.isEmpty)
        #expect(result.project?.workflows.count ?? 0 > 5)
        #expect(result.project?.connectors.map(\.name) == ["crm"])
    }

    @Test("every field has a row that says its words, its limits and whether it must be there")
    func rows() throws {
        let page = try Self.page()
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let schema = try #require(LanguageSchema.json("workflow"))
        let definitions = try #require(schema["$defs"]?.objectValue)
        var missing: [String] = []
        for definition in definitions where definition.key != "problem_texts" {
            for field in definition.value["properties"]?.objectValue ?? JSONObject() {
                let facts = Self.facts(field.value) + Self.need(field.key, definition.value)
                let found = rows.contains { row in
                    row.hasPrefix("| `\(field.key)` ") && facts.allSatisfy { row.contains($0) }
                }
                if !found { missing.append("\(definition.key).\(field.key): \(facts)") }
            }
        }
        #expect(missing.isEmpty)
    }

    @Test("every problem type is on the page")
    func problemTypes() throws {
        let page = try Self.page()
        for type in ProblemType.allCases { #expect(page.contains("`\(type.rawValue)`")) }
    }

    private static func need(_ key: String, _ record: JSONValue) -> [String] {
        let required = record["required"]?.arrayValue ?? []
        return required.contains(.string(key)) ? ["required"] : []
    }

    /// What a row must say of a field: its words, and its range.
    private static func facts(_ field: JSONValue) -> [String] {
        var facts: [String] = []
        for schema in [field] + (field["anyOf"]?.arrayValue ?? []) {
            let words = schema["enum"]?.arrayValue ?? []
            if words.count == ProblemType.allCases.count {
                facts.append("problem type")
            } else if !isSharedWithRaise(words) {
                facts += words.compactMap(\.stringValue).map { "`\($0)`" }
            }
            if let low = schema["minimum"]?.integerValue, let high = schema["maximum"]?.integerValue
            {
                facts.append("\(low) to \(high)")
            }
        }
        if field["pattern"]?.stringValue?.hasPrefix("^0*") == true,
            let text = field["description"]?.stringValue
        {
            facts.append(text.split(separator: " ").suffix(3).joined(separator: " "))
            facts[facts.count - 1].removeLast()
        }
        return facts
    }

    /// The rows of an error rule refer to those of `raise` for these.
    private static func isSharedWithRaise(_ words: [JSONValue]) -> Bool {
        let text = words.compactMap(\.stringValue)
        return text == ProblemActor.allCases.map(\.rawValue)
            || text == ProblemAction.allCases.map(\.rawValue)
    }
}
