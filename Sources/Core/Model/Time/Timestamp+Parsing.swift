extension Timestamp {
    /// Reads RFC 3339 `date-time`: `T` and `Z` in either case, any offset, any digits of fraction
    /// (cut to milliseconds). A leap second reads as the first moment after it.
    public init?(_ text: String) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2),
            reader.take("-"), let day = reader.digits(2), reader.take("T", or: "t"),
            let hour = reader.digits(2), hour < 24, reader.take(":"),
            let minute = reader.digits(2), minute < 60, reader.take(":"),
            let second = reader.digits(2), second <= 60,
            let date = CivilDate(year: year, month: month, day: day),
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60 + second) - Int64(offset * 60)
        milliseconds = date.daysSinceEpoch * 86_400_000 + seconds * 1000 + Int64(fraction)
    }
}

/// Reads fixed-width digits from ASCII.
private struct DigitReader {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for _ in 0..<count {
            guard (48...57).contains(bytes[position]) else { return nil }
            value = value * 10 + Int(bytes[position] - 48)
            position += 1
        }
        return value
    }

    mutating func take(_ first: Unicode.Scalar, or second: Unicode.Scalar? = nil) -> Bool {
        guard position < bytes.count else { return false }
        let byte = Unicode.Scalar(bytes[position])
        guard byte == first || byte == second else { return false }
        position += 1
        return true
    }

    /// Milliseconds of `.123…`, or 0 when there is no point.
    mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        var value = 0
        var count = 0
        while position < bytes.count, (48...57).contains(bytes[position]) {
            if count < 3 { value = value * 10 + Int(bytes[position] - 48) }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<max(3, count) { value *= 10 }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if take("Z", or: "z") { return 0 }
        let isEast = position < bytes.count && bytes[position] == UInt8(ascii: "+")
        guard take("+", or: "-"), let hours = digits(2), hours < 24, take(":"),
            let minutes = digits(2), minutes < 60
        else { return nil }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
}
