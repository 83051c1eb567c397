import Model
import Schedules
import Testing

@Suite struct SchedulePlanTests {
    typealias Plan = SchedulePlan

    private static let hourly = Schedule.every(TimeSpan(milliseconds: 3_600_000))

    private static func at(_ text: String) throws -> Timestamp {
        try #require(Timestamp("2027-05-10T\(text)Z"))
    }

    private static func plan(
        _ schedule: Schedule = hourly,
        _ policy: Plan.Policy = Plan.Policy(),
        _ state: Plan.State = Plan.State(),
        started: String = "00:30:00",
        isRunning: Bool = false,
        now: String,
    ) throws -> Plan {
        Plan(
            schedule,
            policy,
            state,
            startedAt: try at(started),
            isRunning: isRunning,
            now: try at(now),
        )
    }

    @Test func `a new trigger waits for its first due time and says when that is`() throws {
        let plan = try Self.plan(now: "00:30:00")
        #expect(plan.runs.isEmpty && plan.skips.isEmpty)
        #expect(plan.nextDueAt == (try Self.at("01:00:00")))
        #expect(plan.wakeAt == plan.nextDueAt)
        #expect(plan.state.lastDue != nil)
    }

    @Test func `a due time that passed while the program was down is not lost`() throws {
        let before = try Self.plan(now: "00:30:00")
        let after = try Self.plan(
            Self.hourly,
            Plan.Policy(catchUp: 1),
            before.state,
            started: "01:30:00",
            now: "01:30:00",
        )
        #expect(after.runs == [try Self.at("01:00:00")])
    }

    @Test func `what is due starts once`() throws {
        let first = try Self.plan(now: "01:00:00")
        #expect(first.runs == [try Self.at("01:00:00")])
        #expect(first.nextDueAt == (try Self.at("02:00:00")))
        let second = try Self.plan(Self.hourly, Plan.Policy(), first.state, now: "01:00:00")
        #expect(second.runs.isEmpty && second.skips.isEmpty)
    }

    @Test func `a clock that is set back starts nothing twice`() throws {
        let first = try Self.plan(now: "02:00:00")
        let second = try Self.plan(Self.hourly, Plan.Policy(), first.state, now: "01:00:00")
        #expect(second.runs.isEmpty)
        #expect(second.nextDueAt == (try Self.at("03:00:00")))
    }

    @Test(arguments: [(0, 0, 5), (2, 2, 3), (9, 5, 0)])
    func `missed runs beyond catch_up are counted`(
        catchUp: Int,
        made: Int,
        skipped: Int,
    ) throws {
        let state = Plan.State(lastDue: try Self.at("01:00:00"))
        let policy = Plan.Policy(overlap: .allow, catchUp: catchUp)
        let plan = try Self.plan(Self.hourly, policy, state, started: "06:10:00", now: "06:10:00")
        #expect(plan.runs.count == made)
        #expect(plan.runs.last == (made > 0 ? try Self.at("06:00:00") : nil))
        #expect(plan.skipped == skipped)
        #expect(plan.skips.allSatisfy { $0.reason == .missed })
    }

    @Test func `a second after the start is too late for what was due a second before it`() throws {
        let state = Plan.State(lastDue: try Self.at("01:00:00"))
        let plan = try Self.plan(
            Self.hourly,
            Plan.Policy(),
            state,
            started: "02:00:01",
            now: "02:00:02",
        )
        #expect(plan.runs.isEmpty)
        #expect(plan.skips == [Plan.Skip(reason: .missed, count: 1)])
    }

    @Test func `skip leaves out what comes while another runs`() throws {
        let plan = try Self.plan(isRunning: true, now: "01:00:00")
        #expect(plan.runs.isEmpty)
        #expect(plan.skips == [Plan.Skip(reason: .overlap, count: 1)])
        #expect(plan.nextDueAt == (try Self.at("02:00:00")))
    }

    @Test func `skip makes up one missed run after another and never two at once`() throws {
        let state = Plan.State(lastDue: try Self.at("01:00:00"))
        let policy = Plan.Policy(catchUp: 3)
        var plan = try Self.plan(Self.hourly, policy, state, started: "06:10:00", now: "06:10:00")
        var started = plan.runs
        #expect(plan.state.waiting.count == 2)
        let busy = try Self.plan(
            Self.hourly,
            policy,
            plan.state,
            started: "06:10:00",
            isRunning: true,
            now: "06:10:10",
        )
        #expect(busy.runs.isEmpty && busy.state.waiting == plan.state.waiting)
        for _ in 0..<3 {
            plan = try Self.plan(
                Self.hourly,
                policy,
                plan.state,
                started: "06:10:00",
                now: "06:11:00",
            )
            #expect(plan.runs.count <= 1)
            started += plan.runs
        }
        #expect(started == (try ["04:00:00", "05:00:00", "06:00:00"].map { try Self.at($0) }))
    }

