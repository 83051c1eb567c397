import Model

/// What a caller prefers (RFC 7240, RFC 9110 section 12.5.4): `respond-async`, `wait=N`. All else is ignored, as it says.
struct CallerPreference: Sendable, Hashable {
    var respondsAsync = false
    var wait: TimeSpan?
    /// Of `Accept-Language`, best first.
    var languages: [String] = []

    init(_ request: WebhookRequest) {
        self.init(request.header("prefer"))
        languages = LanguageRange.parse(request.header("accept-language"))
    }

    init(_ header: String?) {
        guard let header else { return }
        for part in header.split(separator: ",") {
            let preference = part.prefix { $0 != ";" }
            let equals = preference.firstIndex(of: "=")
            let name = Self.trimmed(preference[..<(equals ?? preference.endIndex)]).lowercased()
            switch name {
            case "respond-async": respondsAsync = true
            case "wait" where wait == nil:
                guard let equals else { continue }
                let text = Self.trimmed(preference[preference.index(after: equals)...])
                    .filter { $0 != "\"" }
                guard text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }),
                    let seconds = Int64(text)
                else { continue }
                wait = min(
                    TimeSpan(milliseconds: seconds * 1000),
                    WebhookLimits.longestWait,
                )
            default: continue
            }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    /// How long the caller is held, and what `Preference-Applied` says; nil: not at all.
    func hold(_ respondsWhenFinished: Bool, timeout: TimeSpan) -> TimeSpan? {
        if let wait { return wait.milliseconds == 0 ? nil : wait }
        if respondsAsync || !respondsWhenFinished { return nil }
        return timeout
    }

    /// A caller that asked for an asynchronous answer gets 202 when the wait is over.
    var acceptsLater: Bool { respondsAsync || wait?.milliseconds == 0 }

    var applied: String? {
        var words: [String] = []
        if respondsAsync { words.append("respond-async") }
        if let wait { words.append("wait=\(wait.milliseconds / 1000)") }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
