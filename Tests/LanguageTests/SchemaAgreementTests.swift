import Foundation
import Language
import Model
import Testing

/// The schema that editors use and the parser say the same of every document.
@Suite struct SchemaAgreementTests {
    /// What the parser alone can say, and why a JSON Schema cannot.
    static let parserAlone: [FindingCode: String] = [
        .syntax: "the text is no YAML: there is no document",
        .tooLarge: "limits of the text",
        .duplicateKey: "a JSON object has no key twice",
        .ambiguousKey: "how a key is quoted is gone in JSON",
        .unsupportedYAML: "merge keys and aliases are gone in JSON",
        .invalidExpression: "the grammar of expressions is no regular language",
        .invalidCron: "whether a day ever comes is no regular language",
        .invalidLanguage: "a warning: which tags there are is no regular language",
        .invalidPattern: "whether a regular expression compiles",
        .invalidSchema: "whether a regular expression in a schema compiles, whether a default fits",
        .duplicateStep: "compares two places",
        .unknownStep: "refers to another place",
        .stepUsedEarly: "compares two places",
        .outsideLoop: "a step looks the same inside and outside a for_each",
        .unreachable: "a warning that compares two places",
        .unknownOperation: "refers to another file",
        .wrongInput: "refers to another file",
        .unknownAuth: "refers to another file",
        .unknownWorkflow: "refers to another file",
        .duplicateWorkflow: "compares two files",
        .unknownConfig: "refers to another file",
        .unknownAlert: "refers to another file",
        .nobodyWaits: "a warning that compares two places",
        .unexpectedFile: "says something of the file's name",
        .noReply: "a warning that compares two places",
        .heldReply: "a warning that compares two places",
        .alertCycle: "a warning that compares two places",
        .repeatedSubscription: "refers to another place",
        .unsignedBody: "looks for words in a text",
        .callCircle: "compares two places",
    ]

    private static let paths = [
        "account": "backstop.yaml", "connector": "connectors/c.yaml",
        "solution": "solutions/s/solution.yaml", "workflow": "solutions/s/w.yaml",
    ]

    private struct Judge {
        var schemas: [String: JSONSchema] = [:]
        var seen: Set<FindingCode> = []
        var accepted = 0
        var refused = 0

        init() throws {
            for kind in LanguageSchema.kinds {
                schemas[kind] = try JSONSchema(try #require(LanguageSchema.json(kind)))
            }
        }

        /// Both judge the document; the codes that the parser found.
        @discardableResult
        mutating func check(
            _ kind: String,
            _ yaml: String,
            _ origin: String,
        ) throws -> Set<FindingCode> {
            let documents = LanguageSchema.documents(yaml)
            let schema = try #require(schemas[kind])
            let path = try #require(SchemaAgreementTests.paths[kind])
            let files = ProjectFiles([.init(path: path, text: yaml)])
            let result = ProjectLoader.load(
                files,
                catalog: ConnectorCatalog(),
                digest: { _ in "d" },
            )
            let codes = Set(result.findings.compactMap { FindingCode(rawValue: $0.code) })
            let shapes = result.findings.filter { finding in
                FindingCode(rawValue: finding.code).map { parserAlone[$0] == nil } ?? true
            }
            let document = try #require(documents.first, "no document: \(origin)\n\(yaml)")
            let violations = schema.validate(document)
            let told = shapes.map { "\($0.code) \($0.place.line): \($0.message)" }
            let complaints = violations.prefix(3).map { "\($0.instance): \($0.message)" }
            #expect(
                shapes.isEmpty == violations.isEmpty,
                "\(origin), \(kind): parser \(told), schema \(complaints)\n\(yaml)",
            )
            seen.formUnion(codes)
            if shapes.isEmpty { accepted += 1 } else { refused += 1 }
            return codes
        }
    }

    @Test("the parser and the schema agree on made documents and on their mistakes")
    func madeDocuments() throws {
        let seed: UInt64 = 20_261_124
        var generator = DocumentGenerator(seed: seed)
        var mutator = DocumentMutator(random: SeededRandom(seed: seed &+ 1))
        var judge = try Judge()
        var usage = FieldUsage()
        for number in 0..<2_500 {
            let (kind, document) = generator.document()
            let origin = "seed \(seed), document \(number)"
            let yaml = YAMLText.of(document)
            #expect(LanguageSchema.documents(yaml) == [document], "\(origin)\n\(yaml)")
            let codes = try judge.check(kind, yaml, origin)
            let mistakes = codes.filter {
                Self.parserAlone[$0] == nil || [.invalidExpression, .invalidCron].contains($0)
            }
            #expect(mistakes.isEmpty, "\(origin) should be right: \(mistakes)\n\(yaml)")
            usage.note(document, kind)
            for round in 0..<3 {
                let changed = mutator.mutate(document)
                try judge.check(kind, YAMLText.of(changed), "\(origin), mutation \(round)")
            }
        }
        #expect(judge.accepted > 800 && judge.refused > 800)
        let shapes = FindingCode.allCases.filter { Self.parserAlone[$0] == nil }
        #expect(Set(shapes).subtracting(judge.seen).isEmpty)
        #expect(usage.unused.isEmpty, "never made: \(usage.unused)")
    }

    @Test("the parser and the schema agree on the examples and on their mistakes")
    func examples() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("examples/demo")
        let paths = try #require(FileManager.default.enumerator(atPath: root.path))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(paths.count > 8)
        let seed: UInt64 = 7
        var mutator = DocumentMutator(random: SeededRandom(seed: seed))
        var judge = try Judge()
        for path in paths {
            let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            for document in LanguageSchema.documents(text) {
                let kind = ["solution", "connector", "workflow"].first { document[$0] != nil }
                let yaml = YAMLText.of(document)
                try judge.check(kind ?? "account", yaml, path)
                #expect(judge.refused == 0, "\(path)")
            }
        }
        for path in paths {
            let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            for document in LanguageSchema.documents(text) {
                let kind = ["solution", "connector", "workflow"].first { document[$0] != nil }
                for round in 0..<40 {
                    let yaml = YAMLText.of(mutator.mutate(document))
                    try judge.check(kind ?? "account", yaml, "seed \(seed), \(path) \(round)")
                }
            }
        }
        #expect(judge.refused > 100)
    }
}
