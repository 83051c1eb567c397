import Alerting
import ConnectorKit
import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

/// Fail the first store operation of a kind, then the second, the third …; end the process after
/// the first write, the second, the third …: every failure is told once all the same.
@Suite(.timeLimit(.minutes(4))) struct AlertFaultTests {
    /// Hits the n-th call of one method after the failing workflow was started.
    private final class Nth: Sendable {
        private let state = Mutex((isArmed: false, seen: 0))
        let method: String
        let number: Int

        init(_ method: String, _ number: Int) {
            self.method = method
            self.number = number
        }

        func arm() { state.withLock { $0.isArmed = true } }

        func isHit(_ name: String) -> Bool {
            guard name == method else { return false }
            return state.withLock { state in
                guard state.isArmed else { return false }
                state.seen += 1
                return state.seen == number
            }
        }
    }

    /// Every failure has its one disposition, and one alert that was delivered.
    private static func check(_ engine: Engine, _ origin: String) async throws {
        let alerts = try await LadderTests.alerts(engine, 1)
        #expect(alerts.map(\.state) == [.delivered], "\(origin)")
        var failures: [Failure] = []
        repeat {
            await Task.yield()
            failures = try await engine.directory.failures(
                Directory.FailureFilter(),
                after: nil,
                limit: 10,
                by: .adminToken,
            )
        } while failures.count < 2 || failures.contains { $0.disposition == nil }
        // The alert workflow's own failure is one, too.
        #expect(failures.map(\.kind.rawValue).sorted() == ["alert", "execution"], "\(origin)")
        #expect(failures.allSatisfy { $0.disposition != nil }, "\(origin)")
        let issues = try await engine.directory.issues(
            Directory.IssueFilter(),
            after: nil,
            limit: 10,
            by: .adminToken,
        )
        #expect(issues.map(\.count) == [1, 1], "\(origin)")
        let report = try await engine.examine(repairs: false, depth: 100, by: .adminToken)
        #expect(report.isWell, "\(origin): \(report)")
    }

    @Test(arguments: ["append", "change", "claimDue", "execution", "create"])
    func `any refused store write loses no failure and tells none twice`(
        _ method: String
    ) async throws {
        for number in 1...12 {
            let nth = Nth(method, number)
            let connector = LadderTests.Failing(["workflow", "instance"]).connector
            let store = FaultyStore(MemoryStore()) { _, name in nth.isHit(name) }
            let vault = try Embedded.vault()
            try await LadderTests.embedded(connector).run(on: store, vault: vault) { engine in
                let made = try await engine.newInstance("ada")
                let instance = try await engine.directory.enableInstance(made.id, by: .adminToken)
                let request = try await engine.directory.start(
                    instance,
                    workflow: "w",
                    trigger: ["input": nil],
                )
                _ = try await engine.start(request)
                nth.arm()
                try await Self.check(engine, "\(method) \(number)")
            }
            #expect(
                connector.calls.values.allSatisfy { $0 == 1 },
                "\(method) \(number): nothing runs twice",
            )
            if store.failed == 0 { return }
        }
    }

    @Test(arguments: ["append", "change", "create"])
    func `a crash anywhere loses no failure and no alert`(_ method: String) async throws {
        for number in 1...12 {
            let base = MemoryStore()
            let nth = Nth(method, number)
            let store = FaultyStore(base, fault: .closesAfter) { _, name in nth.isHit(name) }
            let vault = try Embedded.vault()
            let first = LadderTests.Failing(["workflow", "instance"]).connector
            var before = LadderTests.embedded(first)
            before.configuration.alertHide = TimeSpan(milliseconds: 50)
            try await before.run(on: store, vault: vault) { engine in
                let made = try await engine.newInstance("ada")
                let instance = try await engine.directory.enableInstance(made.id, by: .adminToken)
                var request = try await engine.directory.start(
                    instance,
                    workflow: "w",
                    trigger: ["input": nil],
                )
                request.awaitsResult = true
                let id = try await engine.start(request).id
                nth.arm()
                // Until the store is gone, or everything is told.
                _ = await engine.result(of: id, within: TimeSpan(milliseconds: 2_000))
                while store.failed == 0 {
                    let alerts = try await engine.directory.alerts(
                        state: .delivered,
                        issue: nil,
                        instance: nil,
                        after: nil,
                        limit: 10,
                        by: .adminToken,
                    )
                    if !alerts.isEmpty { break }
                    await Task.yield()
                }
            }
            let second = LadderTests.Failing(["workflow", "instance"]).connector
            var after = LadderTests.embedded(second)
            after.configuration.alertHide = TimeSpan(milliseconds: 50)
            try await after.run(on: base.crashed(), vault: vault) { engine in
                try await Self.check(engine, "\(method) \(number)")
            }
            if store.failed == 0 { return }
        }
    }
}
