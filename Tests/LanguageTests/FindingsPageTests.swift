import Foundation
import Language
import Testing

@Suite struct FindingsPageTests {
    @Test func `the page of findings says every number with its advice`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appendingPathComponent("docs/reference/findings.md"),
            encoding: .utf8,
        )
        for code in FindingCode.allCases {
            #expect(page.contains("| `\(code.rawValue)` | \(code.advice) |"))
        }
    }
}
