import Language
import Model
import Testing

@Suite struct FindingTests {
    private func findings(_ yaml: String) throws -> [String] {
        var catalog = ConnectorCatalog()
        catalog.operations["test.do"] = try JSONSchema(
            [
                "type": "object", "required": ["x"], "properties": ["x": [:]],
                "additionalProperties": false,
            ])
        let files = ProjectFiles([.init(path: "solutions/s/w.yaml", text: yaml)])
        let result = ProjectLoader.load(files, catalog: catalog, digest: { _ in "d" })
        return result.findings.map { "\($0.code)@\($0.place.line):\($0.place.column)" }
    }

    /// The steps of a workflow, from line 4 on, and what is said of them.
    @Test(arguments: [
        ("- { run: test.do, with: { x: 1 } }", []),
        ("- { runn: test.do }", ["B0113@4:3", "B0107@4:5"]),
        ("- { run: test.doo }", ["B0206@4:3"]),
        ("- { run: test.do }", ["B0207@4:3"]),
        ("- { run: test.do, with: { x: 1 }, timeout: 12:30 }", ["B0111@4:44"]),
        ("- { set: 1, group: [] }", ["B0113@4:3"]),
        ("- { set: \"${ $steps.nope }\" }", ["B0202@4:3"]),
        ("- { set: \"${ $error }\" }", ["B0114@4:14"]),
        (#"- { set: "${ \u0024error }" }"#, ["B0114@4:10"]),
        ("- { set: \"${\n      $error }\" }", ["B0114@4:10"]),
        ("- set: |\n    ${ $error }", ["B0114@4:8"]),
        ("- { set: 1, on_error: next }", ["B0204@4:23"]),
        ("- { set: 1, then: stopp }", ["B0109@4:19"]),
        ("- { stop: true }\n- { set: 1 }", ["B0205@5:3"]),
        ("- { call: nobody }", ["B0209@4:3"]),
        ("- { id: a, set: 1 }\n- { id: a, set: 2 }", ["B0201@5:3"]),
        ("- { run: test.do, with: { x: 1, auth: crm } }", ["B0208@4:3"]),
        ("- { run: test.do, with: { x: 1 }, retry: { times: 500 } }", ["B0110@4:51"]),
    ])
    func `each mistake has its number and its place`(_ steps: String, _ wanted: [String]) throws {
        let yaml = "workflow: w\ntrigger: manual\nsteps:\n" + steps + "\n"
        #expect(try findings(yaml) == wanted)
    }

    @Test(arguments: ["backstop.yaml", "solutions/s/solution.yaml"])
    func `an alert that does not exist is told where it is named`(_ path: String) {
        let yaml =
            path == "backstop.yaml" ? "alert: a\n" : "solution: s\nversion: 1.0.0\nalert: a\n"
        let result = ProjectLoader.load(
            ProjectFiles([.init(path: path, text: yaml)]),
            catalog: ConnectorCatalog(),
            digest: { _ in "d" },
        )
        let found = result.findings.filter { $0.code == "B0212" }
        let line = path == "backstop.yaml" ? 1 : 3
        #expect(found.map(\.place) == [SourcePlace(file: path, line: line, column: 8)])
    }

    @Test func `text that is not YAML, and text that nests too deeply, are findings`() throws {
        #expect(try findings("workflow: [").first?.hasPrefix("B0101") == true)
        let deep = String(repeating: "[", count: 100_000)
        #expect(try findings(deep) == ["B0102@1:1"])
    }

    @Test func `the schema accepts what the parser accepts`() throws {
        let schema = try JSONSchema(try #require(LanguageSchema.json("workflow")))
        let good: JSONValue = [
            "workflow": "w", "trigger": ["manual": [:]],
            "steps": [["set": 1], ["if": "true", "then": [["set": 2]]]],
        ]
        #expect(schema.validate(good).isEmpty)
        let bad: JSONValue = ["workflow": "w", "trigger": ["manual": [:]], "steps": [["sett": 1]]]
        #expect(!schema.validate(bad).isEmpty)
    }
}
