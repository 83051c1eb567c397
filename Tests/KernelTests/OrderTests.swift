import Definitions
import Expressions
import Kernel
import Model
import Testing

/// The frozen order of language.md: retry, then `on_error`, then `then`.
@Suite struct OrderTests {
    @Test func `steps run one after the other and see each other's output`() throws {
        var build = Build()
        let first = build.run("first")
        let second = build.run("second", input: ["x": "${ $steps.first.value }"])
        var drive = Drive(build.workflow([first, second]))
        let one = try #require(drive.start().attempts.first)
        let two = try #require(drive.succeed(one, ["value": 7]).attempts.first)
        #expect(two.input == ["x": 7])
        let end = drive.succeed(two, "done").outcome
        #expect(end == Outcome(reason: .succeeded, output: "done"))
    }

    @Test func `a retryable problem is tried again after the delay, as often as the policy says`()
        throws
    {
        var build = Build()
        let policy = RetryPolicy(times: 2, delay: TimeSpan(milliseconds: 100), jitter: 0)
        let step = build.run("a", retry: policy)
        var drive = Drive(build.workflow([step]))
        var request = try #require(drive.start().attempts.first)
        for (number, delay) in [(1, Int64(100)), (2, 200)] {
            let actions = drive.fail(request, .transient)
            let (timer, at) = try #require(actions.timer(.retry))
            #expect(at.milliseconds == drive.clock + delay)
            request = try #require(drive.fire(timer, at: at).attempts.first)
            #expect(request.attempt == number + 1)
        }
        let outcome = try #require(drive.fail(request, .transient).outcome)
        #expect(outcome.reason == .failed)
        #expect(outcome.problem?.attempt == 3)
        #expect(outcome.problem?.path == "n0")
    }

    @Test func `a terminal problem is not tried again`() throws {
        var build = Build()
        let step = build.run("a", retry: .standard)
        var drive = Drive(build.workflow([step]))
        let request = try #require(drive.start().attempts.first)
        #expect(drive.fail(request, .terminal).outcome?.reason == .failed)
    }

