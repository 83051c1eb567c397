import Model

/// A zone whose offset never changes.
package struct FixedZone: ZoneRules, Hashable {
    package static let utc = FixedZone(seconds: 0)

    package var seconds: Int

    /// Seconds east of UTC, at most about a day.
    package init(seconds: Int) {
        self.seconds = min(max(seconds, Self.offsets.lowerBound), Self.offsets.upperBound)
    }

    package func offset(at time: Timestamp) -> Int { seconds }
    package func transition(after time: Timestamp) -> ZoneTransition? { nil }
    package func transition(atOrBefore time: Timestamp) -> ZoneTransition? { nil }
}
