import Alerting
import Definitions
import Embedding
import Model
import Testing

/// When a group is told: Alertmanager's words, one row for each.
@Suite struct NotificationGroupTests {
    private let policy = AlertingDefinition.Grouping(
        groupBy: [.issue],
        groupWait: TimeSpan(milliseconds: 10),
        groupInterval: TimeSpan(milliseconds: 100),
        repeatInterval: TimeSpan(milliseconds: 1_050),
    )
    private let alert = ObjectID(.alert, rawValue: 1)
    private let t0 = Sample.start

    private func group() -> NotificationGroup {
        NotificationGroup(
            id: "grp_1",
            rung: .account,
            labels: [:],
            of: Sample.failure(),
            issue: nil,
        )
    }

    private func told(
        _ group: inout NotificationGroup,
        at: Int64,
    ) -> NotificationGroup.Notification? {
        let notification = group.flush(policy, as: alert, at: t0 + at)
        if notification != nil { group.sent(policy, at: t0 + at) }
        return notification
    }

    @Test func `the first alert waits for what comes with it, the next for the interval`() {
        var group = group()
        group.add(Sample.failure(1), policy, at: t0)
        #expect(group.dueAt == t0 + 10)
        #expect(told(&group, at: 9) == nil)
        group.add(Sample.failure(2), policy, at: t0 + 5)
        #expect(group.dueAt == t0 + 10, "what comes in between puts nothing off")
        let first = told(&group, at: 10)
        #expect(first?.status == .firing && first?.tally.count == 2)
        group.add(Sample.failure(3), policy, at: t0 + 20)
        #expect(group.dueAt == t0 + 110)
        #expect(told(&group, at: 109) == nil)
        let second = told(&group, at: 110)
        #expect(second?.tally.count == 1 && second?.tally.failures.count == 1)
        #expect(group.total == 3)
    }

    @Test func `what goes on is repeated at the very time, not at a multiple of the interval`() {
        var group = group()
        group.add(Sample.failure(1), policy, at: t0)
        _ = told(&group, at: 10)
        #expect(group.dueAt == t0 + 1_060)
        #expect(told(&group, at: 1_059) == nil)
        #expect(told(&group, at: 1_060)?.status == .ongoing)
        #expect(group.dueAt == t0 + 2_110)
    }

    @Test func `a recovery is told once, and only to who was told of the failure`() {
        var group = group()
        group.add(Sample.failure(1), policy, at: t0)
        group.recovered(policy, at: t0 + 5)
        #expect(group.isSpent, "nobody heard of it")
        group.add(Sample.failure(2), policy, at: t0 + 6)
        _ = told(&group, at: 16)
        group.recovered(policy, at: t0 + 50)
        #expect(group.dueAt == t0 + 116)
        #expect(told(&group, at: 116)?.status == .resolved)
        #expect(group.isSpent && group.dueAt == nil)
    }

    @Test func `an alert that nobody took keeps nothing silent and loses nothing`() {
        var group = group()
        group.add(Sample.failure(1), policy, at: t0)
        _ = group.flush(policy, as: alert, at: t0 + 10)
        #expect(group.dueAt == nil, "one at a time")
        group.add(Sample.failure(2), policy, at: t0 + 20)
        #expect(group.flush(policy, as: alert, at: t0 + 500) == nil, "however long it takes")
        group.sendFailed(policy, at: t0 + 600)
        #expect(group.pending.count == 2 && !group.isTold)
        group.add(Sample.failure(3), policy, at: t0 + 700)
        #expect(group.dueAt == t0 + 710)
        #expect(told(&group, at: 710)?.tally.count == 3)
    }

    @Test func `a threshold in a row is counted anew after a success`() {
        var policy = policy
        policy.threshold = .inARow(3)
        var group = group()
        group.add(Sample.failure(1), policy, at: t0)
        group.add(Sample.failure(2), policy, at: t0 + 1)
        group.recovered(policy, at: t0 + 2)
        group.add(Sample.failure(3), policy, at: t0 + 3)
        group.add(Sample.failure(4), policy, at: t0 + 4)
        #expect(group.dueAt == nil)
        group.add(Sample.failure(5), policy, at: t0 + 5)
        #expect(group.flush(policy, as: alert, at: t0 + 15)?.tally.count == 3)
    }

    @Test func `a threshold by rate looks at its time alone`() {
        var policy = policy
        policy.threshold = .rate(3, within: TimeSpan(milliseconds: 50))
        var group = group()
        for number in 0..<5 as Range<Int64> {
            let at = t0 + number * 40
            group.add(Sample.failure(number, at: at), policy, at: at)
        }
        #expect(group.dueAt == nil)
        let at = t0 + 170
        group.add(Sample.failure(7, at: at), policy, at: at)
        group.add(Sample.failure(8, at: at), policy, at: at)
        #expect(group.dueAt == at + 10)
    }

    @Test func `a group is read back as it was written, whatever happened`() {
        for seed in 0..<100 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            var group = group()
            var now = t0
            for number in 0..<30 as Range<Int64> {
                now = now + Int64(random.below(300))
                switch random.below(5) {
                case 0: _ = group.flush(policy, as: ObjectID(.alert, rawValue: number), at: now)
                case 1: group.sent(policy, at: now)
                case 2: group.sendFailed(policy, at: now)
                case 3: group.recovered(policy, at: now)
                default: group.add(Sample.failure(number, at: now), policy, at: now)
                }
                #expect(NotificationGroup(json: group.json) == group, "seed \(seed)")
            }
        }
    }
}
