import Alerting
import ConnectorKit
import Embedding
import Engine
import Logging
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

/// Triggers that a service sets off: one subscription for each instance, each event once.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PushTests {
    private static let pushed = """
        workflow: w
        trigger: { service: hub.event, with: { list: "${ $config.list }" } }
        steps:
          - { run: test.do, with: { id: "${ $trigger.id }", user: "${ $user.external_id }" } }
        """
    private static let solution = """
        solution: s
        version: 1.0.0
        config:
          list: { type: string, default: one }
          other: { type: string }
        """

    private static func embedded(
        _ service: HookService,
        _ connector: TestConnector = TestConnector(),
    ) -> Embedded {
        Embedded(
            solution: solution,
            workflows: ["w": pushed],
            connectors: [service, connector],
        )
    }

    private static func ingress(_ engine: Engine) -> WebhookIngress {
        WebhookIngress(
            engine: engine,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        )
    }

    private static func send(
        _ body: JSONValue,
        to hook: HookService.Hook,
        _ engine: Engine,
        secret: String? = nil,
        token: String? = nil,
    ) async -> HTTPAnswer {
        let (trigger, right) = hook.address
        return await ingress(engine).handle(
            events: trigger,
            token: token ?? right,
            hook.request(body, at: engine.clock.now(), secret: secret),
        )
    }

    private static func until(_ holds: () async throws -> Bool) async throws {
        while try await !holds() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    private static func enabled(_ engine: Engine, _ user: String) async throws -> Instance {
        let instance = try await engine.newInstance(user)
        return try await engine.directory.enableInstance(instance.id, by: .adminToken)
    }

    private static func problem(_ engine: Engine, _ id: ObjectID) async throws -> Problem? {
        try await engine.directory.instance(id, by: .adminToken).problem
    }

    private static func failures(_ engine: Engine, _ id: ObjectID) async throws -> [Failure] {
        var filter = Directory.FailureFilter()
        filter.instance = id
        return try await engine.directory.failures(
            filter,
            after: nil,
            limit: 10,
            by: .adminToken,
        )
    }

    /// Whether the service agreed and that was written down.
    private static func isSubscribed(_ engine: Engine, _ id: ObjectID) async throws -> Bool {
        try await engine.directory.triggers(of: id, by: .adminToken).contains { state in
            state.subscription.map { !$0.id.isEmpty } ?? false
        }
    }

    @Test func `each instance hears its own events, each once, also when they are sent twice`()
        async throws
    {
        let service = HookService()
        let connector = TestConnector()
        try await Self.embedded(service, connector).run(vault: Embedded.vault()) { engine in
            for user in ["ada", "bob"] {
                let instance = try await Self.enabled(engine, user)
                try await Self.until { try await Self.isSubscribed(engine, instance.id) }
            }
            let hooks = service.hooks
            #expect(Set(hooks.map(\.target.url)).count == 2)
            #expect(Set(hooks.map(\.target.secret)).count == 2)
            let body: JSONValue = ["events": [["id": "e1"], ["id": "e2"]]]
            for hook in hooks + hooks {
                let answer = await Self.send(body, to: hook, engine)
                #expect(answer.status == 200)
            }
            try await Self.until { connector.finished.count >= 4 }
            #expect(connector.inputs.count == 4)
            #expect(Set(connector.inputs.compactMap { $0["user"]?.stringValue }) == ["ada", "bob"])
        }
    }

    @Test func `a request is answered by its right alone`() async throws {
        let service = HookService()
        try await Self.embedded(service).run(vault: Embedded.vault()) { engine in
            let instance = try await Self.enabled(engine, "ada")
            try await Self.until { try await Self.isSubscribed(engine, instance.id) }
            let hook = try #require(service.hooks.first)
            let body: JSONValue = ["events": [["id": "e1"]]]
            let guessed = await Self.send(body, to: hook, engine, token: "AAAAAAAAAAAAAAAAAAAAAA")
            #expect(guessed.status == 404)
            let forged = await Self.send(body, to: hook, engine, secret: "whsec_other")
            #expect(forged.status == 401)
            #expect(try await Self.problem(engine, instance.id)?.code == "B2876")
            let again = await Self.send(body, to: hook, engine, secret: "whsec_other")
            #expect(again.status == 401)
            let failures = try await Self.failures(engine, instance.id)
            #expect(Set(failures.map(\.problem.code)) == ["B2876"])
            let greeted = await Self.send(["challenge": "c1"], to: hook, engine)
            #expect(greeted.status == 200 && greeted.body == Array("c1".utf8))
            #expect(await Self.send(body, to: hook, engine).status == 200)
            #expect(try await Self.problem(engine, instance.id) == nil)
            #expect(await Self.send(["other": 1], to: hook, engine).status == 422)
        }
    }

    @Test(.disabled("it waits without end now and then: a race of ending and beginning anew"))
    func `the subscription ends with the instance, and its address answers 410 or 404`()
        async throws
    {
        let service = HookService()
        try await Self.embedded(service).run(vault: Embedded.vault()) { engine in
            let instance = try await Self.enabled(engine, "ada")
            try await Self.until { try await Self.isSubscribed(engine, instance.id) }
            let hook = try #require(service.hooks.first)
            _ = try await engine.directory.disableInstance(instance.id, by: .adminToken)
            try await Self.until { service.hooks.isEmpty }
            let answer = await Self.send(["events": []], to: hook, engine)
            #expect([404, 410].contains(answer.status))
            _ = try await engine.directory.enableInstance(instance.id, by: .adminToken)
            try await Self.until { service.hooks.count == 1 }
            _ = try await engine.directory.deleteInstance(instance.id, by: .adminToken)
            try await Self.until { service.hooks.isEmpty }
            #expect(service.made == 2)
        }
    }

    @Test func `what the trigger does not depend on keeps the subscription; all else replaces it`()
        async throws
    {
        let service = HookService()
        try await Self.embedded(service).run(vault: Embedded.vault()) { engine in
            let instance = try await Self.enabled(engine, "ada")
            try await Self.until { try await Self.isSubscribed(engine, instance.id) }
            let first = service.hooks
            _ = try await engine.directory.configureInstance(
                instance.id,
                values: ["other": "x"],
                by: .adminToken,
            )
            try await Self.until {
                try await engine.directory.triggers(of: instance.id, by: .adminToken)
                    .allSatisfy { $0.leaving == nil }
            }
            #expect(service.hooks == first)
            _ = try await engine.directory.configureInstance(
                instance.id,
                values: ["list": "two"],
                by: .adminToken,
            )
            try await Self.until { service.made == 2 && service.hooks.count == 1 }
            #expect(service.hooks.first?.target.url != first.first?.target.url)
        }
    }

    @Test(arguments: [true, false])
    func `a subscription that ends is renewed, or replaced`(_ renews: Bool) async throws {
        let service = HookService(renews: renews)
        service.live(for: TimeSpan(milliseconds: 1_500))
        try await Self.embedded(service).run(vault: Embedded.vault()) { engine in
            _ = try await Self.enabled(engine, "ada")
            try await Self.until { renews ? service.renewed > 0 : service.made > 1 }
            #expect(service.hooks.count <= 1)
            #expect(renews == (service.made == 1))
        }
    }

    @Test func `a service that will not be subscribed to is a failure until it will`()
        async throws
    {
        let service = HookService()
        service.fail(with: Problem(.authorization, detail: "no hooks for you"))
        try await Self.embedded(service).run(vault: Embedded.vault()) { engine in
            let instance = try await Self.enabled(engine, "ada")
            try await Self.until { try await Self.problem(engine, instance.id) != nil }
            let failures = try await Self.failures(engine, instance.id)
            #expect(failures.first?.kind == .subscription)
            #expect(failures.first?.problem.detail == "no hooks for you")
            service.fail(with: nil)
            // Off and on again tries at once instead of after the wait.
            _ = try await engine.directory.disableInstance(instance.id, by: .adminToken)
            _ = try await engine.directory.enableInstance(instance.id, by: .adminToken)
            try await Self.until { try await Self.isSubscribed(engine, instance.id) }
            #expect(try await Self.problem(engine, instance.id) == nil)
        }
    }

    /// Whichever write is the last before the crash, there is one subscription afterwards, and it
    /// is known.
    @Test(arguments: 1...6)
    func `a crash while subscribing leaves one subscription`(_ last: Int) async throws {
        let vault = try Embedded.vault()
        let base = MemoryStore()
        let counted = Mutex(0)
        let isArmed = Mutex(false)
        let store = FaultyStore(
            base,
            fault: .closesAfter,
            isHit: { _, name in
                guard isArmed.withLock({ $0 }), name == "change" else { return false }
                return counted.withLock { count in
                    count += 1
                    return count == last
                }
            },
        )
        let service = HookService()
        try await Self.embedded(service).run(on: store, vault: vault) { engine in
            isArmed.withLock { $0 = true }
            // The store may die at any of these.
            _ = try? await Self.enabled(engine, "ada")  // tidy: it is the death that the test wants
            let limit = ContinuousClock.now + .seconds(2)
            while store.failed == 0, ContinuousClock.now < limit { await Task.yield() }
        }
        let reopened = base.crashed()
        try await Self.embedded(service).run(on: reopened, vault: vault) { engine in
            let instance = try await Self.enabled(engine, "ada")
            try await Self.until { try await Self.isSubscribed(engine, instance.id) }
            #expect(service.hooks.count == 1 && service.made == 1)
            let hook = try #require(service.hooks.first)
            let answer = await Self.send(["events": [["id": "e"]]], to: hook, engine)
            #expect(answer.status == 200)
        }
    }
}
