import Model

/// Standard time, and mostly daylight-saving time between two dates of every year: what the POSIX
/// form of TZ says.
package struct YearlyRule: ZoneRules, Hashable {
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

    package func offset(at time: Timestamp) -> Int {
        states(around: time).last { $0.at <= time }?.offset ?? standard
    }

    package func transition(after time: Timestamp) -> ZoneTransition? {
        transitions(around: time).first { $0.at > time }
    }

    package func transition(atOrBefore time: Timestamp) -> ZoneTransition? {
        transitions(around: time).last { $0.at <= time }
    }

    private func transitions(around time: Timestamp) -> [ZoneTransition] {
        let states = states(around: time)
        // The last end of daylight-saving time may be none: the next year is not looked at.
        return zip(states, states.dropFirst().dropLast()).compactMap { before, after in
            before.offset == after.offset
                ? nil : ZoneTransition(at: after.at, before: before.offset, after: after.offset)
        }
    }

    /// What begins at the dates of five years, sorted.
    private func states(around time: Timestamp) -> [(at: Timestamp, offset: Int)] {
        guard let daylight else { return [] }
        let day = floorDivide(time.milliseconds, 86_400_000)
        let middle = CivilDate(daysSinceEpoch: day).year
        var turns: [(at: Int64, isStart: Bool)] = []
        for year in (middle - 2)...(middle + 2) {
            turns.append((daylight.start.local(in: year) - Int64(standard), true))
            turns.append((daylight.end.local(in: year) - Int64(daylight.offset), false))
        }
        turns.sort { $0.at != $1.at ? $0.at < $1.at : !$0.isStart && $1.isStart }
        // Where both are one moment, daylight-saving time goes on.
        let last = zip(turns, turns.dropFirst()).filter { $0.at != $1.at }.map(\.0)
        return (last + turns.suffix(1)).map { turn in
            let offset = turn.isStart ? daylight.offset : standard
            return (Timestamp(milliseconds: turn.at * 1000), offset)
        }
    }
}
