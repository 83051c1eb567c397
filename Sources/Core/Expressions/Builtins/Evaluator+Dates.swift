import Model

extension Evaluator {
    func dates(
        _ builtin: Builtin,
        _ values: [JSONValue],
        _ at: Int,
        _ input: JSONValue,
    ) throws(Stop) -> JSONValue {
        switch builtin {
        case .gmtime: return try BrokenTime(seconds: seconds(input, at)).json
        case .mktime: return .integer(try broken(input, at).seconds)
        case .todate, .todateiso8601, .date:
            return .string(
                BrokenTime(seconds: try seconds(input, at)).text("%Y-%m-%dT%H:%M:%SZ")
            )
        case .fromdate, .fromdateiso8601:
            let text = try text(input, "cannot be parsed as a date", at)
            guard let time = BrokenTime(text, format: "%Y-%m-%dT%H:%M:%SZ") else {
                throw fail(
                    .invalidText,
                    "date \"\(text)\" does not match format"
                        + " \"%Y-%m-%dT%H:%M:%SZ\"",
                    at,
                )
            }
            return .integer(time.seconds)
        case .strftime:
            let format = try text(values[0], "is no format", at)
            let time =
                input.doubleValue == nil
                ? try broken(input, at) : BrokenTime(seconds: try seconds(input, at))
            return .string(time.text(format))
        default:
            let text = try text(input, "cannot be parsed as a date", at)
            let format = try self.text(values[0], "is no format", at)
            guard let time = BrokenTime(text, format: format) else {
                throw fail(
                    .invalidText,
                    "date \"\(text)\" does not match format \"\(format)\"",
                    at,
                )
            }
            return time.json
        }
    }

    private func seconds(_ value: JSONValue, _ at: Int) throws(Stop) -> Double {
        guard let seconds = value.doubleValue, seconds.magnitude < 2.5e11 else {
            throw fail(.type, "a date must be a number of seconds since 1970", at)
        }
        return seconds
    }

    private func broken(_ value: JSONValue, _ at: Int) throws(Stop) -> BrokenTime {
        guard case .array(let parts) = value, let time = BrokenTime(parts) else {
            throw fail(.type, "mktime requires array of 6 numbers", at)
        }
        return time
    }
}

/// "Broken down time" in UTC, as jq and C have it: month from 0, Sunday is 0.
struct BrokenTime {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Double

    init(seconds: Double) {
        let whole = Int64(seconds.rounded(.down))
        let days = whole >= 0 ? whole / 86_400 : (whole - 86_399) / 86_400
        let date = CivilDate(daysSinceEpoch: days)
        let rest = Int(whole - days * 86_400)
        year = date.year
        month = date.month - 1
        day = date.day
        hour = rest / 3600
        minute = rest / 60 % 60
        second = Double(rest % 60) + (seconds - Double(whole))
    }

    init?(_ parts: [JSONValue]) {
        let numbers = parts.prefix(6).compactMap(\.doubleValue)
        guard numbers.count == 6, numbers.allSatisfy({ $0.magnitude < 1e6 }) else { return nil }
        year = Int(numbers[0])
        month = Int(numbers[1])
        day = Int(numbers[2])
        hour = Int(numbers[3])
        minute = Int(numbers[4])
        second = numbers[5]
        guard (0..<12).contains(month), (1...31).contains(day) else { return nil }
    }

    private var firstOfMonth: Int64 {
        CivilDate(year: year, month: month + 1, day: 1)?.daysSinceEpoch ?? 0
    }

    private var days: Int64 { firstOfMonth + Int64(day) - 1 }

    var seconds: Int64 {
        days * 86_400 + Int64(hour * 3600 + minute * 60) + Int64(second.rounded(.down))
    }

    var weekday: Int { Int(((days + 4) % 7 + 7) % 7) }

    var dayOfYear: Int {
        Int(days - (CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? days))
    }

    var json: JSONValue {
        let exact = Int64(exactly: second).map(JSONValue.integer) ?? .number(second)
        return .array([
            .integer(Int64(year)), .integer(Int64(month)), .integer(Int64(day)),
            .integer(Int64(hour)), .integer(Int64(minute)), exact, .integer(Int64(weekday)),
            .integer(Int64(dayOfYear)),
        ])
    }

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
}