    @Test func `queue keeps what comes while another runs, and says that it is overdue`() throws {
        let policy = Plan.Policy(overlap: .queue)
        var plan = try Self.plan(Self.hourly, policy, isRunning: true, now: "01:00:00")
        #expect(plan.state.waiting == [try Self.at("01:00:00")])
        #expect(plan.overdueSince == nil)
        plan = try Self.plan(Self.hourly, policy, plan.state, isRunning: true, now: "01:01:00")
        #expect(plan.overdueSince == nil)
        plan = try Self.plan(Self.hourly, policy, plan.state, isRunning: true, now: "02:00:00")
        #expect(plan.overdueSince == (try Self.at("01:00:00")))
        #expect(plan.skips.isEmpty)
        plan = try Self.plan(Self.hourly, policy, plan.state, now: "02:00:01")
        #expect(plan.runs == [try Self.at("01:00:00")])
        plan = try Self.plan(Self.hourly, policy, plan.state, now: "02:00:02")
        #expect(plan.runs == [try Self.at("02:00:00")])
        #expect(plan.state.waiting.isEmpty)
    }

    @Test func `a full queue counts what it cannot take`() throws {
        let policy = Plan.Policy(overlap: .queue, capacity: 2)
        let waiting = [try Self.at("00:00:00"), try Self.at("01:00:00")]
        let state = Plan.State(lastDue: try Self.at("01:00:00"), waiting: waiting)
        let plan = try Self.plan(Self.hourly, policy, state, isRunning: true, now: "02:00:00")
        #expect(plan.skips == [Plan.Skip(reason: .full, count: 1)])
        #expect(plan.state.waiting == waiting)
    }

    @Test func `allow starts beside what runs`() throws {
        let policy = Plan.Policy(overlap: .allow)
        let plan = try Self.plan(Self.hourly, policy, isRunning: true, now: "01:00:30")
        #expect(plan.runs == [try Self.at("01:00:00")])
    }

    @Test func `a start later than the tolerance is reported`() throws {
        let state = Plan.State(lastDue: try Self.at("01:00:00"))
        let policy = Plan.Policy(catchUp: 1)
        let plan = try Self.plan(Self.hourly, policy, state, now: "02:01:01")
        #expect(plan.runs == [try Self.at("02:00:00")])
        #expect(plan.overdueSince == plan.runs.first)
    }

    @Test func `ten years of missed minutes are counted without looking at each`() throws {
        let start = try #require(Timestamp("2017-05-10T00:00:00Z"))
        let schedule = Schedule.cron(try CronExpression("* * * * *"), FixedZone.utc)
        let plan = try Self.plan(
            schedule,
            Plan.Policy(),
            Plan.State(lastDue: start),
            started: "00:00:30",
            now: "00:00:30",
        )
        #expect(plan.skipped == 3652 * 1440)
    }

    // MARK: Jitter

    @Test func `the jitter of an instance is the same always and differs between instances`() {
        let limit = TimeSpan(milliseconds: 30_000)
        let hour = TimeSpan(milliseconds: 3_600_000)
        let delays = (0..<1000).map { number in
            Jitter(limit: limit, instance: "instance-\(number)").delay(in: hour).milliseconds
        }
        #expect(delays.allSatisfy { (0...30_000).contains($0) })
        #expect(Set(delays).count > 950)
        let mean = delays.reduce(0, +) / 1000
        #expect((13_500...16_500).contains(mean))
        let again = Jitter(limit: limit, instance: "instance-7").delay(in: hour)
        #expect(again.milliseconds == delays[7])
        let short = Jitter(limit: limit, instance: "instance-7")
        #expect(short.delay(in: TimeSpan(milliseconds: 1000)).milliseconds <= 100)
        #expect(Jitter.none.delay(in: hour).milliseconds == 0)
    }

    @Test func `a run starts after its jitter and keeps its due time`() throws {
        let jitter = Jitter(limit: TimeSpan(milliseconds: 300_000), instance: "a")
        let policy = Plan.Policy(jitter: jitter)
        let delay = jitter.delay(in: TimeSpan(milliseconds: 3_600_000))
        #expect(delay.milliseconds > 1000)
        let early = try Self.plan(Self.hourly, policy, now: "01:00:00")
        #expect(early.runs.isEmpty)
        #expect(early.nextDueAt == (try Self.at("01:00:00")))
        let wake = try #require(early.wakeAt)
        #expect(wake == (try Self.at("01:00:00")) + delay)
        let plan = Plan(
            Self.hourly,
            policy,
            early.state,
            startedAt: try Self.at("00:30:00"),
            isRunning: false,
            now: wake,
        )
        #expect(plan.runs == [try Self.at("01:00:00")])
    }
}
