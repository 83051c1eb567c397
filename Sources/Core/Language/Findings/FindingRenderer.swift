import Model

/// Findings for people, with the source line, and for programs.
package enum FindingRenderer {
    /// - Parameter sources: texts by file, for the lines; a missing one leaves its line out.
    package static func text(
        _ findings: [Finding],
        sources: [String: String],
        colour: Bool,
    ) -> String {
        findings.map { text($0, sources, colour) }.joined(separator: "\n")
    }

    private static func text(
        _ finding: Finding,
        _ sources: [String: String],
        _ colour: Bool,
    ) -> String {
        let place = finding.place
        let red = finding.severity == .error ? "31" : "33"
        var text = styled("\(place.file):\(place.line):\(place.column)", "1", colour)
        text += ": " + styled("\(finding.severity.rawValue) \(finding.code)", red, colour)
        text += ": \(finding.message)\n"
        if let line = line(place.line, of: sources[place.file]) {
            let number = String(place.line)
            let margin = String(repeating: " ", count: number.count)
            let indent = String(repeating: " ", count: max(0, place.column - 1))
            text += "  \(number) | \(line)\n  \(margin) | \(indent)\(styled("^", red, colour))\n"
        }
        if let suggestion = finding.suggestion {
            text += "  " + styled("help", "36", colour) + ": \(suggestion)\n"
        }
        return text
    }

    private static func line(_ number: Int, of source: String?) -> String? {
        guard let source, number >= 1 else { return nil }
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        guard number <= lines.count, lines[number - 1].count <= 200 else { return nil }
        return String(lines[number - 1].map { $0 == "\t" ? " " : $0 })
    }

    private static func styled(_ text: String, _ code: String, _ colour: Bool) -> String {
        colour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }

    package static func json(_ findings: [Finding]) -> JSONValue { .array(findings.map(\.json)) }
}
