import Embedding
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

@testable import Engine

/// Plan and apply: one transaction, compare-and-set, and what runs finishes as it began.
@Suite(.timeLimit(.minutes(2))) struct ProjectsTests {
    private static func code(
        _ body: () async throws(Problem) -> Void
    ) async -> String? {
        do throws(Problem) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `what was applied is live, and is so again after a restart`() async throws {
        let store = MemoryStore()
        let upload = try Leads().upload
        try await Embedded.applying(on: store) { engine, projects in
            let plan = try await projects.plan(upload, by: .adminToken)
            #expect(plan.revision == 0 && plan.hasNewFiles && !plan.isApplied)
            #expect(try await store.record(.project, id: "applied", scope: .account) == nil)
            let done = try await projects.apply(upload, expected: 0, by: .adminToken)
            #expect(done.revision == 1 && done.isApplied)
            #expect(engine.deployment.workflows["leads/push"] != nil)
            let again = try await projects.apply(upload, expected: 1, by: .adminToken)
            #expect(again.revision == 1 && !again.isApplied && again.diff.isEmpty)
            let records = try await engine.directory.auditRecords(
                of: "project",
                before: nil,
                limit: 10,
                by: .adminToken,
            )
            #expect(records.map(\.action) == ["project.apply"])
            #expect(records[0].before == nil)
            #expect(records[0].after?["changes"]?[1] == "create solution leads")
        }
        try await Embedded.applying(on: store) { engine, projects in
            #expect(engine.deployment.workflows["leads/push"] == nil)
            #expect(try await projects.restore())
            #expect(engine.deployment.workflows["leads/push"] != nil)
            let head = try await projects.head(by: .adminToken)
            #expect(head?.revision == 1 && head?.files == 2)
        }
    }

    @Test func `of many that apply at once one wins, and the others are told`() async throws {
        let store = MemoryStore()
        try await Embedded.applying(on: store) { engine, projects in
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        await Self.code { () throws(Problem) in
                            let upload = try Leads(title: "number \(number)").upload
                            _ = try await projects.apply(upload, expected: 0, by: .adminToken)
                        } ?? "applied"
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "applied" } == 1)
            // The version of the one that won may be known to a later one already.
            #expect(outcomes.allSatisfy { ["applied", "B2800", "B2514"].contains($0) })
            #expect(outcomes.contains("B2800"))
            #expect(try await projects.head(by: .adminToken)?.revision == 1)
            let live = try #require(engine.deployment.project.solutions.first)
            let kept = try await engine.directory.version("leads", "1.0.0")
            #expect(live.title == kept?.title)
        }
    }

    @Test func `a plan that is stale is not applied`() async throws {
        try await Embedded.applying(on: MemoryStore()) { engine, projects in
            let plan = try await projects.plan(try Leads().upload, by: .adminToken)
            let other = try Leads(version: "1.1.0").upload
            _ = try await projects.apply(other, expected: nil, by: .adminToken)
            let code = await Self.code { () throws(Problem) in
                let upload = try Leads().upload
                _ = try await projects.apply(upload, expected: plan.revision, by: .adminToken)
            }
            #expect(code == "B2800")
            #expect(engine.deployment.project.solutions.first?.version == "1.1.0")
        }
    }

    @Test func `another process's apply is seen before anything is planned`() async throws {
        let store = MemoryStore()
        try await Embedded.applying(on: store) { engine, projects in
            let neighbour = Projects(engine: engine, compiler: TestCompiler(), source: .store)
            let upload = try Leads().upload
            _ = try await neighbour.apply(upload, expected: 0, by: .adminToken)
            let plan = try await projects.plan(upload, by: .adminToken)
            #expect(plan.revision == 1 && !plan.hasNewFiles)
        }
    }

    @Test func `a version's content never changes, but in development`() async throws {
        let first = try Leads().upload
        let second = try Leads(title: "Other").upload
        try await Embedded.applying(on: MemoryStore()) { engine, projects in
            _ = try await projects.apply(first, expected: nil, by: .adminToken)
            let plan = try await projects.plan(second, by: .adminToken)
            #expect(plan.problem?.code == "B2514")
            let code = await Self.code { () throws(Problem) in
                _ = try await projects.apply(second, expected: nil, by: .adminToken)
            }
            #expect(code == "B2514")
            #expect(engine.deployment.project.solutions.first?.title == "Leads")
        }
        try await Embedded.applying(on: MemoryStore(), isDevelopment: true) { engine, projects in
            _ = try await projects.apply(first, expected: nil, by: .adminToken)
            _ = try await projects.apply(second, expected: nil, by: .adminToken)
            #expect(engine.deployment.project.solutions.first?.title == "Other")
        }
    }

    @Test func `in development an enabled instance gets the schedule that its version has now`()
        async throws
    {
        let store = MemoryStore()
        try await Embedded.applying(on: store, isDevelopment: true) { engine, projects in
            let plain = try Leads().upload
            _ = try await projects.apply(plain, expected: nil, by: .adminToken)
            let instance = try await engine.newInstance("ada", of: "leads")
            _ = try await engine.directory.enableInstance(instance.id, by: .adminToken)
            let query = RecordQuery(kind: .trigger, scope: .account)
            #expect(try await store.records(query).isEmpty)
            let timed = try Leads(trigger: "{ schedule: { every: 1h } }").upload
            _ = try await projects.apply(timed, expected: nil, by: .adminToken)
            #expect(try await store.records(query).count == 1)
        }
    }

    @Test func `a solution with instances does not go, and goes when they are deleted`()
        async throws
    {
        try await Embedded.applying(on: MemoryStore()) { engine, projects in
            _ = try await projects.apply(try Leads().upload, expected: nil, by: .adminToken)
            let instance = try await engine.newInstance("ada", of: "leads")
            let other = try Leads(name: "other").upload
            let plan = try await projects.plan(other, by: .adminToken)
            #expect(plan.problem?.code == "B2515")
            #expect(plan.problem?.data?["instances"] == 1)
            let code = await Self.code { () throws(Problem) in
                _ = try await projects.apply(other, expected: nil, by: .adminToken)
            }
            #expect(code == "B2515")
            _ = try await engine.directory.deleteInstance(instance.id, by: .adminToken)
            _ = try await projects.apply(other, expected: nil, by: .adminToken)
            #expect(engine.deployment.workflows.keys.sorted() == ["other/push"])
            // Its versions are known still, but nobody gets a new instance of what is gone.
            await #expect(throws: Problem.self) {
                _ = try await engine.newInstance("bob", of: "leads")
            }
        }
    }

    @Test func `errors, refused hosts and other people's roles change nothing`() async throws {
        let store = MemoryStore()
        try await Embedded.applying(on: store) { engine, projects in
            let broken = try ProjectUpload([.init(path: "backstop.yaml", text: "titel: Acme")])
            let refused = try ProjectUpload([
                .init(path: "backstop.yaml", text: "allowed_hosts: [refused]")
            ])
            for (upload, expected) in [(broken, "B2801"), (refused, "B2401")] {
                let code = await Self.code { () throws(Problem) in
                    _ = try await projects.apply(upload, expected: nil, by: .adminToken)
                }
                #expect(code == expected)
            }
            for role in [Role.support, .client] {
                let key = try await engine.directory.createKey(
                    name: role.rawValue,
                    role: role,
                    by: .adminToken,
                )
                let actor = try #require(try await engine.directory.actor(withKey: key.text))
                let code = await Self.code { () throws(Problem) in
                    _ = try await projects.apply(try Leads().upload, expected: nil, by: actor)
                }
                #expect(code == "B2517")
            }
            let folder = Projects(engine: engine, compiler: TestCompiler(), source: .folder)
            let code = await Self.code { () throws(Problem) in
                _ = try await folder.apply(try Leads().upload, expected: nil, by: .adminToken)
            }
            #expect(code == "B2804")
            #expect(try await store.record(.project, id: "applied", scope: .account) == nil)
        }
    }

    /// Any single write that fails leaves the project as it was, whole; the next try succeeds.
    @Test func `a store that fails leaves all of it or nothing`() async throws {
        for failing in 1...40 {
            let base = MemoryStore()
            let isOn = Mutex(false)
            let count = Mutex(0)
            let store = FaultyStore(base) { _, name in
                guard isOn.withLock({ $0 }), name == "change" || name == "putDefinitions" else {
                    return false
                }
                return count.withLock { count in
                    count += 1
                    return count == failing
                }
            }
            let wasHit = Mutex(false)
            try await Embedded.applying(on: store) { engine, projects in
                _ = try await projects.apply(try Leads().upload, expected: 0, by: .adminToken)
                isOn.withLock { $0 = true }
                let next = try Leads(version: "2.0.0").upload
                let code = await Self.code { () throws(Problem) in
                    _ = try await projects.apply(next, expected: 1, by: .adminToken)
                }
                isOn.withLock { $0 = false }
                wasHit.withLock { $0 = code != nil }
                let isNew = code == nil
                #expect(try await projects.head(by: .adminToken)?.revision == (isNew ? 2 : 1))
                let known = try await engine.directory.version("leads", "2.0.0")
                #expect((known != nil) == isNew)
                let live = engine.deployment.project.solutions.first?.version
                #expect(live == (isNew ? "2.0.0" : "1.0.0"))
                _ = try await projects.apply(next, expected: nil, by: .adminToken)
                #expect(try await projects.head(by: .adminToken)?.revision == 2)
            }
            guard wasHit.withLock({ $0 }) else {
                #expect(failing > 2)
                return
            }
        }
        Issue.record("an apply makes more writes than this test fails")
    }

    @Test func `what runs finishes on the version with which it began`() async throws {
        let gate = Gate()
        let connector = TestConnector { call in
            if call.input["wait"] == true { await gate.pass() }
            return call.input
        }
        @Sendable func steps(_ answer: String) -> String {
            "  - { run: test.do, with: { wait: true } }\n"
                + "  - { id: last, run: test.do, with: { answer: \(answer) } }\n"
                + "  - { stop: { output: \"${ $steps.last.answer }\" } }"
        }
        try await Embedded.applying(on: MemoryStore(), connector: connector) { engine, projects in
            let old = try Leads(steps: steps("old")).upload
            _ = try await projects.apply(old, expected: nil, by: .adminToken)
            let instance = try await engine.newInstance("ada", of: "leads")
            let enabled = try await engine.directory.enableInstance(
                instance.id,
                by: .adminToken,
            )
            let request = try await engine.directory.start(
                enabled,
                workflow: "push",
                trigger: .null,
            )
            let id = try await engine.start(request).id
            await gate.arrivals(1)

            let new = try Leads(version: "2.0.0", steps: steps("new")).upload
            _ = try await projects.apply(new, expected: nil, by: .adminToken)
            _ = try await engine.directory.upgradeInstance(
                instance.id,
                to: "2.0.0",
                given: UpgradePlan.Given(),
                isDryRun: false,
                by: .adminToken,
            )
            gate.open()
            let end = await engine.end(of: id, instance: instance.id.description)
            #expect(end?.outcome?.output == "old")

            let upgraded = try await engine.directory.instance(instance.id, by: .adminToken)
            let second = try await engine.directory.start(
                upgraded,
                workflow: "push",
                trigger: .null,
            )
            let after = try await engine.start(second).id
            let last = await engine.end(of: after, instance: instance.id.description)
            #expect(last?.outcome?.output == "new")
        }
    }
}
