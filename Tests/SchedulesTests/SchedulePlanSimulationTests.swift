import Model
import Schedules
import Testing

/// Whatever happens: every due time is decided exactly once, and the overlap is kept.
@Suite struct SchedulePlanSimulationTests {
    private struct Run {
        var random: SeededRandom
        var state = SchedulePlan.State()
        var decided = 0
        var started: [Timestamp] = []
        var running = 0
    }

    private static func schedule(_ random: inout SeededRandom) throws -> Schedule {
        if random.once(in: 2) {
            let every = TimeSpan(milliseconds: Int64(random.number(1000...9_000_000)))
            return .every(every, phase: TimeSpan(milliseconds: Int64(random.number(0...99_999))))
        }
        let text = random.pick(["*/5 * * * *", "0 * * * *", "30 2 * * *", "0 */3 * * 1-5"])
        return .cron(try CronExpression(text), FixedZone(seconds: random.number(-14...14) * 3600))
    }

    @Test(arguments: 0..<60)
    func `every due time is decided once over stalls, restarts and runs of any length`(
        seed: Int
    ) throws {
        var run = Run(random: SeededRandom(seed: UInt64(seed)))
        let schedule = try Self.schedule(&run.random)
        let policy = SchedulePlan.Policy(
            overlap: run.random.pick(SchedulePlan.Overlap.allCases),
            catchUp: run.random.number(0...5),
            jitter: Jitter(limit: TimeSpan(milliseconds: 20_000), instance: "\(seed)"),
            capacity: run.random.number(1...20),
        )
        let first = Timestamp(milliseconds: 1_811_000_000_000)
        var startedAt = first
        var now = first
        for _ in 0..<300 {
            if run.random.once(in: 20) {
                startedAt = now
                run.running = 0
            }
            let isRunning = run.running > 0
            let plan = SchedulePlan(
                schedule,
                policy,
                run.state,
                startedAt: startedAt,
                isRunning: isRunning,
                now: now,
            )
            if policy.overlap != .allow {
                #expect(plan.runs.count <= (isRunning ? 0 : 1))
            }
            #expect(plan.runs.count <= policy.capacity)
            #expect(plan.state.waiting.count <= policy.capacity)
            #expect(plan.state.waiting == plan.state.waiting.sorted())
            let due = plan.runs.count + plan.state.waiting.count - run.state.waiting.count
            run.decided += due + plan.skipped
            run.started += plan.runs
            run.running += plan.runs.count
            run.state = plan.state
            let next = try #require(plan.wakeAt)
            #expect(next > now)
            switch run.random.number(0...3) {
            case 0: now = now + TimeSpan(milliseconds: Int64(run.random.number(1...50_000_000)))
            case 1: run.running = 0
            default: now = next
            }
        }
        #expect(run.started == run.started.sorted() && Set(run.started).count == run.started.count)
        let last = try #require(run.state.lastDue)
        let start = first - TimeSpan(milliseconds: 1)
        #expect(run.decided == schedule.count(after: start, through: last))
        #expect(!run.started.isEmpty)
        #expect(
            run.started.allSatisfy { due in
                schedule.next(after: due - TimeSpan(milliseconds: 1)) == due
            }
        )
    }
}
