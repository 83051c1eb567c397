import Model

extension CronExpression {
    /// The first local minute, counted from 1970-01-01T00:00, in this range that matches.
    /// Goes by months, days, hours and minutes.
    func firstMinute(in range: Range<Int64>) -> Int64? {
        guard !range.isEmpty else { return nil }
        var day = floorDivide(range.lowerBound, 1440)
        let rest = Int(range.lowerBound - day * 1440)
        var time: Int?
        if isMatch(day: day) { time = timeOfDay(from: rest) }
        if time == nil {
            guard let next = nextDay(after: day, before: range.upperBound / 1440 + 1) else {
                return nil
            }
            day = next
            time = timeOfDay(from: 0)
        }
        guard let time else { return nil }
        let minute = day * 1440 + Int64(time)
        return range.contains(minute) ? minute : nil
    }

    /// How many local minutes in this range match.
    func minuteCount(in range: Range<Int64>) -> Int {
        guard !range.isEmpty else { return 0 }
        return minuteCount(from: range.lowerBound) { $0 <= range.upperBound }
            - minuteCount(from: range.upperBound) { $0 <= range.upperBound }
    }

    /// The matching minutes of the months that the start of which is accepted, from this minute on.
    private func minuteCount(from start: Int64, while accepts: (Int64) -> Bool) -> Int {
        let perDay = hours.nonzeroBitCount * minutes.nonzeroBitCount
        let day = floorDivide(start, 1440)
        let date = CivilDate(daysSinceEpoch: day)
        let mask = matchingDays(date.year, date.month)
        var count = 0
        if mask.has(date.day) { count += timesOfDay(from: Int(start - day * 1440)) }
        count += (mask & (~1 << UInt64(date.day))).nonzeroBitCount * perDay
        var (year, month) = Self.month(after: date.year, date.month)
        while let first = CivilDate(year: year, month: month, day: 1),
            accepts(first.daysSinceEpoch * 1440)
        {
            count += matchingDays(year, month).nonzeroBitCount * perDay
            (year, month) = Self.month(after: year, month)
        }
        return count
    }

    // MARK: Days

    /// Whether a day of any year matches. The calendar, weekdays included, repeats after 400 years.
    var hasDay: Bool {
        (2000..<2400).contains { year in
            months.bits.contains { matchingDays(year, $0) != 0 }
        }
    }

    private func isMatch(day: Int64) -> Bool {
        let date = CivilDate(daysSinceEpoch: day)
        return matchingDays(date.year, date.month).has(date.day)
    }

    private func nextDay(after day: Int64, before limit: Int64) -> Int64? {
        let date = CivilDate(daysSinceEpoch: day)
        var (year, month) = (date.year, date.month)
        var from = date.day + 1
        while let first = CivilDate(year: year, month: month, day: 1)?.daysSinceEpoch,
            first < limit
        {
            if let found = matchingDays(year, month).first(from: from) {
                return first + Int64(found) - 1
            }
            (year, month) = Self.month(after: year, month)
            from = 1
        }
        return nil
    }

    private static func month(after year: Int, _ month: Int) -> (Int, Int) {
        month == 12 ? (year + 1, 1) : (year, month + 1)
    }

    // MARK: Times of day

    /// The first minute of a day, from this one on, that matches.
    private func timeOfDay(from start: Int) -> Int? {
        guard let hour = hours.first(from: start / 60) else { return nil }
        if hour == start / 60, let minute = minutes.first(from: start % 60) {
            return hour * 60 + minute
        }
        let later = hour == start / 60 ? hours.first(from: hour + 1) : hour
        guard let later, let minute = minutes.first(from: 0) else { return nil }
        return later * 60 + minute
    }

    /// How many minutes of a day, from this one on, match.
    private func timesOfDay(from start: Int) -> Int {
        let hour = start / 60
        let later = (hours >> UInt64(hour + 1)).nonzeroBitCount * minutes.nonzeroBitCount
        return later
            + (hours.has(hour) ? (minutes >> UInt64(start % 60)).nonzeroBitCount : 0)
    }
}
