extension Fault {
    /// The spellings, for messages and the home page.
    package static let spellings = [
        ("429", "that status (400 to 599); 429;retry-after=2 adds the header"),
        ("401", "401, the token has expired"),
        ("timeout", "no answer; the connection is held open"),
        ("reset", "the connection is reset, nothing was done"),
        ("lost", "the work is done, then the connection is reset"),
        ("200-error", "200 with {\"ok\": false} inside"),
        ("malformed", "200 with a body that is no JSON"),
        ("truncated", "the answer ends in the middle"),
        ("slow=500", "the answer comes late, by that many milliseconds"),
    ]

    /// Reads a spelling; nil when it is none of them or a number is out of its range.
    package init?(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard let first = parts.first, let kind = Self.kind(Self.trimmed(first)) else { return nil }
        self.init(kind)
        if kind == .status(429) { retryAfter = 1 }
        for part in parts.dropFirst() {
            guard let seconds = Self.value(of: "retry-after", in: Self.trimmed(part)),
                (0...SandboxLimits.retryAfter).contains(seconds), case .status = kind
            else { return nil }
            retryAfter = seconds
        }
    }

    /// The spelling that reads back as this fault.
    package var text: String {
        switch kind {
        case .status(let status): "\(status)" + (retryAfter.map { ";retry-after=\($0)" } ?? "")
        case .expiredToken: "401"
        case .timeout: "timeout"
        case .reset: "reset"
        case .lost: "lost"
        case .errorInside: "200-error"
        case .malformed: "malformed"
        case .truncated: "truncated"
        case .slow(let milliseconds): "slow=\(milliseconds)"
        }
    }

    private static func kind(_ word: String) -> Kind? {
        switch word {
        case "401": return .expiredToken
        case "timeout": return .timeout
        case "reset": return .reset
        case "lost": return .lost
        case "200-error": return .errorInside
        case "malformed": return .malformed
        case "truncated": return .truncated
        case "slow": return .slow(milliseconds: 2_000)
        default: break
        }
        if let milliseconds = value(of: "slow", in: word) {
            let fits = (0...SandboxLimits.slowest).contains(milliseconds)
            return fits ? .slow(milliseconds: milliseconds) : nil
        }
        guard let status = Int(word), (400...599).contains(status) else { return nil }
        return .status(status)
    }

    /// The number after `name=`.
    private static func value(of name: String, in text: String) -> Int? {
        text.hasPrefix(name + "=") ? Int(text.dropFirst(name.count + 1)) : nil
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            .lowercased()
    }
}
