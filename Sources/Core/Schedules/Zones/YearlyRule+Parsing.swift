extension YearlyRule {
    /// Reads the POSIX form with the extension of RFC 8536: `CET-1CEST,M3.5.0,M10.5.0/3`. Nil for
    /// all else, also when daylight-saving time has no dates.
    package init?(posix text: some Sequence<UInt8>) {
        var reader = Reader(text: Array(text))
        guard reader.name(), let west = reader.time(24) else { return nil }
        standard = -west
        guard !reader.isAtEnd else { return }
        guard reader.name() else { return nil }
        var offset = standard + 3600
        if reader.next != UInt8(ascii: ",") {
            guard let west = reader.time(24) else { return nil }
            offset = -west
        }
        guard let start = reader.turn(), let end = reader.turn(), reader.isAtEnd else {
            return nil
        }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    private struct Reader {
        let text: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == text.count }
        var next: UInt8? { position < text.count ? text[position] : nil }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        /// Three letters or more, or `<+0330>`.
        mutating func name() -> Bool {
            let isQuoted = take("<")
            let start = position
            while let byte = next, Self.isNamePart(byte, isQuoted) { position += 1 }
            return position - start >= 3 && (!isQuoted || take(">"))
        }

        private static func isNamePart(_ byte: UInt8, _ isQuoted: Bool) -> Bool {
            switch Unicode.Scalar(byte) {
            case "a"..."z", "A"..."Z": true
            case "0"..."9", "+", "-": isQuoted
            default: false
            }
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int? {
            let start = position
            var value = 0
            while let byte = next, (48...57).contains(byte), position - start < 3 {
                value = value * 10 + Int(byte - 48)
                position += 1
            }
            return position > start && range.contains(value) ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time(_ hours: Int) -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard var value = number(0...hours).map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where take(":") {
                guard let part = number(0...59) else { return nil }
                value += part * unit
            }
            return isNegative ? -value : value
        }

        /// `,M3.5.0/2`
        mutating func turn() -> Turn? {
            guard take(","), let day = day() else { return nil }
            guard take("/") else { return Turn(day: day) }
            return time(167).map { Turn(day: day, seconds: $0) }
        }

        private mutating func day() -> Turn.Day? {
            if take("J") { return number(1...365).map(Turn.Day.withoutLeapDay) }
            guard take("M") else { return number(0...365).map(Turn.Day.ofYear) }
            guard let month = number(1...12), take("."), let week = number(1...5), take("."),
                let weekday = number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, weekday: weekday)
        }
    }
}
