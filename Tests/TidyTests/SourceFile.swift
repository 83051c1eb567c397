/// One tracked text file, as the rules see it.
struct SourceFile: Sendable {
    /// From the root of the tree, with `/`.
    var path: String
    var text: String
    var isExecutable = false
    /// Lines without their ends; line n is at index n - 1.
    let lines: [String]
    /// The lines of a Swift file with comments and literals blanked; equal to `lines` for others.
    let code: [String]

    init(path: String, text: String, isExecutable: Bool = false) {
        self.path = path
        self.text = text
        self.isExecutable = isExecutable
        lines = Self.split(text)
        code = path.hasSuffix(".swift") ? Self.split(SwiftCode.blanked(text)) : lines
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var isSwift: Bool { path.hasSuffix(".swift") }
    var isMarkdown: Bool { path.hasSuffix(".md") }
    var isSource: Bool { isSwift && path.hasPrefix("Sources/") }
    var isTest: Bool { isSwift && path.hasPrefix("Tests/") }

    /// The folder that relative links start from, without a trailing `/`; empty at the root.
    var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
