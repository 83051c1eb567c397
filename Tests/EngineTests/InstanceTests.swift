import ConnectorKit
import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import Synchronization
import Testing

/// Executions of instances: each with its own configuration, secrets and credentials.
@Suite(.timeLimit(.minutes(2))) struct InstanceTests {
    static let solution = """
        solution: s
        version: 1.0.0
        auth:
          crm: { service: test }
          support: { service: chat, shared: true }
        config:
          list: { type: string, required: true }
          pin: { type: string, secret: true }
          colour: { type: string, default: blue }
        """

    static let workflow = """
        workflow: w
        trigger: manual
        steps:
          - id: a
            run: test.do
            with:
              auth: crm
              list: "${ $config.list }"
              pin: "${ $config.pin }"
              colour: "${ $config.colour }"
              user: "${ $user.external_id }"
              instance: "${ $instance.id }"
        """

    private struct Seen: Sendable {
        var input: JSONValue
        var authentication: Authentication?
    }

    private static func embedded(
        _ seen: @escaping @Sendable (OperationCall) -> JSONValue
    ) -> Embedded {
        Embedded(
            solution: solution,
            workflows: ["w": workflow],
            connectors: [TestConnector { seen($0) }],
        )
    }

    /// An instance with everything that it needs, enabled.
    private static func ready(
        _ engine: Engine,
        _ user: String,
        pin: String,
        token: String,
    ) async throws -> Instance {
        let directory = engine.directory
        let instance = try await engine.newInstance(user)
        _ = try await directory.configureInstance(
            instance.id,
            values: ["list": .string("list of \(user)"), "pin": .string(pin)],
            by: .adminToken,
        )
        let credential = try #require(
            StoredCredential(kind: .bearer, fields: ["token": .string(token)])
        )
        let authentication = try await directory.createAuthentication(
            Directory.NewAuthentication(
                owner: instance.endUser,
                service: "test",
                name: "crm",
                credential: credential,
            ),
            by: .adminToken,
        )
        return try await directory.connectInstance(
            instance.id,
            slots: [(slot: "crm", id: authentication.id)],
            by: .adminToken,
        )
    }

    @Test func `each instance runs with its own values, and no secret is written`() async throws {
        let calls = Mutex<[String: Seen]>([:])
        let embedded = Self.embedded { call in
            let user = call.input["user"]?.stringValue ?? ""
            calls.withLock {
                $0[user] = Seen(input: call.input, authentication: call.authentication)
            }
            // A third party that echoes everything.
            return ["echo": call.input, "as": .string("\(call.authentication!.credential)")]
        }
        let store = MemoryStore()
        try await embedded.run(on: store, vault: Embedded.vault()) { engine in
            let shared = try #require(
                StoredCredential(kind: .bearer, fields: ["token": "partner-token"])
            )
            _ = try await engine.directory.createAuthentication(
                Directory.NewAuthentication(
                    owner: nil,
                    service: "chat",
                    name: "support",
                    credential: shared,
                ),
                by: .adminToken,
            )
            for user in ["ada", "bob"] {
                let instance = try await Self.ready(
                    engine,
                    user,
                    pin: "pin-of-\(user)",
                    token: "token-of-\(user)",
                )
                let enabled = try await engine.directory.enableInstance(
                    instance.id,
                    by: .adminToken,
                )
                var request = try await engine.directory.start(
                    enabled,
                    workflow: "w",
                    trigger: .null,
                )
                request.awaitsResult = true
                let id = try await engine.start(request).id
                let view = try await engine.end(of: id)
                #expect(view.outcome?.reason == .succeeded)
                #expect(view.head.instance == enabled.id.description)
                let input = try #require(calls.withLock { $0[user] })
                #expect(input.input["list"]?.stringValue == "list of \(user)")
                #expect(input.input["pin"]?.stringValue == "pin-of-\(user)")
                #expect(input.input["colour"] == "blue")
                #expect(input.input["instance"]?.stringValue == enabled.id.description)
                guard case .bearer("token-of-\(user)") = input.authentication?.credential else {
                    Issue.record("\(user) ran with another credential")
                    return
                }
                // What went out does not come back into what is kept.
                let journal = try await store.journal(id).flatMap(\.payload)
                let kept = String(decoding: journal + view.head.input, as: UTF8.self)
                #expect(kept.contains("list of \(user)"))
                #expect(!kept.contains("pin-of") && !kept.contains("token-of"))
            }
        }
    }

    @Test func `what an end user has not connected never falls back to the partner`() async throws {
        let embedded = Self.embedded { _ in .null }
        try await embedded.run(vault: Embedded.vault()) { engine in
            let instance = try await engine.newInstance("ada")
            await #expect(throws: Problem.self) {
                try await engine.directory.enableInstance(instance.id, by: .adminToken)
            }
            await #expect(throws: Problem.self) {
                _ = try await engine.directory.start(instance, workflow: "w", trigger: .null)
            }
        }
    }

    @Test func `one end user's objects do not exist for another`() async throws {
        let embedded = Self.embedded { _ in .null }
        try await embedded.run(vault: Embedded.vault()) { engine in
            let directory = engine.directory
            let mine = try await Self.ready(engine, "ada", pin: "p", token: "t")
            let other = try await engine.newInstance("bob")
            let bob = Actor.endUser(other.endUser)
            let unknown = ObjectID(.instance, rawValue: 77)
            for id in [mine.id, unknown] {
                let read = await #expect(throws: Problem.self) {
                    try await directory.instance(id, by: bob)
                }
                #expect(read == Access.absent)
                let change = await #expect(throws: Problem.self) {
                    try await directory.configureInstance(id, values: ["list": "x"], by: bob)
                }
                #expect(change == Access.absent)
            }
            let listed = try await directory.instances(
                endUser: nil,
                solution: nil,
                state: nil,
                after: nil,
                limit: 10,
                by: bob,
            )
            #expect(listed.map(\.id) == [other.id])
            #expect(
                try await directory.authentications(after: nil, limit: 10, by: bob).isEmpty
            )
        }
    }

    @Test func `creating twice is as creating once, and a changed one is a conflict`() async throws
    {
        let embedded = Self.embedded { _ in .null }
        try await embedded.run(vault: Embedded.vault()) { engine in
            let first = try await engine.newInstance("ada")
            let second = try await engine.newInstance("ada")
            #expect(first.id == second.id && first.endUser == second.endUser)
            let problem = await #expect(throws: Problem.self) {
                _ = try await engine.directory.createEndUser(
                    externalID: "ada",
                    name: "Another",
                    metadata: JSONObject(),
                    by: .adminToken,
                )
            }
            #expect(problem?.code == "B2703")
        }
    }

    @Test func `a call stays with the instance and with the version of its caller`() async throws {
        let parent = """
            workflow: w
            trigger: manual
            steps:
              - { id: c, call: { workflow: child, input: 1 } }
              - { stop: { output: "${ $steps.c }" } }
            """
        let child = { (word: String) in
            """
            workflow: child
            trigger: call
            steps:
              - { stop: { output: "\(word) ${ $user.external_id } ${ $config.colour }" } }
            """
        }
        let store = MemoryStore()
        let vault = try Embedded.vault()
        func embedded(_ version: String, _ word: String) -> Embedded {
            Embedded(
                solution: """
                    solution: s
                    version: \(version)
                    config: { colour: { type: string, default: blue } }
                    """,
                workflows: ["w": parent, "child": child(word)],
                connectors: [TestConnector()],
            )
        }
        let ids = Mutex<[ObjectID]>([])
        try await embedded("1.0.0", "old").run(on: store, vault: vault) { engine in
            let instance = try await engine.newInstance("ada")
            _ = try await engine.directory.enableInstance(instance.id, by: .adminToken)
            ids.withLock { $0 = [instance.id] }
        }
        try await embedded("2.0.0", "new").run(on: store, vault: vault) { engine in
            let id = try #require(ids.withLock { $0.first })
            for (version, words) in [(nil, "old ada blue"), ("2.0.0", "new ada blue")] {
                if let version {
                    _ = try await engine.directory.upgradeInstance(
                        id,
                        to: version,
                        given: UpgradePlan.Given(),
                        isDryRun: false,
                        by: .adminToken,
                    )
                }
                let instance = try await engine.directory.instance(id, by: .adminToken)
                var request = try await engine.directory.start(
                    instance,
                    workflow: "w",
                    trigger: .null,
                )
                request.awaitsResult = true
                let view = try await engine.end(of: try await engine.start(request).id)
                #expect(view.outcome?.output.stringValue == words)
            }
        }
    }
}
