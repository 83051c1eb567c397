/// One of the five fields.
enum CronField: Int, CaseIterable {
    case minute, hour, day, month, weekday

    var title: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day of the month"
        case .month: "month"
        case .weekday: "day of the week"
        }
    }

    /// What may be written; 7 is Sunday too.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    /// What `*` stands for.
    var whole: ClosedRange<Int> { self == .weekday ? 0...6 : range }

    /// In the order of their numbers, from the lowest of the range on.
    var names: [String] {
        switch self {
        case .minute, .hour, .day: []
        case .month:
            [
                "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
            ]
        case .weekday: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        }
    }
}
