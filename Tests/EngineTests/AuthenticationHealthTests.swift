import Alerting
import ConnectorKit
import Embedding
import Model
import StorePort
import Synchronization
import Testing

@testable import Engine

/// Tokens that are got, renewed and refused, and what is written down when they end.
@Suite(.timeLimit(.minutes(2))) struct AuthenticationHealthTests {
    static let solution = """
        solution: s
        version: 1.0.0
        auth:
          crm: { service: test }
        """

    static let workflow = """
        workflow: w
        trigger: manual
        steps:
          - { run: test.do, with: { auth: crm } }
        """

    static let account = """
        services:
          test:
            title: Test CRM
            oauth:
              client_id: partner
              authorization_url: https://id.test/authorize
              token_url: https://id.test/token
        """

    private static let void = Problem(.authentication, detail: "invalid_grant", code: "B2611")

    private static func embedded(
        _ tokens: TestTokens,
        account: String = account,
        _ connector: TestConnector = TestConnector { call in
            .string(call.authentication.map { "\($0.credential)" } ?? "nothing")
        },
    ) -> Embedded {
        var embedded = Embedded(
            solution: solution,
            workflows: ["w": workflow],
            account: account,
            connectors: [connector],
        )
        embedded.tokens = tokens
        // Nobody waits here for a credential that works.
        embedded.configuration.breakers.parkedMax = 0
        return embedded
    }

    /// An enabled instance whose slot holds the tokens.
    private static func ready(
        _ engine: Engine,
        _ tokens: TokenSet,
        user: String = "ada",
    ) async throws -> (instance: Instance, authentication: ObjectID) {
        let instance = try await engine.newInstance(user)
        let record = try await engine.directory.createAuthentication(
            Directory.NewAuthentication(
                owner: instance.endUser,
                service: "test",
                name: "CRM",
                credential: StoredCredential(tokens),
            ),
            by: .adminToken,
        )
        _ = try await engine.directory.connectInstance(
            instance.id,
            slots: [(slot: "crm", id: record.id)],
            by: .adminToken,
        )
        let enabled = try await engine.directory.enableInstance(instance.id, by: .adminToken)
        return (enabled, record.id)
    }

    private static func record(
        _ engine: Engine,
        _ id: ObjectID,
    ) async throws -> AuthenticationRecord {
        let found: (document: AuthenticationRecord, record: Record)? =
            try await engine.directory.find(.authentication, id.description, .account)
        return try #require(found).document
    }

    private static func failures(_ engine: Engine) async throws -> [Failure] {
        try await engine.directory.failures(
            Directory.FailureFilter(),
            after: nil,
            limit: 100,
            by: .adminToken,
        ).filter { $0.kind == .authentication }
    }

    private static func run(_ engine: Engine, _ instance: Instance) async throws -> ExecutionView {
        let request = try await engine.directory.start(instance, workflow: "w", trigger: .null)
        return try await engine.end(of: try await engine.start(request).id)
    }

    @Test func `a token that ended is renewed once for all who need it, and kept`() async throws {
        let tokens = TestTokens { old throws(Problem) in
            #expect(old?.refreshToken == "refresh-first")
            return .of("second")
        }
        let seen = Mutex<Set<String>>([])
        let connector = TestConnector { call in
            let used = call.authentication.map { "\($0.credential)" } ?? "nothing"
            seen.withLock { _ = $0.insert(used) }
            return .null
        }
        try await Self.embedded(tokens, connector).run(vault: Embedded.vault()) { engine in
            let (instance, id) = try await Self.ready(engine, .of("first", hoursAgo: 2))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let view = try await Self.run(engine, instance)
                        #expect(view.outcome?.problem == nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(tokens.asked == 1)
            #expect(seen.withLock { $0 } == [#"bearer(token: "second")"#])
            let record = try await Self.record(engine, id)
            #expect(record.generation == 2 && record.state == .healthy)
            #expect(try await Self.failures(engine).isEmpty)
        }
    }

    @Test func `what a service says with its tokens is known to the connector, but for secrets`()
        async throws
    {
        var granted = TokenSet.of("first")
        granted.extra = [
            "instance_url": "https://eu7.test", "api_version": 3, "signature_secret": "s",
            "authed_user": ["access_token": "deep"],
        ]
        let used = UsedCredential("crm", granted, of: try #require(ObjectID("aut_0000000000001")))
        #expect(
            used.authentication.facts == ["instance_url": "https://eu7.test", "api_version": 3]
        )
    }

    @Test func `a void grant is one failure and one change of state, however many runs meet it`()
        async throws
    {
        let tokens = TestTokens { _ throws(Problem) in throw Self.void }
        let store = WatchedStore()
        try await Self.embedded(tokens).run(on: store.store, vault: Embedded.vault()) { engine in
            let (instance, id) = try await Self.ready(engine, .of("first", hoursAgo: 2))
            for _ in 0..<5 {
                let view = try await Self.run(engine, instance)
                #expect(view.outcome?.problem?.type == .authentication)
            }
            let record = try await Self.record(engine, id)
            guard case .broken(.authentication, _) = record.state else {
                Issue.record("\(record.state)")
                return
            }
            let failures = try await Self.failures(engine)
            let failure = try #require(failures.first)
            #expect(failures.count == 1)
            #expect(failure.instance == instance.id && failure.user == instance.endUser)
            #expect(failure.problem.actor == .client && failure.problem.action == .reconnect)
            #expect(failure.problem.data?["instances"] == [.string(instance.id.description)])
            let credential = try #require(
                StoredCredential(kind: .bearer, fields: ["token": "by-hand"])
            )
            let healed = try await engine.directory.replaceCredential(
                id,
                with: credential,
                by: .adminToken,
            )
            #expect(healed.state == .healthy)
            #expect(try await Self.run(engine, instance).outcome?.problem == nil)
            #expect(try await Self.failures(engine).count == 1)
        }
    }

    @Test func `a failure that the store refuses is written with the trip`() async throws {
        let tokens = TestTokens { _ throws(Problem) in throw Self.void }
        let isArmed = Mutex(false)
        let store = WatchedStore { _, name in
            guard name == "change" else { return false }
            return isArmed.withLock { armed in
                defer { armed = false }
                return armed
            }
        }
        try await Self.embedded(tokens).run(on: store.store, vault: Embedded.vault()) { engine in
            let (instance, id) = try await Self.ready(engine, .of("first", hoursAgo: 2))
            isArmed.withLock { $0 = true }
            _ = try await Self.run(engine, instance)
            #expect(isArmed.withLock { $0 } == false)
            while try await Self.record(engine, id).state == .healthy {
                try Task.checkCancellation()
                await Task.yield()
            }
            #expect(try await Self.failures(engine).count == 1)
            #expect(try await Self.record(engine, id).state.name == "broken")
        }
    }

    @Test func `a token that the service refuses is renewed once within the attempt`()
        async throws
    {
        let tokens = TestTokens { _ throws(Problem) in .of("second") }
        let connector = TestConnector { call in
            guard case .bearer("second") = call.authentication?.credential else {
                throw Problem(.authentication, detail: "401")
            }
            return "in"
        }
        try await Self.embedded(tokens, connector).run(vault: Embedded.vault()) { engine in
            let (instance, _) = try await Self.ready(engine, .of("first", hoursAgo: 0))
            // Young tokens are taken at the service's word; this one is not young.
            let (other, _) = try await Self.ready(
                engine,
                TokenSet(
                    accessToken: "first",
                    refreshToken: "r",
                    obtainedAt: SystemClock().now() - TimeSpan(milliseconds: 60_000),
                ),
                user: "bob",
            )
            let view = try await Self.run(engine, other)
            #expect(view.outcome?.problem == nil && view.outcome?.output == "in")
            #expect(tokens.asked == 1)
            let refused = try await Self.run(engine, instance)
            #expect(refused.outcome?.problem?.code == "B2622")
            #expect(tokens.asked == 1)
            #expect(try await Self.failures(engine).map(\.user) == [instance.endUser])
        }
    }

    @Test func `what nobody used for long is renewed, and what is void is found, ahead of use`()
        async throws
    {
        let tokens = TestTokens { old throws(Problem) in
            guard old?.accessToken == "idle" else { throw Self.void }
            return .of("new")
        }
        let store = WatchedStore()
        try await Self.embedded(tokens).run(on: store.store, vault: Embedded.vault()) { engine in
            let (_, idle) = try await Self.ready(engine, .of("idle", hoursAgo: 30))
            let (_, void) = try await Self.ready(
                engine,
                .of("void", hoursAgo: 30),
                user: "bob",
            )
            let (_, ended) = try await Self.ready(
                engine,
                .of("ended", hoursAgo: 2, canRenew: false),
                user: "eve",
            )
            let (_, used) = try await Self.ready(
                engine,
                .of("used", hoursAgo: 2),
                user: "tom",
            )
            try await store.until {
                let renewed = try await Self.record(engine, idle).generation == 2
                let broken = try await Self.record(engine, void).state.name == "broken"
                let expired = try await Self.record(engine, ended).state == .expired
                return renewed && broken && expired
            }
            #expect(try await Self.record(engine, used).generation == 1)
            let failures = try await Self.failures(engine)
            #expect(failures.count == 2)
            #expect(Set(failures.compactMap(\.problem.code)) == ["B2611", "B2621"])
        }
    }

    @Test func `a client that gets tokens for itself needs nobody, and never counts as expired`()
        async throws
    {
        let tokens = TestTokens { old throws(Problem) in
            #expect(old == nil)
            return .of("machine", canRenew: false)
        }
        let account = Self.account.replacing(
            "oauth:",
            with: "oauth:\n      grant: client_credentials",
        )
        try await Self.embedded(tokens, account: account).run(vault: Embedded.vault()) { engine in
            let instance = try await engine.newInstance("ada")
            let record = try await engine.directory.createAuthentication(
                Directory.NewAuthentication(
                    owner: instance.endUser,
                    service: "test",
                    name: "CRM",
                    credential: try #require(StoredCredential(kind: .oauth2, fields: [:])),
                ),
                by: .adminToken,
            )
            _ = try await engine.directory.connectInstance(
                instance.id,
                slots: [(slot: "crm", id: record.id)],
                by: .adminToken,
            )
            let ready = try await engine.directory.enableInstance(instance.id, by: .adminToken)
            for _ in 0..<2 {
                let view = try await Self.run(engine, ready)
                #expect(view.outcome?.problem == nil)
            }
            #expect(tokens.asked == 1)
            let kept = try await Self.record(engine, record.id)
            let credential = try engine.directory.open(kept)
            #expect(kept.state == .healthy && kept.generation == 2)
            #expect(engine.directory.due(credential, kept) == nil)
        }
    }
}
