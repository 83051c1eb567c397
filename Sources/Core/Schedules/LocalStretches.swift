import Model

/// Local time as it is lived through from a moment on: stretches of one offset, one after another.
///
/// Following the date, a local time counts when the clock first reaches or passes it: what the
/// clock jumps over belongs to the moment of the jump, and what it shows again is left out.
/// Following elapsed time, every moment counts as the clock shows it.
struct LocalStretches: Sequence, IteratorProtocol {
    struct Stretch {
        /// UTC seconds.
        var start: Int64
        var offset: Int64
        /// Local seconds that are passed at ``start`` without being shown.
        var skipped: Range<Int64>
        /// Local seconds that are shown, and for the first time when the date is followed.
        var shown: Range<Int64>
    }

    private let zone: any ZoneRules
    private let followsDate: Bool
    /// Where the next stretch begins; nil after the last.
    private var start: Int64?
    private var offset: Int64
    /// The first local second that the clock has not reached yet.
    private var reached: Int64
    private var jump: Range<Int64> = 0..<0

    /// The end of the year 9999, and of all searches.
    static let end: Int64 = 253_402_300_800
    static let beginning: Int64 = -62_167_219_200
    /// Offsets differ by at most two days and some, so that nothing earlier can still count.
    private static let memory = TimeSpan(milliseconds: 3 * 86_400_000)

    /// From the first second after this moment on.
    init(after time: Timestamp, in zone: any ZoneRules, followsDate: Bool) {
        self.zone = zone
        self.followsDate = followsDate
        let second = floorDivide(time.milliseconds, 1000)
        let clamped = Swift.min(Swift.max(second, Self.beginning - 1), Self.end)
        let moment = Timestamp(milliseconds: clamped * 1000)
        offset = Int64(zone.offset(at: moment))
        reached = clamped + offset + 1
        start = clamped + 1
        let change = zone.transition(after: moment)
        defer {
            if let change, change.at.milliseconds == (clamped + 1) * 1000 { step(to: change) }
        }
        guard followsDate else { return }
        var earlier = zone.transition(atOrBefore: moment)
        while let last = earlier, last.at > moment - Self.memory {
            reached = Swift.max(reached, last.at.milliseconds / 1000 + Int64(last.before))
            earlier = zone.transition(atOrBefore: last.at - TimeSpan(milliseconds: 1))
        }
    }

    mutating func next() -> Stretch? {
        guard let start, start < Self.end else { return nil }
        let following = zone.transition(after: Timestamp(milliseconds: start * 1000))
        let end = Swift.min(following.map { $0.at.milliseconds / 1000 } ?? Self.end, Self.end)
        let first = followsDate ? Swift.max(reached, start + offset) : start + offset
        let stretch = Stretch(
            start: start,
            offset: offset,
            skipped: jump,
            shown: first..<Swift.max(first, end + offset),
        )
        reached = Swift.max(reached, end + offset)
        jump = 0..<0
        if let following { step(to: following) } else { self.start = nil }
        return stretch
    }

    private mutating func step(to change: ZoneTransition) {
        start = change.at.milliseconds / 1000
        offset = Int64(change.after)
        let shown = change.at.milliseconds / 1000 + offset
        jump = followsDate && shown > reached ? reached..<shown : 0..<0
        reached = Swift.max(reached, shown)
    }
}
