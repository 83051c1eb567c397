/// The name of one execution: 63 bits, ordered by creation time.
///
/// Layout, high to low: 41 bits of milliseconds since 2024-01-01 UTC (until 2093), 10 bits of
/// worker number, 12 bits of sequence. It is no secret; a status URL carries its own capability.
/// Text form: `exe_` and 13 Crockford base32 digits, which sort as the numbers do.
public struct ExecutionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: Int64

    /// 2024-01-01T00:00:00Z in milliseconds since 1970.
    public static let epoch: Int64 = 1_704_067_200_000

    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Makes an identifier from its parts; `worker` 0...1023, `sequence` 0...4095.
    public init(milliseconds: Int64, worker: Int, sequence: Int) {
        let time = max(0, milliseconds - Self.epoch)
        rawValue = (time << 22) | (Int64(worker & 1023) << 12) | Int64(sequence & 4095)
    }

    /// Reads the text form; nil unless it is exactly one.
    public init?(_ text: String) {
        guard text.hasPrefix("exe_") else { return nil }
        let digits = text.utf8.dropFirst(4)
        guard digits.count == 13 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard let index = Self.alphabet.firstIndex(of: digit), value >> 59 == 0 else {
                return nil
            }
            value = value << 5 | UInt64(index)
        }
        guard value <= UInt64(Int64.max) else { return nil }
        rawValue = Int64(value)
    }

    /// When it was made.
    public var createdAt: Timestamp { Timestamp(milliseconds: (rawValue >> 22) + Self.epoch) }

    public var description: String {
        var bytes: [UInt8] = Array("exe_".utf8)
        bytes.reserveCapacity(17)
        for shift in stride(from: 60, through: 0, by: -5) {
            bytes.append(Self.alphabet[Int(rawValue >> Int64(shift)) & 31])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func < (left: ExecutionID, right: ExecutionID) -> Bool {
        left.rawValue < right.rawValue
    }

    private static let alphabet: [UInt8] = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
