import ConnectorKit
import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

/// Triggers that time sets off: each instance gets its own, exactly once.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TriggerTests {
    static let scheduled = """
        workflow: w
        trigger: { schedule: { every: 1s, overlap: allow } }
        steps:
          - { run: test.do, with: { at: "${ $trigger.scheduled_at }", user: "${ $user.external_id }" } }
        """

    static let polled = """
        workflow: w
        trigger: { service: feed.item }
        steps:
          - { run: test.do, with: { n: "${ $trigger.number }", user: "${ $user.external_id }" } }
        """

    private static let users = ["ada", "bob", "eve"]

    private static func enable(_ engine: Engine) async throws -> [Instance] {
        var instances: [Instance] = []
        for user in users {
            let instance = try await engine.newInstance(user)
            instances.append(
                try await engine.directory.enableInstance(instance.id, by: .adminToken)
            )
        }
        return instances
    }

    @Test func `a schedule runs once for each due time and instance`() async throws {
        let gate = Gate()
        gate.open()
        let connector = TestConnector { call in
            await gate.pass()
            return call.input
        }
        let embedded = Embedded(workflows: ["w": Self.scheduled], connectors: [connector])
        try await embedded.run(vault: Embedded.vault()) { engine in
            let instances = try await Self.enable(engine)
            await gate.arrivals(9)
            for instance in instances {
                let disabled = try await engine.directory.disableInstance(
                    instance.id,
                    by: .adminToken,
                )
                #expect(disabled.state == .disabled)
            }
        }
        for user in Self.users {
            let times = connector.inputs.filter { $0["user"]?.stringValue == user }
                .compactMap { $0["at"]?.stringValue }
            #expect(times.count >= 2 && Set(times).count == times.count)
            #expect(
                times.allSatisfy { $0.hasSuffix(".000Z") || $0.hasSuffix(":00Z") || $0.count == 20 }
            )
        }
    }

    /// The n-th event's start, then the keeping of the cursor, and so on: whatever write is the
    /// last before the crash.
    @Test(arguments: 1...10)
    func `a poll that dies in the middle gives each event once to each instance`(
        _ last: Int
    ) async throws {
        let vault = try Embedded.vault()
        let base = MemoryStore()
        let counted = Mutex(0)
        let isArmed = Mutex(false)
        let store = FaultyStore(
            base,
            fault: .closesAfter,
            isHit: { _, name in
                guard isArmed.withLock({ $0 }), ["create", "change"].contains(name) else {
                    return false
                }
                return counted.withLock { count in
                    count += 1
                    return count == last
                }
            },
        )
        let feed = FeedConnector(count: 5)
        let first = TestConnector()
        let before = Embedded(workflows: ["w": Self.polled], connectors: [feed, first])
        try await before.run(on: store, vault: vault) { engine in
            isArmed.withLock { $0 = true }
            // The store may die at any of these.
            _ = try? await Self.enable(engine)  // tidy: it is the death that the test wants
            let limit = ContinuousClock.now + .seconds(5)
            while store.failed == 0, first.inputs.count < 15, ContinuousClock.now < limit {
                await Task.yield()
            }
        }
        let gate = Gate()
        gate.open()
        let second = TestConnector { call in
            await gate.pass()
            return call.input
        }
        let after = Embedded(
            workflows: ["w": Self.polled],
            connectors: [FeedConnector(count: 5), second],
        )
        let reopened = base.crashed()
        try await after.run(on: reopened, vault: vault) { engine in
            _ = try await Self.enable(engine)
            // Every event of every instance has an execution, and one only.
            while true {
                var query = ExecutionQuery(limit: 500)
                query.status = .finished
                let ended = try await reopened.executions(query)
                if ended.count >= 15 { break }
                await Task.yield()
            }
            let all = try await reopened.executions(ExecutionQuery(limit: 500))
            #expect(all.count == 15)
            for instance in Set(all.map(\.instance)) {
                #expect(all.filter { $0.instance == instance }.count == 5)
            }
        }
    }

    @Test func `a poll that fails is a failure, told on the instance until it works again`()
        async throws
    {
        let feed = FeedConnector(count: 2)
        feed.fail(with: Problem(.service, detail: "the feed is down"))
        let embedded = Embedded(
            workflows: ["w": Self.polled],
            connectors: [feed, TestConnector()],
        )
        try await embedded.run(vault: Embedded.vault()) { engine in
            let made = try await engine.newInstance("ada")
            _ = try await engine.directory.enableInstance(made.id, by: .adminToken)
            var problem: Problem?
            while problem == nil {
                problem = try await engine.directory.instance(made.id, by: .adminToken).problem
                await Task.yield()
            }
            #expect(problem?.type == .service)
            var filter = Directory.FailureFilter()
            filter.instance = made.id
            let failures = try await engine.directory.failures(
                filter,
                after: nil,
                limit: 10,
                by: .adminToken,
            )
            #expect(failures.first?.problem.detail == "the feed is down")
            #expect(failures.first?.kind == .trigger)
            feed.fail(with: nil)
            while try await engine.directory.instance(made.id, by: .adminToken).problem != nil {
                await Task.yield()
            }
        }
    }
}
