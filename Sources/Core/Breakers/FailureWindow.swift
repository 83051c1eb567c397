import Model

/// Attempts and failures of the last while, in ``slots`` parts: constant in size.
struct FailureWindow: Sendable, Hashable {
    static let slots = 6

    private struct Slot: Sendable, Hashable {
        var number: Int64 = -1
        var calls = 0
        var failures = 0
    }

    private var parts = [Slot](repeating: Slot(), count: Self.slots)

    mutating func add(isFailure: Bool, now: Timestamp, length: TimeSpan) {
        let number = Self.number(now, length)
        let index = Int(number % Int64(Self.slots))
        if parts[index].number != number { parts[index] = Slot(number: number) }
        parts[index].calls += 1
        if isFailure { parts[index].failures += 1 }
    }

    func counts(now: Timestamp, length: TimeSpan) -> (calls: Int, failures: Int) {
        let last = Self.number(now, length)
        var result = (calls: 0, failures: 0)
        for part in parts where part.number >= 0 && last - part.number < Int64(Self.slots) {
            result.calls += part.calls
            result.failures += part.failures
        }
        return result
    }

    private static func number(_ now: Timestamp, _ length: TimeSpan) -> Int64 {
        max(0, now.milliseconds) / max(1, length.milliseconds / Int64(slots))
    }
}
