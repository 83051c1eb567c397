import Definitions
import Language
import Model
import Testing

/// Which place and which language the words for a problem come from.
@Suite struct WordingTests {
    private static let connector = """
        connector: crm
        title: The CRM
        base_url: http://crm.test
        texts:
          client: { not_found: "connector ${ $service }", conflict: "${ $error.nothing.here }" }
          languages:
            fr: { client: { not_found: "connecteur" }, title: { not_found: "titre" } }
        operations:
          get:
            path: /a
            texts:
              client: { not_found: "operation" }
              support: { not_found: "for support: ${ $error.operation }" }
          list: { path: /b }
        """
    private static let solution = """
        solution: s
        texts:
          client: { not_found: "solution", timeout: "solution ${ $config.shop }" }
          languages: { pt-BR: { client: { timeout: "solução" } } }
        """

    private static func wording() throws -> Wording {
        let result = ProjectLoader.load(
            ProjectFiles([
                .init(path: "connectors/crm.yaml", text: connector),
                .init(path: "solutions/s/solution.yaml", text: solution),
            ]),
            catalog: ConnectorCatalog(),
            digest: { _ in "d" },
        )
        let project = try #require(result.project, "\(result.findings)")
        var wording = Wording()
        wording.solution = project.solutions[0].texts
        wording.titles["crm"] = project.connectors[0].title
        wording.connectors["crm"] = project.connectors[0].texts
        for operation in project.connectors[0].operations {
            wording.connectors["crm.\(operation.name)"] = operation.texts
        }
        wording.config = ["shop": "Ada's"]
        return wording
    }

    private static func problem(_ type: ProblemType, _ operation: String? = nil) -> Problem {
        var problem = Problem(type, detail: "d")
        problem.connector = operation == nil ? nil : "crm"
        problem.operation = operation
        return problem
    }

    @Test(
        arguments: [
            (ProblemType.notFound, "get", [], "operation"),
            (.notFound, "list", [], "connector The CRM"), (.notFound, nil, [], "solution"),
            (.notFound, "get", ["fr"], "connecteur"),
            (.notFound, "get", ["de"], "Wir konnten den benötigten Datensatz nicht finden."),
            (.notFound, "get", ["it", "fr-CA"], "connecteur"),
            (.timeout, "list", ["pt-br"], "solução"), (.timeout, "list", ["pt"], "solution Ada's"),
            (.timeout, nil, [], "solution Ada's"),
            (.conflict, "get", [], "This record was changed or exists already."),
        ] as [(ProblemType, String?, [String], String)]
    )
    func `the language comes first, then the most specific place`(
        type: ProblemType,
        operation: String?,
        languages: [String],
        text: String,
    ) throws {
        let said = try Self.wording().said(Self.problem(type, operation), to: languages)
        #expect(said.audience.client == text)
    }

    @Test func `what somebody wrote for one problem stays, in every language`() throws {
        var problem = Self.problem(.notFound, "get")
        problem.audience.client = "in my own words"
        let said = try Self.wording().said(problem, to: ["de"])
        #expect(said.audience.client == "in my own words")
        #expect(said.audience.own == [.client])
        let told = try Self.wording().client(said, to: ["fr"])
        #expect(told.text == "in my own words")
        #expect(told.title == "titre")
    }

    @Test func `title and support are in the account's language, whoever the end user is`() throws {
        var wording = try Self.wording()
        let said = wording.said(Self.problem(.notFound, "get"), to: ["de"])
        #expect(said.title == "The thing asked for does not exist")
        #expect(said.audience.support == "for support: get")
        #expect(said.audience.language == "de")
        wording.language = "de"
        let german = wording.said(Self.problem(.timeout), to: ["fr"])
        #expect(german.audience.support == "Es kam rechtzeitig keine Antwort.")
        // A text without a language is in the account's.
        #expect(wording.said(Self.problem(.timeout), to: []).audience.client == "solution Ada's")
    }

    @Test func `a problem is said once; a reader with wishes hears it in another language`() throws
    {
        let wording = try Self.wording()
        let said = wording.said(Self.problem(.limit), to: ["de"])
        #expect(wording.said(said, to: ["fr"]) == said)
        #expect(wording.client(said, to: []).text == said.audience.client)
        #expect(wording.client(said, to: []).title == "Eine Grenze wurde erreicht")
        #expect(wording.client(said, to: ["fr"]).title == "Une limite est atteinte")
    }
}
