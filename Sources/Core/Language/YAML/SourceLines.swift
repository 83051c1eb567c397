import Model

/// The lines of a file, to find out where in a scalar a mistake is.
struct SourceLines {
    private let lines: [ArraySlice<Unicode.Scalar>]

    init(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        var lines: [ArraySlice<Unicode.Scalar>] = []
        var start = 0
        for index in scalars.indices where Self.breaks.contains(scalars[index]) {
            // CR LF ends one line.
            if scalars[index] == "\n", index > 0, scalars[index - 1] == "\r" {
                start = index + 1
                continue
            }
            lines.append(scalars[start..<index])
            start = index + 1
        }
        lines.append(scalars[start...])
        self.lines = lines
    }

    /// What YAML 1.1 and libyaml count as the end of a line.
    private static let breaks: Set<Unicode.Scalar> = [
        "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}",
    ]

    /// Where the text of a scalar begins, when it stands in one line just as it reads: then the
    /// place of each of its characters is known. Nil after an escape, a fold or a tag.
    func start(of text: String, isPlain: Bool, at place: SourcePlace) -> SourcePlace? {
        guard lines.indices.contains(place.line - 1) else { return nil }
        var start = place
        if !isPlain { start.column += 1 }
        let rest = lines[place.line - 1].dropFirst(start.column - 1)
        return rest.starts(with: text.unicodeScalars) ? start : nil
    }
}
