import Model

/// Five fields that say at which local minutes something runs.
///
/// Two expressions are equal when they match the same fields, however they are written, and agree
/// on which of the two day fields are restricted.
package struct CronExpression: Sendable, Hashable {
    /// Bit n stands for the value n in all of these.
    var minutes: UInt64 = 0
    var hours: UInt64 = 0
    var months: UInt64 = 0
    var days = DaysOfMonth()
    var weekdays = DaysOfWeek()

    /// What the third field says.
    struct DaysOfMonth: Sendable, Hashable {
        var plain: UInt64 = 0
        /// `L-n`: bit n. `L` is bit 0.
        var fromLast: UInt64 = 0
        /// `nW`: bit n.
        var nearest: UInt64 = 0
        /// `LW`
        var lastWorkday = false
        /// Whether the field begins with something other than `*` and `?`.
        var isRestricted = false
    }

    /// What the fifth field says; Sunday is 0.
    struct DaysOfWeek: Sendable, Hashable {
        var plain: UInt64 = 0
        /// `nL`: bit n.
        var last: UInt64 = 0
        /// `n#k`: bit n + 7 * (k - 1).
        var nth: UInt64 = 0
        var isRestricted = false
    }

    /// Reads an expression or a nickname.
    package init(_ text: String) throws(CronError) {
        var parser = CronParser(text)
        self = try parser.parse()
    }

    init() {}

    /// Whether the expression has the same minutes in every hour of the day. Such an expression
    /// follows elapsed time when the zone changes its offset; every other one follows the date.
    package var isHourly: Bool { hours == (1 << 24) - 1 }

    /// Whether this local minute matches; the definition that the searches are held against.
    package func matches(_ date: CivilDate, hour: Int, minute: Int) -> Bool {
        minutes.has(minute) && hours.has(hour) && matchingDays(date.year, date.month).has(date.day)
    }

    // MARK: Days

    /// The days of a month that match, bit n for day n.
    func matchingDays(_ year: Int, _ month: Int) -> UInt64 {
        guard months.has(month), let first = CivilDate(year: year, month: month, day: 1) else {
            return 0
        }
        let length = CivilDate.length(of: month, in: year)
        let firstWeekday = Int(floorModulo(first.daysSinceEpoch + 4, 7))
        let byDate = days.matching(length: length, firstWeekday: firstWeekday)
        let byWeekday = weekdays.matching(length: length, firstWeekday: firstWeekday)
        return days.isRestricted && weekdays.isRestricted
            ? byDate | byWeekday : byDate & byWeekday
    }
}

extension CronExpression.DaysOfMonth {
    func matching(length: Int, firstWeekday: Int) -> UInt64 {
        let all: UInt64 = (1 << (UInt64(length) + 1)) - 2
        var found = plain & all
        for back in fromLast.bits where back < length { found |= 1 << UInt64(length - back) }
        for day in nearest.bits where day <= length {
            found |= 1 << UInt64(workday(near: day, length, firstWeekday))
        }
        if lastWorkday { found |= 1 << UInt64(workday(near: length, length, firstWeekday)) }
        return found
    }

    /// The day from Monday to Friday nearest to this one in the same month.
    private func workday(near day: Int, _ length: Int, _ firstWeekday: Int) -> Int {
        switch (firstWeekday + day - 1) % 7 {
        case 6: day == 1 ? 3 : day - 1
        case 0: day == length ? day - 2 : day + 1
        default: day
        }
    }
}

extension CronExpression.DaysOfWeek {
    func matching(length: Int, firstWeekday: Int) -> UInt64 {
        if plain == 0b111_1111 { return (1 << (UInt64(length) + 1)) - 2 }
        var found: UInt64 = 0
        for weekday in 0..<7 {
            let first = 1 + (weekday - firstWeekday + 7) % 7
            for (week, day) in stride(from: first, through: length, by: 7).enumerated() {
                let matches =
                    plain.has(weekday) || nth.has(weekday + week * 7)
                    || day + 7 > length && last.has(weekday)
                if matches { found |= 1 << UInt64(day) }
            }
        }
        return found
    }
}

extension UInt64 {
    func has(_ bit: Int) -> Bool { self & (1 << UInt64(bit)) != 0 }

    /// The positions that are set, lowest first.
    var bits: [Int] {
        var found: [Int] = []
        var rest = self
        while rest != 0 {
            found.append(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return found
    }

    /// The lowest position that is set, from this one on.
    func first(from bit: Int) -> Int? {
        guard bit < 64 else { return nil }
        let rest = self >> UInt64(bit)
        return rest == 0 ? nil : bit + rest.trailingZeroBitCount
    }
}
