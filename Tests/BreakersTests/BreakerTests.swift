import Breakers
import Model
import Testing

/// What opens, half opens and closes a breaker.
@Suite struct BreakerTests {
    static let policy = BreakerPolicy()
    static let start = Timestamp(milliseconds: 1_790_000_000_000)

    static func after(_ milliseconds: Int64) -> Timestamp {
        start + TimeSpan(milliseconds: milliseconds)
    }

    private static func opened(_ reason: ProblemType, chance: Double = 0) -> Breaker {
        var breaker = Breaker()
        _ = breaker.open(reason, now: start, keeper: 1, policy: policy, chance: chance)
        return breaker
    }

    @Test func `a closed breaker opens, waits its time, and takes one keeper's probes`() throws {
        var breaker = Self.opened(.service)
        let opening = try #require(breaker.opening)
        #expect(opening.until == Self.start + Self.policy.openTime)
        #expect(breaker.answer(now: Self.after(14_999), keeper: 1) == .wait(opening))
        let due = Self.after(15_000)
        #expect(breaker.answer(now: due, keeper: 1) == .probe)
        let early = breaker.probe(now: Self.after(1), keeper: 1, policy: Self.policy)
        #expect(!early)
        let taken = breaker.probe(now: due, keeper: 1, policy: Self.policy)
        #expect(taken && breaker.name == "half_open")
        #expect(breaker.answer(now: due, keeper: 1) == .probe)
        #expect(breaker.answer(now: due, keeper: 2) == .wait(opening))
        let lapsed = due + Self.policy.probeTime
        let takenOver = breaker.probe(now: lapsed, keeper: 2, policy: Self.policy)
        #expect(takenOver)
        #expect(breaker.answer(now: lapsed, keeper: 1) == .wait(opening))
    }

    @Test func `a failed probe of the keeper opens for longer, others change nothing`() {
        var breaker = Self.opened(.service)
        var now = Self.start
        for times in 2...12 {
            now = breaker.opening?.until ?? now
            let taken = breaker.probe(now: now, keeper: 1, policy: Self.policy)
            #expect(taken)
            let other = breaker.open(
                .service,
                now: now,
                keeper: 2,
                policy: Self.policy,
                chance: 0,
            )
            #expect(!other)
            let own = breaker.open(.service, now: now, keeper: 1, policy: Self.policy, chance: 0)
            #expect(own)
            #expect(breaker.opening?.times == times)
            #expect(breaker.opening?.since == Self.start)
            let doubled = min(
                Self.policy.openTime.milliseconds << Int64(times - 1),
                Self.policy.openLimit.milliseconds,
            )
            #expect(breaker.opening?.until == now + TimeSpan(milliseconds: doubled))
        }
        let late = breaker.open(.timeout, now: now, keeper: 1, policy: Self.policy, chance: 0)
        #expect(!late)
    }

    @Test(arguments: [0.0, 0.25, 0.999])
    func `chance takes away up to a fifth of the open time`(_ chance: Double) {
        let breaker = Self.opened(.service, chance: chance)
        let span = (breaker.opening?.until ?? Self.start) - Self.start
        let expected = 15_000 * (1 - 0.2 * chance)
        #expect(span.milliseconds == Int64(expected.rounded()))
    }

    @Test func `refused credentials are tried rarely, and at once when somebody mended them`() {
        var breaker = Self.opened(.authentication)
        #expect(breaker.opening?.until == Self.start + Self.policy.refusedTime)
        let hastened = breaker.hasten(now: Self.after(5))
        #expect(hastened)
        #expect(breaker.answer(now: Self.after(5), keeper: 9) == .probe)
        let again = breaker.hasten(now: Self.after(6))
        #expect(!again)
    }

    @Test func `failures in a row open, an answer in between starts anew`() {
        var gauge = BreakerGauge()
        for _ in 0..<9 {
            let opens = gauge.failed(now: Self.start, policy: Self.policy)
            #expect(!opens)
        }
        gauge.answered(now: Self.start, policy: Self.policy)
        #expect(gauge.failingSince == nil)
        // 9 of 10 failed, but 20 are needed for a rate.
        for number in 1...10 {
            let opens = gauge.failed(now: Self.after(70_000), policy: Self.policy)
            #expect(opens == (number == 10))
        }
    }

    @Test func `half of at least 20 attempts within a minute open`() {
        var gauge = BreakerGauge()
        var opens = false
        for number in 0..<20 {
            let now = Self.after(Int64(number) * 1_000)
            if number.isMultiple(of: 2) {
                gauge.answered(now: now, policy: Self.policy)
            } else {
                opens = gauge.failed(now: now, policy: Self.policy)
                #expect(opens == (number == 19), "\(number)")
            }
        }
        #expect(opens)
        var slow = BreakerGauge()
        for number in 0..<40 {
            let now = Self.after(Int64(number) * 10_000)
            if number.isMultiple(of: 2) {
                slow.answered(now: now, policy: Self.policy)
            } else {
                let opens = slow.failed(now: now, policy: Self.policy)
                #expect(!opens, "what is older than a minute does not count")
            }
        }
    }

    @Test func `probes are bounded`() {
        var policy = Self.policy
        policy.probes = 2
        policy.answersToClose = 2
        var gauge = BreakerGauge()
        let begun = (0..<3).map { _ in gauge.beginProbe(now: Self.start, policy: policy) }
        #expect(begun == [true, true, false])
        let first = gauge.probeAnswered(Self.start, policy: policy)
        let more = gauge.beginProbe(now: Self.start, policy: policy)
        let second = gauge.probeAnswered(Self.start, policy: policy)
        #expect(!first && more && second)
        gauge.reset()
        let late = gauge.beginProbe(now: Self.start, policy: policy)
        let none = gauge.beginProbe(now: Self.start, policy: policy)
        #expect(late && !none, "the one that is under way counts on")
        let lapsed = gauge.beginProbe(now: Self.start + policy.probeTime, policy: policy)
        #expect(lapsed)
    }

    @Test(arguments: ProblemType.allCases)
    func `every problem type says one thing about its connection`(_ type: ProblemType) {
        var problem = Problem(type)
        problem.origin = .service
        problem.retry.after = TimeSpan(milliseconds: 7)
        let expected: Verdict =
            switch type {
            case .authentication: .refused
            case .communication, .service, .timeout: .failed(type)
            case .rateLimit: .limited(after: TimeSpan(milliseconds: 7))
            case .cancelled, .runtime: .nothing
            default: .answered
            }
        #expect(Verdict(problem) == expected)
        problem.origin = .platform
        #expect(Verdict(problem) == .nothing)
        #expect(Verdict(nil) == .answered)
    }

    @Test func `reads and writes have breakers of their own, below one of everything`() {
        #expect(SideEffect.allCases.map(OperationClass.init) == [.read, .read, .write, .write])
        #expect(OperationClass.read.gates == [.everything, .read])
        #expect(OperationClass.everything.gates == [.everything])
    }
}
