import ConnectorKit
import Engine
import MemoryStore
import Model
import StorePort
import Testing

@Suite(.timeLimit(.minutes(2))) struct LimitTests {
    static let one = """
        workflow: w
        trigger: manual
        steps: [{ run: test.do }]
        """

    @Test func `no more run at once than the account allows`() async throws {
        let connector = TestConnector { call in
            try await call.services.sleep(for: TimeSpan(milliseconds: 2))
            return nil
        }
        let account = "limits: { concurrency: 3, concurrency_per_instance: 2 }"
        try await Harness(Self.one, account: account, connector: connector).run { engine in
            var ids: [ExecutionID] = []
            for number in 0..<40 {
                ids.append(try await engine.begin("w", nil, instance: "i\(number % 4)"))
            }
            for id in ids { _ = try await engine.end(of: id) }
        }
        #expect(connector.mostRunning <= 3)
    }

    @Test func `a noisy instance does not hold the others up`() async throws {
        let gate = Gate()
        let connector = TestConnector { call in
            if call.execution.instance == "noisy" { await gate.pass() }
            return nil
        }
        let account = "limits: { concurrency: 4, concurrency_per_instance: 2 }"
        try await Harness(Self.one, account: account, connector: connector).run { engine in
            var noisy: [ExecutionID] = []
            for _ in 0..<200 { noisy.append(try await engine.begin("w", nil, instance: "noisy")) }
            for number in 0..<5 {
                let id = try await engine.begin("w", nil, instance: "quiet\(number)")
                #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
            }
            gate.open()
            for id in noisy { _ = try await engine.end(of: id) }
        }
    }

    @Test func `too much of one instance is 429, too much of all is 503`() async throws {
        let gate = Gate()
        let connector = TestConnector { _ in
            await gate.pass()
            return nil
        }
        let account = """
            limits: { concurrency: 1, backlog: 6, backlog_per_instance: 3 }
            """
        try await Harness(Self.one, account: account, connector: connector).run { engine in
            let workflow = try #require(engine.deployment.workflow(named: "w"))
            func start(_ instance: String) async throws(StartRefusal) {
                _ = try await engine.start(
                    StartRequest(workflow: workflow, instance: instance, trigger: nil)
                )
            }
            var statuses: [Int?] = []
            for instance in ["a", "a", "a", "a", "a", "b", "b", "b", "b", "c"] {
                do throws(StartRefusal) {
                    try await start(instance)
                    statuses.append(nil)
                } catch {
                    statuses.append(error.problem.status)
                    #expect(error.problem.retry.after != nil)
                }
            }
            #expect(statuses == [nil, nil, nil, nil, 429, nil, nil, nil, 503, 503])
            gate.open()
        }
    }

    @Test func `what waits in the store runs too, when there is more than memory keeps`()
        async throws
    {
        let connector = TestConnector()
        try await Harness(Self.one, connector: connector).run { engine in
            let gate = 3000
            let workflow = try #require(engine.deployment.workflow(named: "w"))
            for _ in 0..<gate {
                _ = try await engine.start(StartRequest(workflow: workflow, trigger: nil))
            }
            while engine.statistics().finishedByReason[.succeeded] != gate {
                try await engine.clock.sleep(until: engine.clock.now() + TimeSpan(milliseconds: 5))
            }
        }
        #expect(connector.calls.count == 3000 && connector.calls.values.allSatisfy { $0 == 1 })
    }
}
