import Model
import Schedules

/// The definition of a cron schedule, by brute force: every minute is looked at, and every
/// expression is read from its text a second time, in the simplest way.
struct CronOracle {
    /// The values of each field, or nil for a form that only some days know.
    private let fields: [Set<Int>]
    private let dayWords: [String]
    private let weekdayWords: [String]
    private let text: [String]

    /// Takes what ``CronGenerator`` writes: numbers, no names.
    init(_ expression: String) {
        text = expression.split(separator: " ").map(String.init)
        let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]
        var fields: [Set<Int>] = []
        for (word, range) in zip(text, ranges) {
            var values: Set<Int> = []
            for item in word.split(separator: ",") { values.formUnion(Self.values(item, range)) }
            fields.append(values)
        }
        self.fields = fields
        dayWords = text[2].split(separator: ",").map(String.init)
        weekdayWords = text[4].split(separator: ",").map(String.init)
    }

    private static func values(_ item: Substring, _ range: ClosedRange<Int>) -> [Int] {
        let parts = item.split(separator: "/")
        let step = parts.count == 2 ? Int(parts[1]) ?? 1 : 1
        let bounds = parts[0].split(separator: "-").compactMap { Int($0) }
        let whole = range.upperBound == 7 ? 0...6 : range
        if parts[0] == "*" || parts[0] == "?" {
            return Array(stride(from: whole.lowerBound, through: whole.upperBound, by: step))
        }
        if bounds.count == 2 {
            return Array(stride(from: bounds[0], through: bounds[1], by: step))
        }
        guard let first = bounds.first, parts[0].allSatisfy(\.isNumber) else { return [] }
        return parts.count == 2
            ? Array(stride(from: first, through: max(first, whole.upperBound), by: step)) : [first]
    }

    /// Whether a minute of the local clock matches.
    func matches(localMinute: Int64) -> Bool {
        let day = (localMinute - mod(localMinute, 1440)) / 1440
        let time = Int(mod(localMinute, 1440))
        guard fields[0].contains(time % 60), fields[1].contains(time / 60) else { return false }
        let date = CivilDate(daysSinceEpoch: day)
        guard fields[3].contains(date.month) else { return false }
        let byDay = matchesDay(day, date)
        let byWeekday = matchesWeekday(day, date)
        let isFree = [2, 4].contains { text[$0].hasPrefix("*") || text[$0].hasPrefix("?") }
        return isFree ? byDay && byWeekday : byDay || byWeekday
    }

    private func weekday(_ day: Int64) -> Int { Int(mod(day + 4, 7)) }

    private func matchesDay(_ day: Int64, _ date: CivilDate) -> Bool {
        if fields[2].contains(date.day) { return true }
        let length = CivilDate.length(of: date.month, in: date.year)
        return dayWords.contains { word in
            if word.hasPrefix("L"), word != "LW" {
                return date.day == length - (Int(word.dropFirst(2)) ?? 0)
            }
            guard word.hasSuffix("W"), let target = word == "LW" ? length : Int(word.dropLast()),
                target <= length
            else { return false }
            // The nearest workday: of all in the month, the one with the least distance.
            let first = day - Int64(date.day) + 1
            let workdays = (1...length).filter {
                (1...5).contains(weekday(first + Int64($0) - 1))
            }
            return workdays.min { abs($0 - target) < abs($1 - target) } == date.day
        }
    }

    private func matchesWeekday(_ day: Int64, _ date: CivilDate) -> Bool {
        let weekday = weekday(day)
        if fields[4].contains(weekday) || weekday == 0 && fields[4].contains(7) { return true }
        let length = CivilDate.length(of: date.month, in: date.year)
        return weekdayWords.contains { word in
            if word.hasSuffix("L") {
                return Int(word.dropLast()).map { $0 % 7 } == weekday && date.day > length - 7
            }
            let parts = word.split(separator: "#").compactMap { Int($0) }
            return word.contains("#") && parts[0] % 7 == weekday
                && (date.day + 6) / 7 == parts[1]
        }
    }

    private func mod(_ left: Int64, _ right: Int64) -> Int64 {
        (left % right + right) % right
    }

    /// What a local clock shows at every minute of a range, in local minutes, and at those of
    /// the three days before.
    struct Clock {
        var minutes: Range<Int64>
        var shown: [Int64]

        init(_ zone: any ZoneRules, _ minutes: Range<Int64>) {
            self.minutes = minutes
            shown = ((minutes.lowerBound - 3 * 1440)..<minutes.upperBound).map { minute in
                minute + Int64(zone.offset(at: Timestamp(milliseconds: minute * 60_000)) / 60)
            }
        }
    }

    /// All that is due in the clock's range.
    func due(_ clock: Clock) -> [Timestamp] {
        let followsDate = fields[1] != Set(0...23)
        var found: [Timestamp] = []
        var passed = clock.shown[0]
        for (index, local) in clock.shown.enumerated() {
            let last = passed
            passed = max(last, local)
            guard index >= 3 * 1440 else { continue }
            let isDue =
                followsDate
                ? local > last && ((last + 1)...local).contains { matches(localMinute: $0) }
                : matches(localMinute: local)
            let minute = clock.minutes.lowerBound + Int64(index - 3 * 1440)
            if isDue { found.append(Timestamp(milliseconds: minute * 60_000)) }
        }
        return found
    }
}
