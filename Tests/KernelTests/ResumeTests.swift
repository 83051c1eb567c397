import Definitions
import Kernel
import Model
import Testing

@Suite struct ResumeTests {
    private static let limits = LimitsDefinition()

    /// The journal of a run, gone on from somewhere.
    private func resumed(
        _ drive: Drive,
        from start: Rewind.Start = .failedStep,
    ) throws -> Drive {
        let rewind = try Rewind.plan(
            Timeline(drive.events),
            from: start,
            definition: drive.machine.definition,
            context: drive.machine.context,
            limits: Self.limits,
        )
        var next = Drive(drive.machine.definition)
        next.machine = Machine(
            definition: drive.machine.definition,
            context: drive.machine.context,
        )
        next.clock = drive.clock + 60_000
        next.events = drive.events + [.resumed(rewind.resumption(at: next.now, by: "ada"))]
        next.machine.replay(Timeline(next.events))
        return next
    }

    private func refusal(_ drive: Drive, from start: Rewind.Start) -> ReplayFault? {
        do throws(ReplayRefusal) {
            _ = try Rewind.plan(
                Timeline(drive.events),
                from: start,
                definition: drive.machine.definition,
                context: drive.machine.context,
                limits: Self.limits,
            )
            return nil
        } catch {
            return error.fault
        }
    }

    @Test func `the failed step begins anew with all its retries, and no step before it`() throws {
        var build = Build()
        let policy = RetryPolicy(times: 1, delay: TimeSpan(milliseconds: 10), jitter: 0)
        let steps = [build.run("a"), build.run("b", retry: policy), build.run("c")]
        var drive = Drive(build.workflow(steps))
        let one = try #require(drive.start().attempts.first)
        let two = try #require(drive.succeed(one, 1).attempts.first)
        let (timer, at) = try #require(drive.fail(two, .transient).timer(.retry))
        let again = try #require(drive.fire(timer, at: at).attempts.first)
        #expect(drive.fail(again, .transient).outcome?.reason == .failed)

        var next = try resumed(drive)
        let third = try #require(next.machine.outstanding.attempts.first)
        #expect(next.machine.outstanding.operations == ["b"])
        #expect(third.attempt == 1)
        #expect(next.fail(third, .transient).timer(.retry) != nil)
        var well = try resumed(drive)
        let fourth = try #require(well.succeed(third, 2).attempts.first)
        #expect(fourth.operation == "c")
        #expect(well.succeed(fourth, 3).outcome == Outcome(reason: .succeeded, output: 3))
    }

    @Test func `a branch that ended beside the failed step is not run again`() throws {
        var build = Build()
        let left = build.run("left")
        let right = build.run("right")
        let both = build.step(
            .parallel([
                ParallelBranch(name: "l", steps: [left]),
                ParallelBranch(name: "r", steps: [right]),
            ])
        )
        var drive = Drive(build.workflow([both]))
        let begun = drive.start().attempts
        _ = drive.succeed(begun[1], "kept")
        #expect(drive.fail(begun[0], .terminal).outcome?.reason == .failed)
        var next = try resumed(drive)
        #expect(next.machine.outstanding.operations == ["left"])
        let end = next.succeed(begun[0], "new").outcome
        #expect(end?.output == ["l": "new", "r": "kept"])
    }

    @Test func `only the item that failed is run again`() throws {
        var build = Build()
        let body = build.run("charge")
        let loop = build.step(
            .forEach(items: build.program("[1, 2, 3]"), concurrency: 1, steps: [body])
        )
        var drive = Drive(build.workflow([loop]))
        let first = try #require(drive.start().attempts.first)
        let second = try #require(drive.succeed(first, "one").attempts.first)
        #expect(drive.fail(second, .terminal).outcome?.problem?.iterations == [1])
        var next = try resumed(drive)
        let wanted = try #require(next.machine.outstanding.attempts.first)
        #expect(wanted.step.iterations == [1])
        let last = try #require(next.succeed(wanted, "two").attempts.first)
        #expect(next.succeed(last, "three").outcome?.output == ["one", "two", "three"])
        #expect(refusal(drive, from: .step("charge")) == .whichItem)
        #expect(refusal(drive, from: .step("charge@2")) == .neverBegan)
        #expect(refusal(drive, from: .step("charge@0")) == nil)
    }

