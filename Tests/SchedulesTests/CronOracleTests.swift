import Model
import Schedules
import Testing

/// Random expressions in real zones against a scan of every minute.
@Suite(.enabled(if: Zoneinfo.isThere)) struct CronOracleTests {
    /// Around changes of the offset, and elsewhere: days since 1970.
    private static func days(_ zone: TransitionZone, _ random: inout SeededRandom) -> Int64 {
        let day = Int64(random.number(3000...30_000))
        guard !random.once(in: 4),
            let change = zone.transition(after: Timestamp(milliseconds: day * 86_400_000))
        else { return day }
        return change.at.milliseconds / 86_400_000 - 2
    }

    @Test(arguments: Zoneinfo.names)
    func `next and count agree with a scan of every minute`(name: String) throws {
        let zone = try Zoneinfo.zone(name)
        var generator = CronGenerator(random: SeededRandom(seed: 20_270_328))
        var dues = 0
        for _ in 0..<10 {
            let start = Self.days(zone, &generator.random) * 1440
            let clock = CronOracle.Clock(zone, start..<(start + 5 * 1440))
            for _ in 0..<10 {
                let text = generator.expression()
                guard let expression = try? CronExpression(text) else { continue }  // tidy: Feb 31
                let expected = CronOracle(text).due(clock)
                let schedule = Schedule.cron(expression, zone)
                #expect(dueTimes(schedule, clock.minutes) == expected, "\(text) from \(start)")
                let first = Timestamp(milliseconds: start * 60_000 - 1)
                let last = Timestamp(milliseconds: clock.minutes.upperBound * 60_000 - 1)
                #expect(schedule.count(after: first, through: last) == expected.count, "\(text)")
                #expect(schedule.last(atOrBefore: last, after: first) == expected.last, "\(text)")
                dues += expected.count
            }
        }
        #expect(dues > 5000)
    }

    private func dueTimes(_ schedule: Schedule, _ minutes: Range<Int64>) -> [Timestamp] {
        var found: [Timestamp] = []
        var after = Timestamp(milliseconds: minutes.lowerBound * 60_000 - 1)
        let end = Timestamp(milliseconds: minutes.upperBound * 60_000)
        while let due = schedule.next(after: after), due < end {
            found.append(due)
            after = due
        }
        return found
    }

    @Test(arguments: Zoneinfo.names)
    func `the answer is the same from any moment in between`(name: String) throws {
        let zone = try Zoneinfo.zone(name)
        var generator = CronGenerator(random: SeededRandom(seed: 20_271_031))
        var checked = 0
        for _ in 0..<100 {
            let text = generator.expression()
            guard let expression = try? CronExpression(text) else { continue }  // tidy: Feb 31
            let schedule = Schedule.cron(expression, zone)
            let day = Self.days(zone, &generator.random)
            let start = Timestamp(milliseconds: day * 86_400_000)
            guard let due = schedule.next(after: start) else { continue }
            let distance = (due - start).milliseconds
            for _ in 0..<5 {
                let part = Int64(generator.random.next() % UInt64(distance))
                let between = start + TimeSpan(milliseconds: part)
                #expect(schedule.next(after: between) == due, "\(text) after \(between)")
                checked += 1
            }
            #expect(schedule.count(after: start, through: due) == 1, "\(text)")
            #expect(schedule.last(atOrBefore: due, after: start) == due, "\(text)")
        }
        #expect(checked > 300)
    }
}
