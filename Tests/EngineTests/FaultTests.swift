import ConnectorKit
import Engine
import Kernel
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

/// Fail the first store operation of a kind, then the second, the third … until none fails: every
/// accepted execution ends well all the same (SQLite's malloc loop, for an engine).
@Suite(.timeLimit(.minutes(2))) struct FaultTests {
    static let three = """
        workflow: w
        trigger: manual
        steps:
          - { id: a, run: test.do, with: { n: 1 } }
          - { id: b, run: test.do, with: { n: 2 } }
          - { wait: 5ms }
          - { id: c, run: test.do, with: { n: 3 } }
        """

    /// Hits the n-th call of one method.
    private static func hit(_ method: String, _ number: Int) -> @Sendable (Int, String) -> Bool {
        let seen = Mutex(0)
        return { _, name in
            guard name == method else { return false }
            return seen.withLock { seen in
                seen += 1
                return seen == number
            }
        }
    }

    @Test(arguments: ["append", "create", "claim", "execution", "signals"])
    func `the store refuses once and nothing is lost or run twice`(_ method: String) async throws {
        for number in 1...20 {
            let connector = TestConnector()
            let store = FaultyStore(MemoryStore(), isHit: Self.hit(method, number))
            try await Harness(Self.three, connector: connector).run(on: store) { engine in
                let workflow = try #require(engine.deployment.workflow(named: "w"))
                var request = StartRequest(workflow: workflow, trigger: nil)
                request.awaitsResult = true
                var id: ExecutionID?
                while id == nil {
                    do throws(StartRefusal) {
                        id = try await engine.start(request).id
                    } catch {
                        #expect(error.problem.status == 503)
                    }
                }
                let view = try await engine.end(of: try #require(id))
                #expect(view.outcome?.reason == .succeeded)
            }
            #expect(connector.calls.count == 3 && connector.calls.values.allSatisfy { $0 == 1 })
            if store.failed == 0 { return }
        }
        // Methods that the engine calls again and again have no last call; twenty were failed.
        #expect(["claim", "signals"].contains(method))
    }

    @Test func `the process dies after any write and the next one finishes`() async throws {
        for number in 1...40 {
            let base = MemoryStore()
            let first = TestConnector()
            let store = FaultyStore(
                base,
                fault: .closesAfter,
                isHit: Self.hit("append", number),
            )
            let box = Box<ExecutionID>()
            var harness = Harness(Self.three, connector: first)
            harness.configuration.drain = TimeSpan(milliseconds: 10)
            try await harness.run(on: store) { engine in
                let workflow = try #require(engine.deployment.workflow(named: "w"))
                var request = StartRequest(workflow: workflow, trigger: nil)
                request.awaitsResult = true
                let id = try await engine.start(request).id
                box.value = id
                _ = await engine.result(of: id, within: TimeSpan(milliseconds: 60))
            }
            let id = try #require(box.value)
            let second = TestConnector()
            try await Harness(Self.three, connector: second).run(on: base.crashed()) { engine in
                let view = try await engine.end(of: id)
                #expect(view.outcome?.reason == .succeeded)
            }
            for (key, count) in second.calls where (first.finished[key] ?? 0) > 0 {
                // Only the step whose outcome was not journaled may run again.
                #expect(count == 1)
            }
            #expect(Set(first.calls.keys).union(second.calls.keys).count == 3)
            let repeated = Set(first.finished.keys).intersection(second.calls.keys)
            #expect(repeated.count <= 1)
            if store.failed == 0, second.calls.isEmpty { return }
        }
        Issue.record("40 writes were not all")
    }
}
