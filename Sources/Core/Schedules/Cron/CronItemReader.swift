import Model

/// Reads one item of a list: `*`, `?`, a value, a range, each with a step or without.
struct CronItemReader {
    private let text: ArraySlice<Unicode.Scalar>
    private let field: CronField
    private var position: Int

    init(_ text: ArraySlice<Unicode.Scalar>, _ field: CronField) {
        self.text = text
        self.field = field
        position = text.startIndex
    }

    /// The values as bits.
    mutating func read() throws(CronError) -> UInt64 {
        let start = position
        var range = field.whole
        var isRange = true
        if take("?") {
            guard field == .day || field == .weekday else {
                throw CronError(
                    .misplaced,
                    at: start,
                    "? has a meaning in the two day fields alone.",
                    suggestion: "*",
                )
            }
        } else if !take("*") {
            let first = try value()
            isRange = take("-")
            range = try isRange ? first...last(from: first, start) : first...first
        }
        var step = 1
        if take("/") {
            step = try stepLength()
            // `5/15` counts from 5 to the end of the field.
            if !isRange {
                range = range.lowerBound...max(range.lowerBound, field.whole.upperBound)
            }
        }
        guard position == text.endIndex else { throw unexpected() }
        var mask: UInt64 = 0
        for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            mask |= 1 << UInt64(field == .weekday ? value % 7 : value)
        }
        return mask
    }

    /// One value and nothing else.
    mutating func single() throws(CronError) -> Int {
        let value = try value()
        guard position == text.endIndex else { throw unexpected() }
        return value
    }

    private mutating func last(from first: Int, _ start: Int) throws(CronError) -> Int {
        var last = try value()
        if field == .weekday, last == 0 { last = 7 }
        guard last >= first else {
            throw CronError(
                .backwards,
                at: start,
                "The range of the \(field.title) runs backwards from \(first) to \(last).",
                suggestion: split(first, last),
            )
        }
        return last
    }

    /// The same in two ranges that run forwards.
    private func split(_ first: Int, _ last: Int) -> String {
        func range(_ low: Int, _ high: Int) -> String { low == high ? "\(low)" : "\(low)-\(high)" }
        return range(first, field.whole.upperBound) + "," + range(field.whole.lowerBound, last)
    }

    // MARK: Values

    private mutating func value() throws(CronError) -> Int {
        let start = position
        while position < text.endIndex, Self.isWordPart(text[position]) { position += 1 }
        let word = text[start..<position]
        guard let first = word.first else { throw unexpected() }
        if "0"..."9" ~= first { return try number(word) }
        let name = String(word.map(Character.init)).uppercased()
        guard let index = field.names.firstIndex(of: name) else { throw unknown(name, start) }
        return index + field.range.lowerBound
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        "0"..."9" ~= scalar || "a"..."z" ~= scalar || "A"..."Z" ~= scalar
    }

    private func number(_ word: ArraySlice<Unicode.Scalar>) throws(CronError) -> Int {
        if let wrong = word.firstIndex(where: { !("0"..."9" ~= $0) }) {
            throw unknown(String(word[wrong...].map(Character.init)).uppercased(), wrong)
        }
        let digits = String(word.map(Character.init))
        guard digits.count <= 4, let number = Int(digits), field.range.contains(number) else {
            throw CronError(
                .outOfRange,
                at: word.startIndex,
                "The \(field.title) goes from \(field.range.lowerBound) to "
                    + "\(field.range.upperBound), and \(digits.prefix(20)) is outside.",
            )
        }
        return number
    }

    private func unknown(_ name: String, _ place: Int) -> CronError {
        if ["L", "W", "LW"].contains(name) {
            return CronError(
                .misplaced,
                at: place,
                "\(name) has no meaning here: L and W stand in the day of the month (L, L-3, LW, "
                    + "15W), L after a day of the week (5L).",
            )
        }
        let known =
            field.names.isEmpty ? "" : " and the names \(field.names.joined(separator: " "))"
        return CronError(
            .unknownName,
            at: place,
            "\(name.prefix(20)) is no value: the \(field.title) takes numbers\(known).",
            suggestion: Spelling.suggestion(name, among: field.names),
        )
    }

    private mutating func stepLength() throws(CronError) -> Int {
        let start = position
        while position < text.endIndex, "0"..."9" ~= text[position] { position += 1 }
        guard position > start else { throw unexpected() }
        let most = field.whole.upperBound
        let digits = String(text[start..<position].map(Character.init))
        guard digits.count <= 4, let step = Int(digits), (1...most).contains(step) else {
            throw CronError(
                .invalidStep,
                at: start,
                "The step of the \(field.title) goes from 1 to \(most): it starts anew with every "
                    + "turn of the field. Longer times between two runs are said by `every`.",
            )
        }
        return step
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard position < text.endIndex, text[position] == scalar else { return false }
        position += 1
        return true
    }

    private func unexpected() -> CronError {
        guard position < text.endIndex else {
            return CronError(.unexpected, at: position, "The \(field.title) lacks a value here.")
        }
        if text[position] == "#" {
            return CronError(
                .misplaced,
                at: position,
                "# has a meaning in the day of the week alone, after one day: 1#2 is the second "
                    + "Monday.",
            )
        }
        return CronError(
            .unexpected,
            at: position,
            "\(Character(text[position])) is not expected in the \(field.title).",
        )
    }
}
