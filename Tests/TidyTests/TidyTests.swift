import Model
import Testing

/// The repository checks itself.
@Suite struct TidyTests {
    @Test func `the tree keeps its own rules`() throws {
        let files = try WorkTree.files()
        try #require(files.count > 50, "the tree was not found at \(WorkTree.root)")
        for offence in Tidy.check(files) {
            Issue.record("\(offence)")
        }
    }

    /// A misspelt key is ignored in silence by `swift format`.
    @Test func `the formatter knows every key of its configuration`() throws {
        // Keys that 6.3 reads but leaves out of its dump while they have their default.
        let optional: Set = ["multilineTrailingCommaBehavior"]
        let ours = try object(WorkTree.text(".swift-format"))
        let known = try object(WorkTree.run("swift", "format", "dump-configuration"))
        for (key, _) in ours where known[key] == nil && !optional.contains(key) {
            Issue.record("swift format knows no \(key)")
        }
        let rules = try #require(known["rules"]?.objectValue)
        for (rule, _) in try #require(ours["rules"]?.objectValue) where rules[rule] == nil {
            Issue.record("swift format knows no rule \(rule)")
        }
    }

    private func object(_ text: String) throws -> JSONObject {
        let value = try JSONParser.parse(text)
        return try #require(value.objectValue)
    }
}
