import Model

/// How often something happened in each of the last hours: a spark line.
package struct Occurrences: Sendable, Hashable {
    package static let hours = 24
    /// An hour escalates with at least so many, and so many times the mean of the hours before.
    package static let escalatesFrom = 20
    package static let escalatesTimes = 5

    static let hour: Int64 = 3_600_000

    /// Hours since 1970 of the last element.
    package private(set) var last: Int64
    /// Oldest first, always ``hours`` of them.
    package private(set) var counts: [Int]

    package init(endingAt time: Timestamp) {
        last = floorDivide(time.milliseconds, Self.hour)
        counts = Array(repeating: 0, count: Self.hours)
    }

    init?(last: Int64, counts: [Int]) {
        guard counts.count == Self.hours else { return nil }
        self.last = last
        self.counts = counts
    }

    /// What is older than the oldest hour is not counted.
    package mutating func add(at time: Timestamp) {
        advance(to: time)
        let index = Self.hours - 1 - Int(last - floorDivide(time.milliseconds, Self.hour))
        if counts.indices.contains(index) { counts[index] += 1 }
    }

    /// Makes the hour of the time the last one, unless it lies before.
    package mutating func advance(to time: Timestamp) {
        let hour = floorDivide(time.milliseconds, Self.hour)
        guard hour > last else { return }
        let gone = Int(min(hour - last, Int64(Self.hours)))
        counts.removeFirst(gone)
        counts += Array(repeating: 0, count: gone)
        last = hour
    }

    /// Whether the last hour stands out. There must have been an hour before it: what begins is
    /// new, and does not escalate.
    package var isEscalating: Bool {
        let now = counts[Self.hours - 1]
        let before = counts.dropLast()
        guard let first = before.firstIndex(where: { $0 > 0 }), now >= Self.escalatesFrom else {
            return false
        }
        let sum = before.reduce(0, +)
        let span = before.count - first
        return now * span >= Self.escalatesTimes * sum
    }
}
