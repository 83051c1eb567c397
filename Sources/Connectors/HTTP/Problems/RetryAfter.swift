import Model

/// `Retry-After` (RFC 9110, section 10.2.3): seconds or a date.
enum RetryAfter {
    /// A service that asks for more is taken to mean this much.
    static let longest = TimeSpan(milliseconds: 24 * 3_600_000)

    /// Nil when it is neither; a date that has passed is zero.
    static func parse(_ text: String, now: Timestamp) -> TimeSpan? {
        let trimmed = text.trimmingBlanks()
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ 48...57 ~= $0 }) {
            guard trimmed.utf8.count <= 9, let seconds = Int64(trimmed) else { return longest }
            return min(longest, TimeSpan(milliseconds: seconds * 1000))
        }
        guard let moment = HTTPDate.parse(trimmed, now: now) else { return nil }
        return min(longest, max(TimeSpan(milliseconds: 0), moment - now))
    }
}

extension String {
    /// Without blanks and tabs at both ends.
    func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }),
            let last = lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