    @Test func `what an error branch did is taken back with the step that it belongs to`() throws {
        var build = Build()
        let notice = build.run("notice")
        let answer = build.step(
            .reply(status: build.template(502), headers: nil, body: nil),
            then: .fail,
        )
        let step = build.run("a", onError: .branch([notice, answer]))
        var drive = Drive(build.workflow([step]))
        let one = try #require(drive.start().attempts.first)
        let two = try #require(drive.fail(one, .terminal).attempts.first)
        #expect(drive.succeed(two).outcome?.reason == .failed)
        var next = try resumed(drive)
        #expect(next.machine.outstanding.operations == ["a"])
        #expect(next.machine.reply == nil)
        #expect(next.succeed(one, "fine").outcome?.reason == .succeeded)
        #expect(refusal(drive, from: .step("notice")) == .insideHandler)
        #expect(refusal(drive, from: .step("nowhere")) == .unknownStep)
    }

    @Test func `a problem inside an error branch goes back to the step that failed first`() throws {
        var build = Build()
        let step = build.run("a", onError: .branch([build.run("notice")]))
        var drive = Drive(build.workflow([step]))
        let one = try #require(drive.start().attempts.first)
        let two = try #require(drive.fail(one, .terminal).attempts.first)
        #expect(drive.fail(two, .terminal).outcome?.reason == .failed)
        #expect(try resumed(drive).machine.outstanding.operations == ["a"])
    }

    @Test func `what was cancelled or timed out goes on with what was in flight`() throws {
        var build = Build()
        let steps = [build.run("a"), build.run("b")]
        let definition = build.workflow(steps, timeout: 5_000)
        var cancelled = Drive(definition)
        let one = try #require(cancelled.start().attempts.first)
        _ = cancelled.succeed(one)
        var late = cancelled
        _ = cancelled.apply(.cancelRequested(at: cancelled.now, by: "ada"))
        #expect(try resumed(cancelled).machine.outstanding.operations == ["b"])

        let timer = TimerReference(purpose: .executionTimeout)
        #expect(late.fire(timer, at: Timestamp(milliseconds: 5_000)).outcome != nil)
        let next = try resumed(late)
        #expect(next.machine.outstanding.operations == ["b"])
        let deadline = try #require(next.machine.outstanding.timer(.executionTimeout))
        #expect(deadline.1 == next.now + TimeSpan(milliseconds: 5_000))
    }

    @Test func `a step is begun again, with another child, as often as it is resumed`() throws {
        var build = Build()
        let step = build.step(.call(workflow: "w", input: build.template(1), waits: true))
        var drive = Drive(build.workflow([step]))
        for round in 0...2 {
            if round == 0 { _ = drive.start() } else { drive = try resumed(drive) }
            guard case .startChild(let child)? = drive.machine.outstanding.last else {
                Issue.record("no child in round \(round)")
                return
            }
            #expect(child.round == round)
            let at = drive.now
            _ = drive.apply(.childFailed(child.step, at: at, id: "exe_1", problem: .terminal))
        }
    }

    @Test func `what ended well has no failed step, and any step to begin with`() throws {
        var build = Build()
        let steps = [build.run("a"), build.run("b")]
        var drive = Drive(build.workflow(steps))
        let one = try #require(drive.start().attempts.first)
        #expect(refusal(drive, from: .failedStep) == .noFailedStep)
        let two = try #require(drive.succeed(one).attempts.first)
        #expect(drive.succeed(two).outcome?.reason == .succeeded)
        #expect(refusal(drive, from: .failedStep) == .noFailedStep)
        #expect(try resumed(drive, from: .step("b")).machine.outstanding.operations == ["b"])
        #expect(try resumed(drive, from: .step("n0")).machine.outstanding.operations == ["a"])
    }
}
