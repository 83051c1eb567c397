import Language
import Model
import Testing

/// Every number of a finding is provoked by a project, at the line and column that are told.
@Suite struct FindingCoverageTests {
    @Test("every finding has a row in the table")
    func everyCodeHasARow() {
        let covered = Set(FindingRow.all.map(\.code))
        let missing = FindingCode.allCases.filter { !covered.contains($0) }
        #expect(missing.isEmpty)
    }

    @Test("each mistake is told at its place, and nothing else is", arguments: FindingRow.all)
    func eachMistake(_ row: FindingRow) throws {
        var catalog = ConnectorCatalog()
        catalog.operations["test.do"] = try JSONSchema([
            "type": "object", "required": ["x"], "properties": ["x": [:]],
            "additionalProperties": false,
        ])
        let files = ProjectFiles(row.files.map { .init(path: $0.key, text: $0.value) })
        let result = ProjectLoader.load(files, catalog: catalog, digest: { _ in "d" })
        let found = result.findings.map {
            "\($0.code) \($0.place.file):\($0.place.line):\($0.place.column)"
        }
        #expect(found == ["\(row.code.rawValue) \(row.place)"], "\(row.files)")
        let severities = result.findings.map(\.severity)
        #expect(severities == [row.isWarning ? .warning : .error])
        #expect((result.project == nil) == !row.isWarning)
    }
}
