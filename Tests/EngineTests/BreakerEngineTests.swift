import Alerting
import Breakers
import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

/// Executions whose connection is broken wait, and go on when it works again.
@Suite(.timeLimit(.minutes(2))) struct BreakerEngineTests {
    private static func notices(_ engine: Engine) async throws -> [Failure] {
        try await engine.directory.failures(
            Directory.FailureFilter(),
            after: nil,
            limit: 100,
            by: .adminToken,
        )
        .filter { $0.kind == .authentication || $0.kind == .connection }
    }

    /// Whose worker is given up soon after it died.
    private static func mortal(_ desk: Desk) -> Embedded {
        var embedded = DeskUser.embedded(desk)
        embedded.configuration.lease = TimeSpan(milliseconds: 1_000)
        embedded.configuration.heartbeat = TimeSpan(milliseconds: 100)
        return embedded
    }

    @Test func `refused credentials park what follows, and new ones resume it in order, once each`()
        async throws
    {
        let desk = Desk()
        try await DeskUser.embedded(desk).run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            let first = try await user.run(0)
            #expect(first.outcome?.problem?.type == .authentication)
            try await user.until { $0.health.name == "broken" }
            var ids: [ExecutionID] = []
            for number in 1...5 { ids.append(try await user.park(number)) }
            #expect(desk.calls == [0], "a refused credential is not tried again")
            let parked = try #require(try await engine.execution(ids[0]))
            #expect(parked.head.status == .waiting)
            #expect(parked.parkings.map(\.reason) == [.authentication])
            let broken = try await user.view()
            #expect(broken.parked == 5)
            #expect(broken.authentication?.state.name == "broken")
            let notices = try await Self.notices(engine)
            #expect(notices.count == 1, "one notice a trip")
            #expect(notices.first?.problem.actor == .client)
            #expect(notices.first?.problem.action == .reconnect)
            #expect(notices.first?.instance == user.instance.id)

            desk.take(token: "new")
            try await user.replaceToken("new")
            for id in ids {
                #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
            }
            #expect(desk.answered == [1, 2, 3, 4, 5])
            #expect(desk.calls == [0, 1, 2, 3, 4, 5])
            try await user.until { $0.health == .healthy && $0.parked == 0 }
            try await user.until { $0.connection == nil }
            #expect(try await user.view().authentication?.state == .healthy)
            #expect(try await Self.notices(engine).count == 1)
        }
    }

    @Test func `a wrong new credential is tried by one execution, which goes on waiting`()
        async throws
    {
        let desk = Desk()
        try await DeskUser.embedded(desk).run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            var ids: [ExecutionID] = []
            for number in 1...3 { ids.append(try await user.park(number)) }
            try await user.replaceToken("bad too")
            try await user.until { $0.connection?.opening?.times == 2 }
            #expect(desk.calls == [0, 1])
            #expect(try await user.view().parked == 3)
            try await user.replaceToken("good")
            for id in ids {
                #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
            }
            #expect(desk.answered == [1, 2, 3])
        }
    }

    @Test func `a service that is down parks after failures in a row, and a probe resumes`()
        async throws
    {
        let desk = Desk()
        desk.fail(with: Problem(.service, detail: "down"))
        try await DeskUser.embedded(desk).run(vault: Embedded.vault()) { engine in
            let user = try await DeskUser.make(engine, token: "good")
            for number in 0..<2 {
                #expect(try await user.run(number).outcome?.problem?.type == .service)
            }
            try await user.until { $0.health.name == "broken" }
            // Others than writes still go through: the breaker is of the class.
            #expect(try await user.view().connection?.breaker(.read).isClosed == true)
            var ids: [ExecutionID] = []
            for number in 2...4 { ids.append(try await user.park(number)) }
            let notices = try await Self.notices(engine)
            #expect(notices.map(\.kind) == [.connection])
            #expect(notices.first?.problem.action == .wait)
            desk.fail(with: nil)
            for id in ids {
                #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
            }
            #expect(desk.answered == [2, 3, 4])
            #expect(try await Self.notices(engine).count == 1)
        }
    }

    @Test func `what is parked survives the sudden end of its process`() async throws {
        let desk = Desk()
        let store = MemoryStore()
        let vault = try Embedded.vault()
        let dies = Mutex(false)
        let mortal = FaultyStore(store, fault: .closesAfter) { _, _ in dies.withLock { $0 } }
        let embedded = Self.mortal(desk)
        let known = Mutex<(DeskUser, [ExecutionID])?>(nil)
        try await embedded.run(on: mortal, vault: vault) { engine in
            let user = try await DeskUser.make(engine, token: "bad")
            _ = try await user.run(0)
            var ids: [ExecutionID] = []
            for number in 1...6 { ids.append(try await user.park(number)) }
            known.withLock { [ids] in $0 = (user, ids) }
            dies.withLock { $0 = true }
        }
        desk.take(token: "new")
        try await embedded.run(on: store, vault: vault) { engine in
            let (old, ids) = try #require(known.withLock { $0 })
            let user = old.at(engine)
            #expect(try await user.view().parked == 6)
            try await user.replaceToken("new")
            for id in ids {
                #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
            }
            #expect(desk.answered == [1, 2, 3, 4, 5, 6])
            #expect(desk.calls == [0, 1, 2, 3, 4, 5, 6])
        }
    }

    @Test func `a process that dies while it resumes leaves nothing behind and repeats nothing`()
        async throws
    {
        for call in stride(from: 1, through: 57, by: 8) {
            let desk = Desk()
            let store = MemoryStore()
            let vault = try Embedded.vault()
            let count = Mutex<Int?>(nil)
            let mortal = FaultyStore(store, fault: .closesAfter) { _, _ in
                count.withLock { count in
                    guard let left = count else { return false }
                    count = left - 1
                    return left == 1
                }
            }
            let embedded = Self.mortal(desk)
            let known = Mutex<(DeskUser, [ExecutionID])?>(nil)
            try await embedded.run(on: mortal, vault: vault) { engine in
                let user = try await DeskUser.make(engine, token: "bad")
                _ = try await user.run(0)
                var ids: [ExecutionID] = []
                for number in 1...4 { ids.append(try await user.park(number)) }
                known.withLock { [ids] in $0 = (user, ids) }
                desk.take(token: "new")
                try await user.replaceToken("new")
                count.withLock { $0 = call }
                while count.withLock({ $0 ?? 0 }) > 0 {
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }
            try await embedded.run(on: store, vault: vault) { engine in
                let (_, ids) = try #require(known.withLock { $0 })
                for id in ids {
                    let view = try await engine.end(of: id)
                    #expect(view.outcome?.reason == .succeeded, "call \(call) \(id)")
                }
                #expect(Set(desk.answered) == [1, 2, 3, 4], "call \(call)")
                // At most the one in flight was repeated: one runs at a time here.
                #expect(desk.answered.count <= 5, "call \(call): \(desk.answered)")
            }
        }
    }
}
