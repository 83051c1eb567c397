import Alerting
import ConnectorKit
import Embedding
import Engine
import Kernel
import MemoryStore
import Model
import StorePort
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct ReplayTests {
    private static let yaml = """
        workflow: w
        trigger: manual
        steps:
          - { id: a, run: test.do, with: { name: a, x: "${ $trigger.input.x }" } }
          - { id: b, run: test.do, with: { name: b }, retry: { times: 0 } }
          - { id: c, run: test.do, with: { name: c } }
        """

    /// Fails at the step `b` until it is mended.
    private final class Fault: Sendable {
        private let broken = Mutex(true)
        func mend() { broken.withLock { $0 = false } }
        var connector: TestConnector {
            TestConnector { [self] call in
                if call.input["name"] == "b", broken.withLock({ $0 }) {
                    throw Problem(.service, detail: "down")
                }
                return call.input
            }
        }
    }

    private static func ended(_ engine: Engine, _ id: ExecutionID) async throws -> ExecutionView {
        let word = await engine.result(of: id, within: TimeSpan(milliseconds: 20_000))
        guard case .finished(let view) = word else { throw Problem(.timeout) }
        return view
    }

    private static func order(
        _ start: ReplayOrder.Start = .failedStep,
        _ change: (inout ReplayOrder) -> Void = { _ in },
    ) -> ReplayOrder {
        var order = ReplayOrder(mode: .replay, start: start)
        change(&order)
        return order
    }

    private static func replay(
        _ engine: Engine,
        _ ids: [ExecutionID],
        _ order: ReplayOrder,
    ) async throws -> [ReplayItem] {
        let directory = engine.directory
        let job = try await directory.createReplay(.ids(ids), order, by: .adminToken)
        return try await directory.replayItems(
            job.id,
            state: nil,
            after: nil,
            limit: 100,
            by: .adminToken,
        )
    }

    @Test func `a resumed execution runs the failed step again and none before it`() async throws {
        let fault = Fault()
        let connector = fault.connector
        let store = MemoryStore()
        try await Harness(Self.yaml, connector: connector).run(on: store) { engine in
            let first = try await engine.runToEnd("w", ["x": 1])
            #expect(first.head.reason == .failed)
            let id = first.head.id
            fault.mend()
            let opened = try await engine.directory.resumeExecution(id, by: .adminToken)
            #expect(opened.head.resumed == 1)
            let view = try await Self.ended(engine, id)
            #expect(view.head.reason == .succeeded)
            #expect(connector.calls["\(id):steps[0]"] == 1)
            #expect(connector.calls["\(id):steps[1]"] == 2)
            let steps = try await engine.steps(of: id)
            #expect(steps.map(\.attempts.count) == [1, 2, 1])
            #expect(steps[1].attempts[0].problem != nil && steps[1].attempts[1].problem == nil)
            let audit = try await store.records(
                RecordQuery(
                    kind: RecordKind(rawValue: "audit"),
                    scope: .account,
                    labels: ["action": "execution.resume"],
                )
            )
            #expect(audit.count == 1)
            await #expect(throws: Problem.self) {
                try await engine.directory.resumeExecution(id, by: .adminToken)
            }
        }
    }

    @Test func `of many that resume at once, one does`() async throws {
        let fault = Fault()
        let connector = fault.connector
        try await Harness(Self.yaml, connector: connector).run { engine in
            let id = try await engine.runToEnd("w", ["x": 1]).head.id
            fault.mend()
            let done = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await engine.directory.resumeExecution(id, by: .adminToken)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await Self.ended(engine, id).head.resumed == 1)
            #expect(connector.calls["\(id):steps[1]"] == 2)
        }
    }

    @Test func `a replay with the same keys does nothing twice, with new keys all of it`()
        async throws
    {
        let fault = Fault()
        let connector = fault.connector
        try await Harness(Self.yaml, connector: connector).run { engine in
            let source = try await engine.runToEnd("w", ["x": 1]).head.id
            fault.mend()
            let items = try await Self.replay(engine, [source], Self.order())
            #expect(items.map(\.state) == [.started])
            let id = try #require(items.first?.result)
            let view = try await Self.ended(engine, id)
            #expect(view.head.reason == .succeeded && view.head.replayOf == source)
            #expect(connector.calls["\(source):steps[0]"] == 1)
            #expect(connector.calls["\(source):steps[1]"] == 2)
            #expect(connector.calls["\(source):steps[2]"] == 1)
            let again = try await Self.replay(
                engine,
                [id],
                Self.order(.beginning) {
                    $0.keys = .new
                    $0.inputPatch = ["x": 2]
                },
            )
            let third = try #require(again.first?.result)
            #expect(try await Self.ended(engine, third).head.root == source)
            #expect(connector.calls["\(third):steps[0]"] == 1)
            #expect(connector.inputs.contains { $0["x"] == 2 })
        }
    }

    @Test func `a replay under way is found, not made again, unless that is asked for`()
        async throws
    {
        let gate = Gate()
        let connector = TestConnector { call in
            if call.input["name"] == "b" { await gate.pass() }
            return call.input
        }
        try await Harness(Self.yaml, connector: connector).run { engine in
            let source = try await engine.begin("w", ["x": 1])
            await gate.arrivals(1)
            let early = try await Self.replay(engine, [source], Self.order(.beginning))
            #expect(early.first?.problem?.code == ReplayFault.sourceUnfinished.rawValue)
            let beside = Self.order(.beginning) { $0.unfinished = true }
            let one = try await Self.replay(engine, [source], beside)
            let two = try await Self.replay(engine, [source], beside)
            #expect(one.first?.state == .started && two.first?.state == .underWay)
            #expect(one.first?.result == two.first?.result)
            var again = beside
            again.again = true
            let three = try await Self.replay(engine, [source], again)
            #expect(three.first?.state == .started && three.first?.result != one.first?.result)
            gate.open()
            _ = try await Self.ended(engine, source)
        }
    }

    @Test func `a mended definition goes on from the mistake, without what went well`()
        async throws
    {
        let broken = """
            workflow: w
            trigger: manual
            steps:
              - { id: a, run: test.do, with: { name: a } }
              - { id: b, run: test.do, with: { name: "${ 1 | keys }" }, retry: { times: 0 } }
            """
        let connector = TestConnector()
        let store = MemoryStore()
        let harness = Harness(broken, connector: connector)
        var mended = harness
        mended.yaml = broken.replacing("${ 1 | keys }", with: "b")
        let next = try mended.project
        try await harness.run(on: store) { engine in
            let source = try await engine.runToEnd().head.id
            try await engine.deploy(next)
            let pinned = try await Self.replay(engine, [source], Self.order())
            let same = try #require(pinned.first?.result)
            #expect(try await Self.ended(engine, same).head.reason == .failed)
            let latest = Self.order { $0.definition = .latest }
            let items = try await Self.replay(engine, [source], latest)
            let id = try #require(items.first?.result, "\(items)")
            let view = try await Self.ended(engine, id)
            #expect(view.head.reason == .succeeded && view.outcome?.output == ["name": "b"])
            #expect(connector.calls["\(source):steps[0]"] == 1)
        }
    }

    @Test func `a job works through many, is paused, and outlives its process`() async throws {
        let fault = Fault()
        let connector = fault.connector
        let store = MemoryStore()
        let harness = Harness(Self.yaml, connector: connector)
        let jobID = Mutex<ObjectID?>(nil)
        let count = ReplayOrder.standardRate + 20
        try await harness.run(on: store) { engine in
            for number in 0..<count {
                _ = try await engine.runToEnd("w", ["x": .integer(Int64(number))])
            }
            fault.mend()
            var query = ExecutionQuery()
            query.reason = .failed
            var order = ReplayOrder(mode: .resume)
            order.rate = 7
            let job = try await engine.directory.createReplay(
                .filter(query),
                order,
                by: .adminToken,
            )
            #expect(job.total == count && job.state == .running)
            let paused = try await engine.directory.changeReplay(
                job.id,
                to: .paused,
                by: .adminToken,
            )
            #expect(paused.state == .paused)
            jobID.withLock { $0 = job.id }
        }
        try await harness.run(on: store.crashed()) { engine in
            let id = try #require(jobID.withLock { $0 })
            let directory = engine.directory
            _ = try await directory.changeReplay(id, to: .running, by: .adminToken)
            var job = try await directory.replay(id, by: .adminToken)
            while job.state.isOpen {
                await Task.yield()
                job = try await directory.replay(id, by: .adminToken)
            }
            #expect(job.state == .finished && job.counts[.started] == count)
            let items = try await directory.replayItems(
                id,
                state: .started,
                after: nil,
                limit: 500,
                by: .adminToken,
            )
            for item in items {
                let end = try await Self.ended(engine, item.source)
                #expect(end.head.reason == .succeeded && end.head.resumed == 1)
            }
        }
        #expect(connector.finished.values.allSatisfy { $0 == 1 })
    }
}
