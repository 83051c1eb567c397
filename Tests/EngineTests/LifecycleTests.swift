import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

/// A solution hears of the life of its instances, each event once.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LifecycleTests {
    private static let heard = """
        workflow: w
        trigger: { instance: [deleted, created, enabled, updated, disabled] }
        steps:
          - run: test.do
            with:
              event: "${ $trigger.event }"
              before: "${ $trigger.before.state }"
              after: "${ $trigger.after }"
              list: "${ $config.list }"
        """
    private static let solution = """
        solution: s
        version: 1.0.0
        config:
          list: { type: string }
          pin: { type: string, secret: true }
        """

    private static func embedded(_ connector: TestConnector) -> Embedded {
        Embedded(solution: solution, workflows: ["w": heard], connectors: [connector])
    }

    private static func events(_ connector: TestConnector) -> [String] {
        connector.inputs.compactMap { $0["event"]?.stringValue }
    }

    @Test func `every event starts the workflow once, with the old state and the new`()
        async throws
    {
        let connector = TestConnector()
        try await Self.embedded(connector).run(vault: Embedded.vault()) { engine in
            let directory = engine.directory
            let id = try await engine.newInstance("ada").id
            _ = try await directory.configureInstance(
                id,
                values: ["list": "l1", "pin": "canary-5521"],
                by: .adminToken,
            )
            _ = try await directory.enableInstance(id, by: .adminToken)
            _ = try await directory.enableInstance(id, by: .adminToken)
            _ = try await directory.disableInstance(id, by: .adminToken)
            _ = try await directory.deleteInstance(id, by: .adminToken)
            while Self.events(connector).count < 5 { await Task.yield() }
        }
        #expect(
            Self.events(connector).sorted() == [
                "created", "deleted", "disabled", "enabled", "updated",
            ]
        )
        func input(_ event: String) -> JSONValue? {
            connector.inputs.first { $0["event"]?.stringValue == event }
        }
        #expect(input("created")?["before"] == .null)
        #expect(input("enabled")?["before"] == "created")
        #expect(input("enabled")?["after"]?["state"] == "enabled")
        #expect(input("deleted")?["list"] == "l1")
        #expect(!"\(connector.inputs)".contains("canary-5521"))
    }

    /// Whatever write is the last before the crash.
    @Test(arguments: 1...6)
    func `a crash tells each event once`(_ last: Int) async throws {
        let vault = try Embedded.vault()
        let base = MemoryStore()
        let counted = Mutex(0)
        let store = FaultyStore(
            base,
            fault: .closesAfter,
            isHit: { _, name in
                guard ["create", "change"].contains(name) else { return false }
                return counted.withLock { count in
                    count += 1
                    // The versions of the project are the first.
                    return count == last + 1
                }
            },
        )
        let first = TestConnector()
        try await Self.embedded(first).run(on: store, vault: vault) { engine in
            // The store may die at any of these.
            // tidy: it is the death that the test wants
            if let made = try? await engine.newInstance("ada") {
                // tidy: as above
                _ = try? await engine.directory.enableInstance(made.id, by: .adminToken)
            }
            let limit = ContinuousClock.now + .seconds(1)
            while store.failed == 0, ContinuousClock.now < limit { await Task.yield() }
        }
        let second = TestConnector()
        let reopened = base.crashed()
        try await Self.embedded(second).run(on: reopened, vault: vault) { engine in
            let made = try await engine.newInstance("ada")
            _ = try await engine.directory.enableInstance(made.id, by: .adminToken)
            while true {
                var query = ExecutionQuery(limit: 50)
                query.status = .finished
                if try await reopened.executions(query).count >= 2 { break }
                await Task.yield()
            }
            #expect(try await reopened.executions(ExecutionQuery(limit: 50)).count == 2)
        }
    }

    @Test func `calls stand sixteen deep, and no deeper`() async throws {
        var workflows = ["start": "workflow: start\ntrigger: manual\nsteps: [{ call: w1 }]\n"]
        for number in 1...17 {
            let next = number < 17 ? "{ call: w\(number + 1) }" : "{ set: end }"
            workflows["w\(number)"] =
                "workflow: w\(number)\ntrigger: call\nsteps: [\(next)]\n"
        }
        let deep = Embedded(workflows: workflows, connectors: [TestConnector()])
        try await deep.run(vault: Embedded.vault()) { engine in
            let view = try await engine.runToEnd("start")
            #expect(view.outcome?.reason == .failed)
            var problem = view.outcome?.problem
            var depth = 0
            while let cause = problem?.cause {
                problem = cause
                depth += 1
            }
            #expect(problem?.code == "B2880")
            #expect(depth == 16)
            let second = try await engine.runToEnd("w2")
            #expect(second.outcome?.reason == .succeeded)
        }
    }
}
