extension Tidy {
    /// The pages whose tables say which test holds what.
    static let citingPages: Set = ["ARCHITECTURE.md", "docs/internals/state-machine.md"]

    /// A sentence between back ticks in a table of these pages is the name of a test.
    static func checkCitations(_ files: [SourceFile]) -> [Offence] {
        let tests = files.filter(\.isTest).map(\.text)
        return files.filter { citingPages.contains($0.path) }.flatMap { page in
            page.lines.enumerated().flatMap { index, line in
                citations(in: line)
                    .filter { name in !tests.contains { $0.contains("func `\(name)`") } }
                    .map {
                        Offence(
                            rule: .citedTest,
                            path: page.path,
                            line: index + 1,
                            message: "no test is called `\($0)`",
                        )
                    }
            }
        }
    }

    private static func citations(in line: String) -> [String] {
        guard line.hasPrefix("|") else { return [] }
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        // Every second part stands between back ticks; a test's name has at least four words.
        return parts.indices.filter { $0.isMultiple(of: 2) == false }
            .map { String(parts[$0]) }
            .filter { $0.split(separator: " ").count >= 4 }
    }
}
