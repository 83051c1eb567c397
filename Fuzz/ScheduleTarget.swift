import Model
import Schedules

/// A cron expression in the first line, and a zone in the rest: a compiled file of the time zone
/// database, or a rule in the POSIX form. What is read is due in order, and counted as it is due;
/// what is refused has its place.
enum ScheduleTarget {
    static let starts = [-3_000_000_000_000, 0, 1_806_000_000_000, 4_000_000_000_000].map {
        Timestamp(milliseconds: Int64($0))
    }
    static let tick = TimeSpan(milliseconds: 1)

    static func run(_ bytes: [UInt8]) {
        let (first, second) = halves(bytes)
        let text = String(decoding: first, as: UTF8.self)
        do throws(CronError) {
            let expression = try CronExpression(text)
            let zone = zone(second)
            for start in starts { check(.cron(expression, zone), zone, after: start) }
        } catch {
            insist(!error.message.isEmpty, "\(error.code) says nothing")
            let length = text.unicodeScalars.count
            insist((0...length).contains(error.offset), "\(error) is outside the text")
        }
        // The zone is read whatever the expression is.
        if let zone = zone(second) as? TransitionZone { starts.forEach { check(zone, $0) } }
    }

    private static func zone(_ bytes: [UInt8]) -> any ZoneRules {
        if let rule = YearlyRule(posix: bytes) { return rule }
        do throws(TimeZoneFile.Failure) {
            return try TimeZoneFile.parse(bytes)
        } catch {
            insist((0...bytes.count).contains(error.offset), "\(error) is outside the file")
            return FixedZone.utc
        }
    }

    private static func check(_ zone: TransitionZone, _ time: Timestamp) {
        insist(TransitionZone.offsets.contains(zone.offset(at: time)), "an offset out of range")
        if let change = zone.transition(after: time) {
            insist(change.at > time, "a change that is over")
            insist(change.before != change.after, "a change that changes nothing")
            insist(zone.offset(at: change.at) == change.after, "another offset after a change")
            insist(zone.offset(at: change.at - tick) == change.before, "another one before it")
            insist(zone.transition(atOrBefore: change.at) == change, "another change backwards")
        }
    }

    private static func check(_ schedule: Schedule, _ zone: any ZoneRules, after start: Timestamp) {
        var time = start
        for number in 1...8 {
            guard let due = schedule.next(after: time) else { return }
            insist(due > time, "due before it was asked")
            insist(schedule.next(after: due - tick) == due, "due at another time from nearer")
            insist(schedule.count(after: start, through: due) == number, "counted otherwise")
            insist(schedule.last(atOrBefore: due, after: start) == due, "another one backwards")
            time = due
        }
    }
}