    @Test func `when replaces the question whether a problem is retryable`() throws {
        for (when, problem, isRetried) in [
            (#"$error.type == "not_found""#, Problem.terminal, true),
            (#"$error.type == "not_found""#, .transient, false),
        ] {
            var build = Build()
            let policy = RetryPolicy(times: 1, jitter: 0, when: build.program(when))
            let step = build.run("a", retry: policy)
            var drive = Drive(build.workflow([step]))
            let request = try #require(drive.start().attempts.first)
            let actions = drive.fail(request, problem)
            #expect((actions.timer(.retry) != nil) == isRetried)
        }
    }

    @Test func `Retry-After is the least delay, and beyond the deadline nothing is tried`() throws {
        var problem = Problem.transient
        problem.retry = RetryAdvice(kind: .after, after: TimeSpan(milliseconds: 5000))
        for (deadline, isRetried) in [(nil, true), (Int64(4000), false)] as [(Int64?, Bool)] {
            var build = Build()
            let policy = RetryPolicy(
                times: 1,
                delay: TimeSpan(milliseconds: 10),
                deadline: deadline.map(TimeSpan.init(milliseconds:)),
            )
            let step = build.run("a", retry: policy)
            var drive = Drive(build.workflow([step]))
            let request = try #require(drive.start().attempts.first)
            let timer = drive.fail(request, problem).timer(.retry)
            #expect((timer != nil) == isRetried)
            if let (_, at) = timer { #expect(at.milliseconds >= 5000) }
        }
    }

    @Test func `continue gives null and keeps the problem at errors`() throws {
        var build = Build()
        let first = build.run("a", onError: .proceed)
        let second = build.run("b", input: ["a": "${ $steps.a }", "e": "${ $errors.a.type }"])
        var drive = Drive(build.workflow([first, second]))
        let one = try #require(drive.start().attempts.first)
        let two = try #require(drive.fail(one, .terminal).attempts.first)
        #expect(two.input == ["a": nil, "e": "not_found"])
        #expect(drive.succeed(two).outcome?.reason == .handled)
    }

    @Test func `the first branch entry that holds runs, with those after it without a condition`()
        throws
    {
        for (type, ran) in [
            (ProblemType.notFound, ["first", "last"]), (.conflict, ["second", "last"]),
            (.request, []),
        ] {
            var build = Build()
            let first = build.run("first", when: #"$error.type == "not_found""#)
            let second = build.run("second", when: #"$error.type == "conflict""#)
            let last = build.run("last")
            let step = build.run(
                "a",
                onError: .branch(type == .request ? [first, second] : [first, second, last]),
            )
            var drive = Drive(build.workflow([step]))
            var actions = drive.start()
            actions = drive.fail(try #require(actions.attempts.first), Problem(type))
            var seen: [String] = []
            while let request = actions.attempts.first {
                seen.append(request.operation)
                actions = drive.succeed(request)
            }
            #expect(seen == ran)
            #expect(actions.outcome?.reason == (ran.isEmpty ? .failed : .handled))
        }
    }

    @Test func `then ends the execution: stop well, fail with the problem, raise with another`()
        throws
    {
        let cases: [(ThenDirective, ExecutionReason, ProblemType?)] = [
            (.stop, .handled, nil), (.fail, .failed, .notFound),
            (.raise(RaiseStep(type: .configuration)), .failed, .configuration),
        ]
        for (then, reason, type) in cases {
            var build = Build()
            let branch = build.set(nil, 1, then: then)
            let step = build.run("a", onError: .branch([branch]))
            let after = build.run("after")
            var drive = Drive(build.workflow([step, after]))
            let request = try #require(drive.start().attempts.first)
            let outcome = try #require(drive.fail(request, .terminal).outcome)
            #expect(outcome.reason == reason)
            #expect(outcome.problem?.type == type)
            if case .raise = then { #expect(outcome.problem?.cause?.type == .notFound) }
        }
    }

    @Test func `a problem inside an error branch replaces the first, which becomes its cause`()
        throws
    {
        var build = Build()
        let inner = build.run("inner")
        let step = build.run("a", onError: .branch([inner]))
        let handled = build.set(nil, "${ $error.cause.type }")
        var drive = Drive(build.workflow([step], onError: .branch([handled])))
        let request = try #require(drive.start().attempts.first)
        let second = try #require(drive.fail(request, .terminal).attempts.first)
        let outcome = try #require(drive.fail(second, Problem(.conflict)).outcome)
        #expect(outcome == Outcome(reason: .handled, output: "not_found"))
    }

    @Test func `an expression mistake is a problem that the same branch catches`() throws {
        var build = Build()
        let branch = build.set(nil, "${ $error.type }")
        let step = build.set("a", "${ 1 | keys }", onError: .branch([branch]))
        var drive = Drive(build.workflow([step]))
        #expect(drive.start().outcome == Outcome(reason: .handled, output: "expression"))
    }

    @Test func `a mistake in if goes to on_error and is not tried again`() throws {
        var build = Build()
        let policy = RetryPolicy(times: 3, jitter: 0, when: build.program("true"))
        let branch = build.set(nil, "${ $error.type }")
        let step = build.run("a", when: "1 | keys", retry: policy, onError: .branch([branch]))
        var drive = Drive(build.workflow([step]))
        #expect(drive.start().outcome == Outcome(reason: .handled, output: "expression"))
        let bare = build.run("b", when: "1 | keys", retry: policy)
        drive = Drive(build.workflow([bare]))
        let outcome = try #require(drive.start().outcome)
        #expect(outcome.reason == .failed)
        #expect(outcome.problem?.type == .expression && outcome.problem?.step == "b")
    }

    @Test func `a step's timeout calls off what is inside and is not tried again`() throws {
        var build = Build()
        let step = build.run("a", timeout: 500, retry: .standard, onError: .proceed)
        var drive = Drive(build.workflow([step]))
        let actions = drive.start()
        let (timer, at) = try #require(actions.timer(.stepTimeout))
        let after = drive.fire(timer, at: at)
        let request = try #require(actions.attempts.first)
        #expect(after.contains(.cancelAttempt(request.step)))
        #expect(after.outcome?.reason == .handled)
    }

    @Test func `the workflow's timeout ends everything`() throws {
        var build = Build()
        let step = build.run("a", onError: .proceed)
        var drive = Drive(build.workflow([step], onError: .proceed, timeout: 1000))
        let (timer, at) = try #require(drive.start().timer(.executionTimeout))
        let outcome = try #require(drive.fire(timer, at: at).outcome)
        #expect(outcome.reason == .timedOut)
        #expect(outcome.problem?.type == .timeout)
    }

    @Test func `cancelling runs no handler`() throws {
        var build = Build()
        let step = build.run("a", onError: .proceed)
        var drive = Drive(build.workflow([step], onError: .proceed))
        _ = drive.start()
        let outcome = drive.apply(.cancelRequested(at: drive.now, by: "me")).outcome
        #expect(outcome?.reason == .cancelled)
    }

    @Test func `a late answer changes nothing`() throws {
        var build = Build()
        let step = build.run("a", retry: RetryPolicy(times: 1))
        var drive = Drive(build.workflow([step]))
        let request = try #require(drive.start().attempts.first)
        _ = drive.fail(request, .transient)
        #expect(drive.succeed(request).isEmpty)
    }
}
