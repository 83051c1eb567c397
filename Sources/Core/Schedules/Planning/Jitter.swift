import Model

/// Spreads the starts of many instances that have one due time. An instance's share is always the
/// same, so that its intervals stay even.
package struct Jitter: Sendable, Hashable {
    package static let none = Jitter(limit: TimeSpan(milliseconds: 0), instance: "")

    /// The longest delay; a tenth of the time to the next due time is another bound.
    package var limit: TimeSpan
    private let share: UInt64

    package init(limit: TimeSpan, instance: String) {
        self.limit = limit
        share = Self.hash(instance)
    }

    /// From 0 to the lesser of the limit and a tenth of the interval.
    package func delay(in interval: TimeSpan) -> TimeSpan {
        let bound = max(0, min(limit.milliseconds, interval.milliseconds / 10))
        return TimeSpan(milliseconds: Int64(share % (UInt64(bound) + 1)))
    }

    /// SplitMix64, a step for every eight bytes.
    private static func hash(_ text: String) -> UInt64 {
        var state: UInt64 = 0
        var mixed: UInt64 = 0
        let bytes = Array(text.utf8)
        for start in stride(from: 0, through: bytes.count, by: 8) {
            let word = bytes[start..<min(start + 8, bytes.count)]
            state = mixed ^ word.reduce(UInt64(word.count)) { $0 << 8 | UInt64($1) }
            state &+= 0x9E37_79B9_7F4A_7C15
            mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            mixed ^= mixed >> 31
        }
        return mixed
    }
}
