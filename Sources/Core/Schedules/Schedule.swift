import Model

/// When something is due. Pure: the same answer for the same moment, always.
package enum Schedule: Sendable {
    /// Due at every whole multiple of the interval since 1970-01-01T00:00:00Z, plus the phase.
    case every(TimeSpan, phase: TimeSpan = TimeSpan(milliseconds: 0))
    /// Due at the local minutes that match. An hourly expression (one that matches the same
    /// minutes in all 24 hours) follows elapsed time: it is due whenever the clock shows such a
    /// minute. Every other follows the date: it is due when the clock first reaches or passes
    /// such a minute, so once for a time that a change of the offset repeats, and at the first
    /// moment after the gap for times that a change skips, once for all of them.
    case cron(CronExpression, any ZoneRules)

    /// The first due time after this moment; nil when there is none before the year 10000.
    package func next(after time: Timestamp) -> Timestamp? {
        switch self {
        case .every(let interval, let phase):
            guard interval.milliseconds > 0 else { return nil }
            let start = max(time.milliseconds, LocalStretches.beginning * 1000 - 1)
            guard start < LocalStretches.end * 1000 else { return nil }
            let shift = floorModulo(phase.milliseconds, interval.milliseconds)
            let turn = floorDivide(start - shift, interval.milliseconds) + 1
            let due = Timestamp(milliseconds: turn * interval.milliseconds + shift)
            return due.milliseconds < LocalStretches.end * 1000 ? due : nil
        case .cron(let expression, let zone):
            return Self.next(expression, zone, after: time)
        }
    }

    /// How many due times there are after the first moment, up to the second and with it. Counts
    /// by days, so that years of minutes cost little.
    package func count(after start: Timestamp, through end: Timestamp) -> Int {
        guard start < end else { return 0 }
        switch self {
        case .every(let interval, let phase):
            guard interval.milliseconds > 0 else { return 0 }
            let lowest = LocalStretches.beginning * 1000 - 1
            let highest = LocalStretches.end * 1000 - 1
            let shift = floorModulo(phase.milliseconds, interval.milliseconds)
            let turns = [start, end].map {
                let moment = min(max($0.milliseconds, lowest), highest)
                return floorDivide(moment - shift, interval.milliseconds)
            }
            return Int(turns[1] - turns[0])
        case .cron(let expression, let zone):
            return Self.count(expression, zone, after: start, through: end)
        }
    }

    /// The last due time at this moment or before it, but after the other.
    package func last(atOrBefore time: Timestamp, after floor: Timestamp) -> Timestamp? {
        guard floor < time, var found = next(after: floor), found <= time else { return nil }
        // Backwards in growing steps, then between the two by halves.
        var step: Int64 = 60_000
        var high = time
        while step < (time - found).milliseconds {
            let low = time - TimeSpan(milliseconds: step)
            if let due = next(after: low), due <= time {
                found = due
                break
            }
            high = low
            step *= 4
        }
        // Nothing is due after `high` up to `time`.
        while let due = next(after: found), due <= time {
            found = due
            let middle = found + TimeSpan(milliseconds: (high - found).milliseconds / 2)
            guard middle > found, middle < high else { continue }
            if let later = next(after: middle), later <= time {
                found = later
            } else {
                high = middle
            }
        }
        return found
    }

    // MARK: Cron

    private static func next(
        _ expression: CronExpression,
        _ zone: any ZoneRules,
        after time: Timestamp,
    ) -> Timestamp? {
        let stretches = LocalStretches(
            after: time,
            in: zone,
            followsDate: !expression.isHourly,
        )
        for stretch in stretches {
            if expression.firstMinute(in: minutes(stretch.skipped)) != nil {
                return Timestamp(milliseconds: stretch.start * 1000)
            }
            if let minute = expression.firstMinute(in: minutes(stretch.shown)) {
                return Timestamp(milliseconds: (minute * 60 - stretch.offset) * 1000)
            }
        }
        return nil
    }

    private static func count(
        _ expression: CronExpression,
        _ zone: any ZoneRules,
        after start: Timestamp,
        through end: Timestamp,
    ) -> Int {
        let last = floorDivide(end.milliseconds, 1000)
        let stretches = LocalStretches(
            after: start,
            in: zone,
            followsDate: !expression.isHourly,
        )
        var count = 0
        for stretch in stretches {
            guard stretch.start <= last else { break }
            var shown = stretch.shown
            if expression.firstMinute(in: minutes(stretch.skipped)) != nil {
                count += 1
                // The first second after the jump is the same moment.
                shown = min(shown.lowerBound + 1, shown.upperBound)..<shown.upperBound
            }
            let upper = min(shown.upperBound, last + stretch.offset + 1)
            if upper > shown.lowerBound {
                count += expression.minuteCount(in: minutes(shown.lowerBound..<upper))
            }
        }
        return count
    }

    /// The whole minutes that begin within these seconds.
    private static func minutes(_ seconds: Range<Int64>) -> Range<Int64> {
        let first = floorDivide(seconds.lowerBound + 59, 60)
        return first..<max(first, floorDivide(seconds.upperBound + 59, 60))
    }
}
