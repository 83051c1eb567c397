import Model

/// The three date formats of RFC 9110, section 5.6.7.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let longDays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    /// Reads a date of any of the formats.
    ///
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37
    /// 1994`.
    ///
    /// `now` decides the century of a two-digit year: one that would lie more than 50 years ahead
    /// is in the past. The name of the day is not compared.
    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        let parts = text.split(separator: " ")
        switch parts.count {
        case 6 where parts[5] == "GMT" && isDay(parts[0], days, comma: true):
            return moment(
                day: parts[1],
                month: parts[2],
                year: number(parts[3], 4),
                time: parts[4],
            )
        case 4 where parts[3] == "GMT" && isDay(parts[0], longDays, comma: true):
            let date = parts[1].split(separator: "-")
            guard date.count == 3, let short = number(date[2], 2) else { return nil }
            return moment(
                day: date[0],
                month: date[1],
                year: century(short, now: now),
                time: parts[2],
            )
        case 5 where isDay(parts[0], days, comma: false):
            let day = parts[2].utf8.count == 1 ? "0" + parts[2] : parts[2]
            return moment(
                day: day,
                month: parts[1],
                year: number(parts[4], 4),
                time: parts[3],
            )
        default:
            return nil
        }
    }

    private static func isDay(_ text: Substring, _ names: [String], comma: Bool) -> Bool {
        comma
            ? text.hasSuffix(",") && names.contains(String(text.dropLast()))
            : names.contains(String(text))
    }

    private static func century(_ short: Int, now: Timestamp) -> Int {
        let days = now.milliseconds / 86_400_000
        let current = CivilDate(daysSinceEpoch: days).year
        let year = current - current % 100 + short
        return year > current + 50 ? year - 100 : year
    }

    private static func moment(
        day: Substring,
        month: Substring,
        year: Int?,
        time: Substring,
    ) -> Timestamp? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let year, let day = number(day, 2),
            let month = months.firstIndex(of: String(month)), clock.count == 3,
            let hour = number(clock[0], 2), hour < 24, let minute = number(clock[1], 2),
            minute < 60, let second = number(clock[2], 2), second <= 60,
            let date = CivilDate(year: year, month: month + 1, day: day)
        else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(milliseconds: date.daysSinceEpoch * 86_400_000 + seconds * 1000)
    }

    private static func number(_ text: Substring, _ digits: Int) -> Int? {
        text.utf8.count == digits && text.utf8.allSatisfy { 48...57 ~= $0 } ? Int(text) : nil
    }
}
