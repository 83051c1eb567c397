import Model

/// How far local time is ahead of UTC, and when that changes. The offset changes at whole seconds.
package protocol ZoneRules: Sendable {
    /// Seconds east of UTC.
    func offset(at time: Timestamp) -> Int

    /// The first change of the offset after this moment.
    func transition(after time: Timestamp) -> ZoneTransition?

    /// The last change of the offset at this moment or before it.
    func transition(atOrBefore time: Timestamp) -> ZoneTransition?
}

/// A moment at which the offset changes. Local time jumps from `at + before` to `at + after`:
/// over a gap when the second is greater, back into an overlap when it is less.
package struct ZoneTransition: Sendable, Hashable {
    package var at: Timestamp
    /// Seconds east of UTC until then.
    package var before: Int
    /// Seconds east of UTC from then on.
    package var after: Int

    package init(at: Timestamp, before: Int, after: Int) {
        self.at = at
        self.before = before
        self.after = after
    }
}

extension ZoneRules {
    /// What RFC 8536 allows: more than a day either way.
    package static var offsets: ClosedRange<Int> { -89_999...93_599 }
}
