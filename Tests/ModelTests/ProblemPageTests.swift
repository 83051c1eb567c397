import Foundation
import Model
import Testing

/// docs/reference/problems.md says what the tables say.
@Suite struct ProblemPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// With `BACKSTOP_WRITE_DOCS=1` in the environment the page is written instead.
    @Test func `the page has every type, status, failure, OAuth error and number`() throws {
        let page = Self.root.appending(path: "docs/reference/problems.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        var expected = text
        for (name, content) in [
            ("types", ProblemTable.types), ("outcomes", ProblemTable.markdown),
            ("oauth", ProblemTable.oauth), ("numbers", ProblemTable.numbers),
        ] {
            let start = try #require(expected.range(of: "<!-- generated: \(name) -->\n"))
            let end = try #require(expected.range(of: "\n<!-- end: \(name) -->"))
            expected = expected[..<start.upperBound] + content + expected[end.lowerBound...]
        }
        if ProcessInfo.processInfo.environment["BACKSTOP_WRITE_DOCS"] == "1" {
            try expected.write(to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(text == expected, "run the test with BACKSTOP_WRITE_DOCS=1")
        }
    }

    /// The engine's and the kernel's numbers below B2300 and between B2600 and B2699 have a row.
    @Test func `every number that the engine or the kernel gives a problem is in the table`() throws
    {
        var missing: Set<String> = []
        for folder in ["Sources/Engine", "Sources/Core/Kernel"] {
            let base = Self.root.appending(path: folder)
            let files = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /code: "(B2[1236][0-9][0-9])"/)
                where ProblemTable.numbered[String(match.1)] == nil {
                    missing.insert(String(match.1))
                }
            }
        }
        #expect(missing.isEmpty, "\(missing.sorted())")
    }

    @Test func `a number gives its advice`() {
        let problem = Problem(.conflict, detail: "d", code: "B2631")
        #expect(problem.retry.kind == .transient && problem.origin == .platform)
        #expect(Problem(.conflict, detail: "d").origin == .service)
    }
}
