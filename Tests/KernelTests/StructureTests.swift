import Definitions
import Expressions
import Kernel
import Model
import Testing

/// Loops, branches, parallel work, replies, waits and calls.
@Suite struct StructureTests {
    @Test func `a loop keeps its concurrency and gives its outputs in order`() throws {
        var build = Build()
        let body = build.run("item", input: ["i": "${ $index }", "x": "${ $item }"])
        let loop = build.step(
            .forEach(items: build.program("$trigger"), concurrency: 2, steps: [body]),
            id: "loop",
        )
        var drive = Drive(build.workflow([loop]), trigger: [10, 20, 30])
        var actions = drive.start()
        #expect(actions.attempts.map(\.input) == [["i": 0, "x": 10], ["i": 1, "x": 20]])
        let first = actions.attempts[0]
        actions = drive.succeed(actions.attempts[1], "b")
        let third = try #require(actions.attempts.first)
        #expect(third.input == ["i": 2, "x": 30])
        _ = drive.succeed(third, "c")
        #expect(drive.succeed(first, "a").outcome?.output == ["a", "b", "c"])
    }

    @Test func `next gives null for its item and break leaves the rest out`() throws {
        for (handler, output) in [
            (ErrorHandler.nextItem, [0, nil, 2] as JSONValue), (.breakLoop, [0]),
        ] {
            var build = Build()
            let body = build.run("item", onError: handler)
            let loop = build.step(
                .forEach(items: build.program("[0,1,2]"), concurrency: 1, steps: [body])
            )
            var drive = Drive(build.workflow([loop]))
            var actions = drive.start()
            var number: Int64 = 0
            while let request = actions.attempts.first {
                actions =
                    number == 1
                    ? drive.fail(request, .terminal) : drive.succeed(request, .integer(number))
                number += 1
            }
            #expect(actions.outcome == Outcome(reason: .handled, output: output))
        }
    }

    @Test func `a problem in one parallel branch calls the others off`() throws {
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
        let attempts = drive.start().attempts
        let actions = drive.fail(attempts[0], .terminal)
        #expect(actions.contains(.cancelAttempt(attempts[1].step)))
        #expect(actions.outcome?.problem?.step == "left")
    }

    @Test func `ids of parallel branches are seen after the join, those of loop items are not`()
        throws
    {
        var build = Build()
        let left = build.set("left", 1)
        let right = build.set("right", 2)
        let both = build.step(
            .parallel([
                ParallelBranch(name: "l", steps: [left]),
                ParallelBranch(name: "r", steps: [right]),
            ])
        )
        let inner = build.set("inner", 3)
        let loop = build.step(
            .forEach(items: build.program("[1]"), concurrency: 1, steps: [inner])
        )
        let last = build.set(
            "last",
            ["both": "${ $steps.left + $steps.right }", "inner": "${ $steps.inner }"],
        )
        var drive = Drive(build.workflow([both, loop, last]))
        #expect(drive.start().outcome?.output == ["both": 3, "inner": nil])
    }

    @Test func `the caller is answered once, and the reply's body is the output`() throws {
        var build = Build()
        let reply = build.step(
            .reply(status: build.template(201), headers: nil, body: build.template(["ok": true]))
        )
        let again = build.step(
            .reply(status: build.template(200), headers: nil, body: nil)
        )
        var drive = Drive(build.workflow([reply, again]))
        let outcome = try #require(drive.start().outcome)
        #expect(outcome.reason == .failed)
        #expect(outcome.problem?.code == "B2302")
        #expect(outcome.output == ["ok": true])
        #expect(drive.machine.reply?.status == 201)
    }

    @Test func `branch, choose and group run their steps in the same scope`() throws {
        var build = Build()
        let yes = build.set("yes", "y")
        let no = build.set("no", "n")
        let branch = build.step(
            .branch(condition: build.program("$trigger == 1"), then: [yes], otherwise: [no])
        )
        let two = build.set("two", 2)
        let choose = build.step(
            .choose(
                subject: build.program("$trigger"),
                cases: [ChooseCase(value: build.template(1), steps: [two])],
                otherwise: nil,
            )
        )
        let last = build.set(nil, "${ $steps.yes + ($steps.two | tostring) }")
        let group = build.step(.group([last]))
        var drive = Drive(build.workflow([branch, choose, group]), trigger: 1)
        #expect(drive.start().outcome?.output == "y2")
    }

    @Test func `a wait sets a timer and a call waits for its child`() throws {
        var build = Build()
        let wait = build.step(.wait(duration: build.template("5m"), until: nil))
        let call = build.step(
            .call(workflow: "other", input: build.template(["a": 1]), waits: true),
            id: "c",
        )
        var drive = Drive(build.workflow([wait, call]))
        let (timer, at) = try #require(drive.start().timer(.wait))
        #expect(at.milliseconds == 300_000)
        let actions = drive.fire(timer, at: at)
        guard case .startChild(let request)? = actions.first else {
            Issue.record("no child was started")
            return
        }
        #expect(request.workflow == "other" && request.input == ["a": 1])
        let end = drive.apply(
            .childSucceeded(request.step, at: drive.now, id: "exe_1", output: "out")
        )
        #expect(end.outcome?.output == "out")
    }

    @Test func `ten thousand instant steps and items do not use up the stack`() {
        var build = Build()
        let body = build.set(nil, "${ $item }")
        let loop = build.step(
            .forEach(items: build.program("[range(10000)]"), concurrency: 100, steps: [body])
        )
        var steps = (0..<10_000).map { build.set("s\($0 % 7)", .integer(Int64($0))) }
        steps.append(loop)
        var drive = Drive(build.workflow(steps))
        #expect(drive.start().outcome?.output.arrayValue?.count == 10_000)
    }
}
