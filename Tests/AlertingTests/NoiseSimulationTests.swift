import Alerting
import Definitions
import Embedding
import Model
import Testing

/// Failures, recoveries, and a sender that fails at random, in fake time: what must always hold is
/// looked at after every event. A failing seed replays.
@Suite struct NoiseSimulationTests {
    private struct World {
        var random: SeededRandom
        var definition = AlertingDefinition()
        var now = Sample.start
        var issues: [String: Alerting.Issue] = [:]
        var groups: [String: NotificationGroup] = [:]
        /// Failures by the group that was to tell them, and those that were told.
        var owed: [String: Set<ObjectID>] = [:]
        var counts: [String: Int] = [:]
        var alerts: [ObjectID: (group: String, notification: NotificationGroup.Notification)] = [:]
        var sentTimes: [String: [Timestamp]] = [:]
        /// Groups whose failures are all in a dead letter.
        var dead: Set<String> = []
        var nextNumber: Int64 = 1
        var failures = 0

        init(seed: UInt64) {
            random = SeededRandom(seed: seed)
            definition.account = AlertingDefinition.Grouping(
                groupBy: [.type],
                groupWait: TimeSpan(milliseconds: Int64(random.below(50))),
                groupInterval: TimeSpan(milliseconds: Int64(1 + random.below(500))),
                repeatInterval: random.once(in: 3)
                    ? nil : TimeSpan(milliseconds: Int64(1_000 + random.below(5_000))),
            )
        }

        mutating func number() -> Int64 {
            nextNumber += 1
            return nextNumber
        }

        mutating func fail() {
            let types: [ProblemType] = [.service, .timeout, .authentication]
            let problem = Problem(types[random.below(3)], detail: "no \(random.below(9))")
            let instance = Int64(random.below(4))
            let failure = Sample.failure(number(), at: now, instance: instance, problem: problem)
            var triage = Triage(
                Triage.Situation(
                    definition: definition,
                    silences: [],
                    openIssues: [],
                    now: now,
                ),
                issues: issues,
                groups: groups,
            )
            var id = number()
            triage.take(
                failure,
                rungs: [.account],
                newID: {
                    id += 1
                    return ObjectID(.issue, rawValue: id)
                },
                digest: Sample.digest,
            )
            nextNumber = id + 1
            failures += 1
            #expect(triage.failures.count == 1 && triage.failures[0].disposition != nil)
            issues = triage.issues
            groups = triage.groups
            for name in triage.changedGroups {
                counts[name, default: 0] += 1
                dead.remove(name)
            }
        }

        mutating func flush() {
            for name in groups.keys.sorted() {
                guard var group = groups[name], let due = group.dueAt, due <= now else { continue }
                let alert = ObjectID(.alert, rawValue: number())
                if let notification = group.flush(definition.account, as: alert, at: now) {
                    #expect(alerts.values.allSatisfy { $0.group != name }, "one at a time")
                    alerts[alert] = (name, notification)
                }
                groups[name] = group
            }
        }

        mutating func settle() {
            guard let alert = alerts.keys.sorted().first, let (name, sent) = alerts[alert] else {
                return
            }
            alerts[alert] = nil
            guard var group = groups[name] else { return }
            if random.once(in: 3) {
                if group.pending.count == 0, sent.status == .firing { dead.insert(name) }
                group.sendFailed(definition.account, at: now)
            } else {
                group.sent(definition.account, at: now)
                counts[name, default: 0] -= sent.tally.count
                sentTimes[name, default: []].append(now)
            }
            groups[name] = group
        }

        mutating func recover() {
            for name in groups.keys.sorted() where random.once(in: 4) {
                guard var group = groups[name] else { continue }
                let lost = group.pending.count
                group.recovered(definition.account, at: now)
                counts[name, default: 0] -= lost
                groups[name] = group
            }
        }

        /// What must hold whatever happened.
        func check(_ origin: String) {
            for (name, group) in groups {
                let onTheWay = group.sending?.tally.count ?? 0
                #expect(
                    counts[name, default: 0] == group.pending.count + onTheWay,
                    "\(origin): every failure is told, on its way, or still to be told",
                )
                if group.sending == nil, group.pending.count > 0, !dead.contains(name) {
                    #expect(group.dueAt != nil, "\(origin): nothing waits for ever")
                }
                if group.sending != nil { #expect(group.dueAt == nil, "\(origin)") }
            }
            #expect(issues.values.map(\.count).reduce(0, +) == failures, "\(origin)")
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `nothing is lost, told twice at once, or silent for ever`(seed: UInt64) {
        var world = World(seed: seed)
        for event in 0..<200 {
            world.now = world.now + Int64(world.random.below(80))
            switch world.random.below(8) {
            case 0: world.recover()
            case 1, 2: world.settle()
            case 3: world.flush()
            default: world.fail()
            }
            world.flush()
            world.check("seed \(seed), event \(event)")
        }
        // The alerts are bounded by the configuration, however many failures there were.
        for times in world.sentTimes.values {
            for (first, third) in zip(times, times.dropFirst(2)) {
                #expect(third > first, "seed \(seed)")
            }
        }
    }
}
