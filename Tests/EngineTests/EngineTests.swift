import ConnectorKit
import Engine
import Kernel
import MemoryStore
import Model
import StorePort
import Testing

@Suite(.timeLimit(.minutes(2))) struct EngineTests {
    static let two = """
        workflow: w
        trigger: manual
        steps:
          - { id: a, run: test.do, with: { x: "${ $trigger.input }" } }
          - { id: b, run: test.do, with: { y: "${ $steps.a.x + 1 }" }, retry: none }
        """

    @Test func `an execution runs its steps and keeps outcome and attempts`() async throws {
        let store = MemoryStore()
        try await Harness(Self.two).run(on: store) { engine in
            let view = try await engine.runToEnd("w", 1)
            #expect(view.outcome == Outcome(reason: .succeeded, output: ["y": 2]))
            let stored = try #require(try await engine.execution(view.head.id))
            #expect(stored.head.status == .finished && stored.head.reason == .succeeded)
            #expect(stored.outcome == view.outcome)
            let steps = try await engine.steps(of: view.head.id)
            #expect(steps.map(\.id) == ["a", "b"])
            #expect(steps.map(\.state) == [.succeeded, .succeeded])
            #expect(steps[1].attempts.map(\.output) == [["y": 2]])
        }
    }

    @Test func `failing attempts are tried again and all of them are kept`() async throws {
        let connector = TestConnector { call in
            guard call.attempt > 2 else { throw Problem(.service, detail: "no \(call.attempt)") }
            return ["ok": true]
        }
        let yaml = """
            workflow: w
            trigger: manual
            steps:
              - { id: a, run: test.do, retry: { times: 3, delay: 1ms } }
            """
        try await Harness(yaml, connector: connector).run { engine in
            let view = try await engine.runToEnd()
            #expect(view.outcome?.reason == .succeeded)
            let step = try #require(try await engine.steps(of: view.head.id).first)
            #expect(step.attempts.map(\.problem?.detail) == ["no 1", "no 2", nil])
            #expect(connector.calls.values.max() == 3 && connector.calls.count == 1)
        }
    }

    @Test func `an attempt that does not listen is ended by its timeout`() async throws {
        let gate = Gate()
        let connector = TestConnector { _ in
            await gate.pass()
            return nil
        }
        let yaml = """
            workflow: w
            trigger: manual
            steps:
              - { id: a, run: test.do, retry: { times: 0, attempt_timeout: 30ms } }
            """
        try await Harness(yaml, connector: connector).run { engine in
            let view = try await engine.runToEnd()
            #expect(view.outcome?.problem?.type == .timeout)
            gate.open()
        }
    }

    @Test func `the same key starts once, and another content is refused`() async throws {
        try await Harness(Self.two).run { engine in
            let first = try await engine.begin("w", 1, key: "k")
            let again = try await engine.begin("w", 1, key: "k")
            #expect(again == first)
            let workflow = try #require(engine.deployment.workflow(named: "w"))
            let other = StartRequest(
                workflow: workflow,
                trigger: nil,
                idempotencyKey: "k",
                fingerprint: 9,
            )
            await #expect(throws: StartRefusal.keyReused(first)) { try await engine.start(other) }
            _ = try await engine.end(of: first)
        }
    }

    @Test func `a called workflow's output and failure reach the caller`() async throws {
        let yaml = """
            workflow: w
            trigger: manual
            steps:
              - id: good
                call: { workflow: child, input: { fail: false } }
              - id: bad
                call: { workflow: child, input: { fail: true } }
                on_error: continue
              - set: { good: "${ $steps.good }", bad: "${ $errors.bad.cause.type }" }
            ---
            workflow: child
            trigger: call
            steps:
              - if: $trigger.input.fail
                raise: { type: conflict }
              - set: fine
            """
        try await Harness(yaml).run { engine in
            let view = try await engine.runToEnd()
            #expect(
                view.outcome
                    == Outcome(reason: .handled, output: ["good": "fine", "bad": "conflict"])
            )
        }
    }

    @Test func `cancelling ends a running and a waiting execution`() async throws {
        let gate = Gate()
        let connector = TestConnector { _ in
            await gate.pass()
            return nil
        }
        let yaml = """
            workflow: runs
            trigger: manual
            steps: [{ run: test.do }]
            ---
            workflow: waits
            trigger: manual
            steps: [{ wait: 1h }]
            """
        try await Harness(yaml, connector: connector).run { engine in
            for name in ["runs", "waits"] {
                let id = try await engine.begin(name)
                _ = try await engine.cancel(id, by: "test")
                let view = try await engine.end(of: id)
                #expect(view.outcome?.reason == .cancelled)
            }
            gate.open()
        }
    }

    @Test func `a reply of 2xx is told at the end only, and any failure before wins`() async throws
    {
        let yaml = """
            workflow: good
            trigger: manual
            steps:
              - reply: { status: 200, body: hello }
              - run: test.do
            ---
            workflow: fails
            trigger: manual
            steps:
              - reply: { status: 200, body: hello }
              - raise: { type: conflict }
            """
        try await Harness(yaml).run { engine in
            let good = try await engine.runToEnd("good")
            #expect(good.reply?.status == 200 && good.outcome?.output == "hello")
            let bad = try await engine.runToEnd("fails")
            #expect(bad.outcome?.reason == .failed)
        }
    }

    @Test func `a wait survives a restart`() async throws {
        let yaml = """
            workflow: w
            trigger: manual
            steps: [{ wait: 150ms }, { set: done }]
            """
        let store = MemoryStore()
        let harness = Harness(yaml)
        let box = Box<ExecutionID>()
        try await harness.run(on: store) { engine in
            let workflow = try #require(engine.deployment.workflow(named: "w"))
            box.value = try await engine.start(StartRequest(workflow: workflow, trigger: nil)).id
        }
        let id = try #require(box.value)
        try await harness.run(on: store) { engine in
            let view = try await engine.end(of: id)
            #expect(view.outcome == Outcome(reason: .succeeded, output: "done"))
        }
    }

    @Test func `a shutdown hands an unfinished step back and the next engine goes on`() async throws
    {
        let gate = Gate()
        let stuck = TestConnector { call in
            if call.input["y"] != nil { await gate.pass() }
            return call.input
        }
        let store = MemoryStore()
        let box = Box<ExecutionID>()
        try await Harness(Self.two, connector: stuck).run(on: store) { engine in
            let workflow = try #require(engine.deployment.workflow(named: "w"))
            box.value =
                try await engine.start(
                    StartRequest(workflow: workflow, trigger: ["input": 1])
                ).id
            await gate.arrivals(1)
        }
        gate.open()
        let id = try #require(box.value)
        let fresh = TestConnector()
        try await Harness(Self.two, connector: fresh).run(on: store) { engine in
            let view = try await engine.end(of: id)
            #expect(view.outcome?.output == ["y": 2])
        }
        // The first step was complete and did not run again; the second kept its key.
        #expect(fresh.calls.keys.sorted() == ["\(id):steps[1]"])
        #expect(stuck.calls.keys.contains("\(id):steps[1]"))
    }
}

/// A value that a sendable closure sets.
final class Box<Value: Sendable>: @unchecked Sendable {
    // Set before the closure ends, read after: the harness orders the two.
    var value: Value?
}
