import Embedding
import Foundation
import Model
import Testing

@Suite struct EmbeddingFaultTests {
    @Test func `the page has a row for every number`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appendingPathComponent("docs/reference/embedding.md"),
            encoding: .utf8,
        )
        for fault in EmbeddingFault.allCases {
            let row = "| `\(fault.rawValue)` | \(fault.status) | \(fault.title). |"
            #expect(page.contains(row), "\(row)")
        }
    }

    @Test(arguments: EmbeddingFault.allCases)
    func `each number has its own words`(fault: EmbeddingFault) {
        let problem = fault.problem(detail: "detail")
        #expect(problem.code == fault.rawValue)
        #expect(problem.status == fault.status)
        #expect((400...499).contains(fault.status))
        #expect(!problem.isRetryable)
        #expect(problem.audience.client != problem.audience.support)
        let others = EmbeddingFault.allCases.filter { $0 != fault }.map(\.title)
        #expect(!others.contains(fault.title))
        #expect(!JSONWriter.string(ClientProblem(problem).json).contains("B25"))
    }
}
