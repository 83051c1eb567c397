import Model

/// Standard time, and mostly daylight-saving time between two dates of every year: what the POSIX
/// form of TZ says.
package struct YearlyRule: Sendable, Hashable {
    /// Seconds east of UTC.
    package var standard: Int
    package var daylight: Daylight?

    package struct Daylight: Sendable, Hashable {
        package var offset: Int
        package var start: Turn
        package var end: Turn

        package init(offset: Int, start: Turn, end: Turn) {
            self.offset = offset
            self.start = start
            self.end = end
        }
    }

    /// A moment of every year, in the local time that ends there.
    package struct Turn: Sendable, Hashable {
        package enum Day: Sendable, Hashable {
            /// `Jn`: 1 ... 365, where February 29 is never counted.
            case withoutLeapDay(Int)
            /// `n`: 0 ... 365
            case ofYear(Int)
            /// `Mm.w.d`: week 5 is the last one; Sunday is 0.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        package var day: Day
        /// After midnight; may be negative or more than a day.
        package var seconds: Int

        package init(day: Day, seconds: Int = 7200) {
            self.day = day
            self.seconds = seconds
        }

        /// Local seconds since 1970.
        func local(in year: Int) -> Int64 { days(in: year) * 86_400 + Int64(seconds) }

        private func days(in year: Int) -> Int64 {
            let first = firstDay(year, 1)
            switch day {
            case .withoutLeapDay(let number):
                let leap = CivilDate.isLeap(year) && number >= 60 ? 1 : 0
                return first + Int64(number - 1 + leap)
            case .ofYear(let number): return first + Int64(number)
            case .weekday(let month, let week, let weekday):
                let start = firstDay(year, month)
                let ahead = floorModulo(Int64(weekday) - (start + 4), 7)
                let length = CivilDate.length(of: month, in: year)
                var day = Int(ahead) + (week - 1) * 7
                if day >= length { day -= 7 }
                return start + Int64(day)
            }
        }

        private func firstDay(_ year: Int, _ month: Int) -> Int64 {
            CivilDate(year: year, month: month, day: 1)?.daysSinceEpoch ?? 0
        }
    }

    package init(standard: Int, daylight: Daylight? = nil) {
        self.standard = standard
        self.daylight = daylight
    }

    func offset(at time: Timestamp) -> Int {
        transition(atOrBefore: time)?.after ?? standard
    }

    func transition(after time: Timestamp) -> ZoneTransition? {
        transitions(around: time).first { $0.at > time }
    }

    func transition(atOrBefore time: Timestamp) -> ZoneTransition? {
        transitions(around: time).last { $0.at <= time }
    }

    /// The changes of five years, sorted; none when daylight-saving time never ends.
    private func transitions(around time: Timestamp) -> [ZoneTransition] {
        guard let daylight else { return [] }
        let day = floorDivide(time.milliseconds, 86_400_000)
        let middle = CivilDate(daysSinceEpoch: day).year
        var turns: [(at: Int64, isStart: Bool)] = []
        for year in (middle - 2)...(middle + 2) {
            turns.append((daylight.start.local(in: year) - Int64(standard), true))
            turns.append((daylight.end.local(in: year) - Int64(daylight.offset), false))
        }
        // Where both are one moment, daylight-saving time goes on.
        turns.sort { $0.at != $1.at ? $0.at < $1.at : !$0.isStart && $1.isStart }
        var found: [ZoneTransition] = []
        var offset: Int?
        for (index, turn) in turns.enumerated() {
            if index + 1 < turns.count, turns[index + 1].at == turn.at { continue }
            let next = turn.isStart ? daylight.offset : standard
            guard next != offset else { continue }
            if let offset {
                let at = Timestamp(milliseconds: turn.at * 1000)
                found.append(ZoneTransition(at: at, before: offset, after: next))
            }
            offset = next
        }
        return found
    }
}
