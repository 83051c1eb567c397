/// A moment, in milliseconds since 1970-01-01T00:00:00Z without leap seconds.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public static func + (left: Timestamp, right: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds + right.milliseconds)
    }

    public static func - (left: Timestamp, right: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds - right.milliseconds)
    }

    public static func - (left: Timestamp, right: Timestamp) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds - right.milliseconds)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-23T19:42:00.000Z`. Years 0 to 9999.
    public var description: String {
        let days = floorDivide(milliseconds, 86_400_000)
        var rest = milliseconds - days * 86_400_000
        let date = CivilDate(daysSinceEpoch: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        put(Int64(date.year), 4, &text)
        text.append(UInt8(ascii: "-"))
        put(Int64(date.month), 2, &text)
        text.append(UInt8(ascii: "-"))
        put(Int64(date.day), 2, &text)
        text.append(UInt8(ascii: "T"))
        for (unit, mark) in [(3_600_000, ":"), (60_000, ":"), (1000, ".")] as [(Int64, String)] {
            put(rest / unit, 2, &text)
            text.append(contentsOf: mark.utf8)
            rest %= unit
        }
        put(rest, 3, &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    private func put(_ value: Int64, _ width: Int, _ text: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        var rest = max(0, value)
        while divisor > 0 {
            text.append(UInt8(min(9, rest / divisor)) + 48)
            rest %= divisor
            divisor /= 10
        }
    }
}

/// Rounds towards negative infinity.
package func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
    let quotient = left / right
    return left % right < 0 ? quotient - 1 : quotient
}

/// What ``floorDivide(_:_:)`` leaves: from 0 on, less than the divisor.
package func floorModulo(_ left: Int64, _ right: Int64) -> Int64 {
    left - floorDivide(left, right) * right
}
