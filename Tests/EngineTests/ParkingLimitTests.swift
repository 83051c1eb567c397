import Breakers
import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import Testing

/// What bounds parking, and what goes on while an execution is parked.
@Suite(.timeLimit(.minutes(2))) struct ParkingLimitTests {
    private static func problem(_ body: () async throws -> ExecutionID) async throws -> Problem? {
        do {
            _ = try await body()
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    @Test
    func `beyond the limit a step fails with the breaker's problem, of the type of its cause`()
        async throws
    {
        let desk = Desk()
        var embedded = DeskUser.embedded(desk)
        embedded.configuration.breakers.parkedMax = 2
        try await embedded.run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            for number in 1...2 { _ = try await user.park(number) }
            let problem = try await Self.problem { try await user.park(3) }
            #expect(problem?.code == "B3150")
            #expect(problem?.type == .authentication)
            #expect(problem?.isRetryable == false)
        }
    }

    @Test func `an execution that waited too long fails, and its record goes`() async throws {
        let desk = Desk()
        let store = MemoryStore()
        var embedded = DeskUser.embedded(desk)
        embedded.configuration.breakers.parkedFor = TimeSpan(milliseconds: 60)
        try await embedded.run(on: store, vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            let id = try await user.park(1)
            let view = try await engine.end(of: id)
            #expect(view.outcome?.problem?.code == "B3151")
            #expect(desk.calls == [0])
            #expect(try await user.view().parked == 0)
        }
    }

    @Test func `a caller who waits is told at once`() async throws {
        let desk = Desk()
        let head = "trigger: { webhook: { respond: when_finished } }"
        let workflow = DeskUser.workflow(head).replacing("$trigger.input", with: "1")
        try await DeskUser.embedded(desk, workflow: workflow).run(vault: Embedded.vault()) {
            engine in
            let user = try await DeskUser.make(engine, token: "bad")
            #expect(try await user.run(0).outcome?.problem?.code == nil)
            try await user.until { $0.health.name == "broken" }
            let view = try await user.run(1)
            #expect(view.outcome?.problem?.code == "B3152")
            #expect(view.outcome?.problem?.type == .authentication)
            #expect(desk.calls.count == 1)
        }
    }

    @Test func `a step's timeout passes while it is parked`() async throws {
        let desk = Desk()
        let workflow = DeskUser.workflow(step: "timeout: 1s\n    on_error: continue")
        try await DeskUser.embedded(desk, workflow: workflow).run(vault: Embedded.vault()) {
            engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            let id = try await user.park(1)
            let view = try await engine.end(of: id)
            #expect(view.outcome?.reason == .handled)
            #expect(desk.calls == [0])
            #expect(try await user.view().parked == 0)
        }
    }

    @Test func `a parked execution can be cancelled`() async throws {
        let desk = Desk()
        try await DeskUser.embedded(desk).run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            let id = try await user.park(1)
            _ = try await engine.cancel(id, by: "test")
            #expect(try await engine.end(of: id).outcome?.reason == .cancelled)
            #expect(try await user.view().parked == 0)
            #expect(desk.calls == [0])
        }
    }

    @Test func `other branches and children go on while one branch is parked`() async throws {
        let desk = Desk()
        let workflow = """
            workflow: w
            trigger: manual
            steps:
              - id: both
                parallel:
                  parked:
                    - { run: test.do, with: { auth: crm, n: "${ $trigger.input }" }, retry: { times: 0 } }
                  free:
                    - { wait: 1ms }
                    - { id: told, set: { x: 7 } }
            """
        try await DeskUser.embedded(desk, workflow: workflow).run(vault: Embedded.vault()) {
            engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            let id = try await user.park(1)
            try await user.replaceToken("good")
            #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
            #expect(desk.answered == [1])
        }
    }

    @Test func `another credential in the slot lets the instance go on at once`() async throws {
        let desk = Desk()
        try await DeskUser.embedded(desk).run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            let id = try await user.park(1)
            let credential = try #require(
                StoredCredential(kind: .bearer, fields: ["token": "good"])
            )
            let other = try await engine.directory.createAuthentication(
                Directory.NewAuthentication(
                    owner: user.instance.endUser,
                    service: "test",
                    name: "second",
                    credential: credential,
                ),
                by: .adminToken,
            )
            _ = try await engine.directory.connectInstance(
                user.instance.id,
                slots: [(slot: "crm", id: other.id)],
                by: .adminToken,
            )
            #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
        }
    }

    @Test func `closing by hand resumes, and another end user's connection is not there`()
        async throws
    {
        let desk = Desk()
        try await DeskUser.embedded(desk).run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            let other = try await DeskUser.make(engine, token: "good", user: "bob")
            _ = try await user.run(0)
            let id = try await user.park(1)
            #expect(try await other.run(9).outcome?.reason == .succeeded)
            let name = user.authentication.description
            let stranger = Actor.endUser(other.instance.endUser)
            await #expect(throws: Access.absent) {
                _ = try await engine.directory.connectionView(name, by: stranger)
            }
            await #expect(throws: Access.absent) {
                _ = try await engine.directory.closeConnection(name, by: stranger)
            }
            let listed = try await engine.directory.connectionViews(
                after: nil,
                limit: 10,
                health: nil,
                by: stranger,
            )
            #expect(listed.views.map(\.id) == [other.authentication.description])
            desk.take(token: "bad")
            let owner = Actor.endUser(user.instance.endUser)
            _ = try await engine.directory.closeConnection(name, by: owner)
            #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
        }
    }

    @Test func `after a 429 nothing goes through before it may`() async throws {
        let desk = Desk()
        var limited = Problem(.rateLimit)
        limited.retry = RetryAdvice(kind: .after, after: TimeSpan(milliseconds: 600_000))
        desk.fail(with: limited)
        try await DeskUser.embedded(desk).run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "good")
            let first = try await user.run(0)
            #expect(first.outcome?.problem?.type == .rateLimit)
            desk.fail(with: nil)
            let id = try await user.park(1)
            let view = try #require(try await engine.execution(id))
            #expect(view.head.status == .waiting && view.parkings.isEmpty)
            let wakeAt = try #require(view.head.wakeAt)
            let ended = try #require(first.head.finishedAt)
            #expect(wakeAt - ended > TimeSpan(milliseconds: 590_000))
            #expect(desk.calls == [0])
            #expect(engine.statistics().connections.delayedTotal == 1)
            try await user.until { $0.health.name == "degraded" }
            _ = try await engine.cancel(id, by: "test")
            #expect(try await engine.end(of: id).outcome?.reason == .cancelled)
        }
    }
}
