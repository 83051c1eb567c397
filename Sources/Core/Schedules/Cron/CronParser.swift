import Model

/// Reads the five fields from left to right.
struct CronParser {
    private let text: [Unicode.Scalar]
    private var result = CronExpression()

    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    ]

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func parse() throws(CronError) -> CronExpression {
        let words = words(in: text[...]) { $0 == " " || $0 == "\t" }
        if let word = words.first, word.first == "@" { return try nickname(word, words) }
        guard words.count == 5 else { throw wrongCount(words) }
        for (field, word) in zip(CronField.allCases, words) {
            for item in items(of: word) { try read(item, field) }
        }
        result.days.isRestricted = isRestricted(words[2])
        result.weekdays.isRestricted = isRestricted(words[4])
        guard result.hasDay else {
            throw CronError(
                .neverMatches,
                at: words[2].startIndex,
                "No month has such a day, so the expression never matches.",
            )
        }
        return result
    }

    /// As in Vixie's cron: a field that begins with `*` does not restrict, even `*/2`.
    private func isRestricted(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        word.first != "*" && word.first != "?"
    }

    // MARK: Words

    private func words(
        in text: ArraySlice<Unicode.Scalar>,
        by isSeparator: (Unicode.Scalar) -> Bool,
    ) -> [ArraySlice<Unicode.Scalar>] { text.split(whereSeparator: isSeparator) }

    private func items(of word: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
        word.split(separator: ",", omittingEmptySubsequences: false)
    }

    private func nickname(
        _ word: ArraySlice<Unicode.Scalar>,
        _ words: [ArraySlice<Unicode.Scalar>],
    ) throws(CronError) -> CronExpression {
        let name = string(word)
        guard let meaning = Self.nicknames[name.lowercased()] else {
            throw CronError(
                .unknownNickname,
                at: word.startIndex,
                "\(name) is no nickname: there are @hourly, @daily, @weekly, @monthly, @yearly.",
                suggestion: Spelling.suggestion(
                    name.lowercased(),
                    among: Self.nicknames.keys.sorted(),
                ),
            )
        }
        guard words.count == 1 else {
            throw CronError(
                .unexpected,
                at: words[1].startIndex,
                "Nothing may follow a nickname.",
                suggestion: name,
            )
        }
        var parser = CronParser(meaning)
        return try parser.parse()
    }

    private func wrongCount(_ words: [ArraySlice<Unicode.Scalar>]) -> CronError {
        let hint =
            words.count == 6 || words.count == 7
            ? " Seconds and years are not supported." : ""
        return CronError(
            .fieldCount,
            at: words.count > 5 ? words[5].startIndex : text.count,
            "An expression has five fields (minute, hour, day of the month, month, day of the "
                + "week), not \(words.count).\(hint)",
        )
    }

    private func string(_ word: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: word)
        return String(text)
    }

    // MARK: Items

    private mutating func read(
        _ item: ArraySlice<Unicode.Scalar>,
        _ field: CronField,
    ) throws(CronError) {
        if field == .day, try readDay(item) { return }
        if field == .weekday, try readWeekday(item) { return }
        var reader = CronItemReader(item, field)
        let mask = try reader.read()
        switch field {
        case .minute: result.minutes |= mask
        case .hour: result.hours |= mask
        case .day: result.days.plain |= mask
        case .month: result.months |= mask
        case .weekday: result.weekdays.plain |= mask
        }
    }

    /// `L`, `L-3`, `LW`, `15W`
    private mutating func readDay(
        _ item: ArraySlice<Unicode.Scalar>
    ) throws(CronError) -> Bool {
        let word = string(item).uppercased()
        if word == "LW" {
            result.days.lastWorkday = true
            return true
        }
        if word == "L" {
            result.days.fromLast |= 1
            return true
        }
        if word.hasPrefix("L-") {
            let back = try number(item.dropFirst(2), 1...30, "days before the last")
            result.days.fromLast |= 1 << UInt64(back)
            return true
        }
        if word.hasSuffix("W"), word.count > 1 {
            let day = try number(item.dropLast(), 1...31, "day before W")
            result.days.nearest |= 1 << UInt64(day)
            return true
        }
        return false
    }

    /// `FRIL`, `5L`, `MON#2`
    private mutating func readWeekday(
        _ item: ArraySlice<Unicode.Scalar>
    ) throws(CronError) -> Bool {
        if let sign = item.firstIndex(of: "#") {
            var reader = CronItemReader(item[..<sign], .weekday)
            let weekday = try reader.single() % 7
            let count = try number(item[(sign + 1)...], 1...5, "number after #")
            result.weekdays.nth |= 1 << UInt64(weekday + 7 * (count - 1))
            return true
        }
        guard let last = item.last, last == "L" || last == "l" else { return false }
        guard item.count > 1 else {
            throw CronError(
                .misplaced,
                at: item.startIndex,
                "L needs a weekday before it here: 5L is the last Friday of the month.",
                suggestion: "SATL",
            )
        }
        var reader = CronItemReader(item.dropLast(), .weekday)
        let weekday = try reader.single() % 7
        result.weekdays.last |= 1 << UInt64(weekday)
        return true
    }

    private func number(
        _ word: ArraySlice<Unicode.Scalar>,
        _ range: ClosedRange<Int>,
        _ title: String,
    ) throws(CronError) -> Int {
        let isNumber = !word.isEmpty && word.count <= 3 && word.allSatisfy { "0"..."9" ~= $0 }
        guard isNumber, let number = Int(string(word)), range.contains(number) else {
            throw CronError(
                isNumber ? .outOfRange : .unexpected,
                at: word.startIndex,
                "The \(title) is a number from \(range.lowerBound) to \(range.upperBound).",
            )
        }
        return number
    }
}
