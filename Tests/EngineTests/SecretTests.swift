import ConnectorKit
import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import Synchronization
import Testing

/// What a service or a caller sends as a secret reaches the steps that need it, and no store, view or
/// other execution.
@Suite(.timeLimit(.minutes(2))) struct SecretTests {
    private static let token = "tok-en-5d41402abc4b"
    private static let password = "pass-word-7a1e09bb"

    /// `login` gives a token; everything else gives back what it got.
    private static func connector(
        _ seen: Seen,
        gate: Gate? = nil,
    ) -> TestConnector {
        TestConnector { call in
            guard call.input["login"] == nil else {
                return ["access_token": .string(token), "note": .string("use \(token)"), "ttl": 5]
            }
            if let gate, call.input["waits"] == true { await gate.pass() }
            seen.add(call.input)
            return ["echo": call.input]
        }
    }

    private final class Seen: Sendable {
        private let inputs = Mutex<[JSONValue]>([])
        func add(_ input: JSONValue) { inputs.withLock { $0.append(input) } }
        var all: [JSONValue] { inputs.withLock { $0 } }
        var text: String { JSONWriter.string(.array(all)) }
    }

    private static func embedded(
        _ workflows: [String: String],
        _ connector: TestConnector,
    )
        -> Embedded
    {
        Embedded(workflows: workflows, connectors: [connector, StorageDouble()])
    }

    /// Everything that the store has of an execution, as text.
    private static func written(_ id: ExecutionID, _ store: any Store) async throws -> String {
        let head = try #require(try await store.execution(id))
        var bytes = head.input + (head.result ?? [])
        for entry in try await store.journal(id) { bytes += entry.payload }
        return String(decoding: bytes, as: UTF8.self) + (head.correlationID ?? "")
    }

    private static let login = """
        workflow: w
        trigger: manual
        steps:
          - id: session
            run: test.do
            with: { login: true }
          - run: test.do
            with: { bearer: "${ $steps.session.access_token }", waits: true }
          - set: { as: "${ $steps.session.access_token }" }
        """

    @Test func `a login's token reaches the next step, and is in nothing that is written or shown`()
        async throws
    {
        let seen = Seen()
        let store = MemoryStore()
        try await Self.embedded(["w": Self.login], Self.connector(seen))
            .run(on: store, vault: Embedded.vault()) { engine in
                let id = try await engine.begin()
                var texts: [String] = []
                if let updates = try await engine.updates(of: id) {
                    for await update in updates { texts.append("\(update)") }
                }
                #expect(seen.all == [["bearer": .string(Self.token), "waits": true]])
                let view = try #require(try await engine.execution(id))
                #expect(view.outcome?.output == ["as": "[redacted]"])
                let steps = try await engine.steps(of: id)
                #expect(steps.count == 2)
                #expect(steps[0].attempts[0].output?["ttl"] == 5)
                #expect(steps[0].attempts[0].output?["access_token"] == "[redacted]")
                #expect(steps[0].attempts[0].output?["note"] == "use [redacted]")
                texts += [try await Self.written(id, store), "\(steps)", "\(view)"]
                for text in texts { #expect(!text.contains(Self.token), "\(text)") }
            }
    }

    @Test func `after a crash the step that was in flight has the token again`() async throws {
        let store = MemoryStore()
        let vault = try Embedded.vault()
        let gate = Gate()
        let first = Seen()
        let id = Mutex<ExecutionID?>(nil)
        try await Self.embedded(["w": Self.login], Self.connector(first, gate: gate))
            .run(on: store, vault: vault) { engine in
                let begun = try await engine.begin()
                id.withLock { $0 = begun }
                await gate.arrivals(1)
            }
        let seen = Seen()
        let known = try #require(id.withLock { $0 })
        try await Self.embedded(["w": Self.login], Self.connector(seen))
            .run(on: store, vault: vault) { engine in
                let view = try await engine.end(of: known)
                #expect(view.outcome?.reason == .succeeded)
                #expect(seen.all == [["bearer": .string(Self.token), "waits": true]])
                #expect(!(try await Self.written(known, store)).contains(Self.token))
            }
        gate.open()
    }

    @Test func `without the key the execution fails, and says so`() async throws {
        let store = MemoryStore()
        let gate = Gate()
        let id = Mutex<ExecutionID?>(nil)
        try await Self.embedded(["w": Self.login], Self.connector(Seen(), gate: gate))
            .run(on: store, vault: Embedded.vault()) { engine in
                let begun = try await engine.begin()
                id.withLock { $0 = begun }
                await gate.arrivals(1)
            }
        let seen = Seen()
        let known = try #require(id.withLock { $0 })
        try await Self.embedded(["w": Self.login], Self.connector(seen))
            .run(on: store, vault: Embedded.vault()) { engine in
                let view = try await engine.end(of: known)
                #expect(view.outcome?.problem?.code == "B2608")
                #expect(seen.all.isEmpty)
            }
        gate.open()
    }

    @Test func `a secret of the caller is sealed in the input, and goes to a child and back`()
        async throws
    {
        let parent = """
            workflow: w
            trigger: manual
            steps:
              - id: child
                call: { workflow: c, input: { p: "${ $trigger.input.password }" }, wait: true }
              - run: test.do
                with: { back: "${ $steps.child.given }" }
            """
        let child = """
            workflow: c
            trigger: call
            steps:
              - run: test.do
                with: { forth: "${ $trigger.input.p }" }
              - stop: { output: { given: "${ $trigger.input.p }" } }
            """
        let seen = Seen()
        let store = MemoryStore()
        try await Self.embedded(["w": parent, "c": child], Self.connector(seen))
            .run(on: store, vault: Embedded.vault()) { engine in
                let id = try await engine.begin("w", ["password": .string(Self.password), "a": 1])
                _ = try await engine.end(of: id)
                let password = JSONValue.string(Self.password)
                #expect(seen.all == [["forth": password], ["back": password]])
                var query = ExecutionQuery()
                query.parent = id
                let made = try #require(try await store.executions(query).first)
                for id in [id, made.id] {
                    #expect(!(try await Self.written(id, store)).contains(Self.password))
                }
                let view = try #require(try await engine.execution(id))
                #expect(view.trigger == ["input": ["password": "[redacted]", "a": 1]])
            }
    }

    @Test func `the caller who waits gets the workflow's words, and nobody else does`()
        async throws
    {
        let workflow = """
            workflow: w
            trigger: manual
            steps:
              - id: session
                run: test.do
                with: { login: true }
              - reply: { status: 200, body: { upload: "${ $steps.session.access_token }" } }
            """
        let store = MemoryStore()
        try await Self.embedded(["w": workflow], Self.connector(Seen()))
            .run(on: store, vault: Embedded.vault()) { engine in
                let id = try await engine.begin()
                // Once as it happens, once from the store.
                for _ in 0..<2 {
                    let view = try await engine.end(of: id)
                    #expect(view.reply?.body == ["upload": .string(Self.token)])
                }
                let shown = try #require(try await engine.execution(id))
                #expect(shown.reply?.body == ["upload": "[redacted]"])
                #expect(!(try await Self.written(id, store)).contains(Self.token))
            }
    }

    @Test func `what is stored comes back whole in another execution, and stands nowhere`()
        async throws
    {
        let keep = """
            workflow: w
            trigger: manual
            steps:
              - id: session
                run: test.do
                with: { login: true }
              - run: keep.set
                with: { value: "${ $steps.session }" }
            """
        let use = """
            workflow: u
            trigger: manual
            steps:
              - id: kept
                run: keep.get
                with: {}
              - run: test.do
                with: { bearer: "${ $steps.kept.item.access_token }" }
            """
        let seen = Seen()
        let store = MemoryStore()
        try await Self.embedded(["w": keep, "u": use], Self.connector(seen))
            .run(on: store, vault: Embedded.vault()) { engine in
                _ = try await engine.runToEnd("w")
                let key = DataKey(scope: .account, key: "k")
                let now = engine.clock.now()
                let stored = try #require(try await store.value(key, now: now))
                #expect(!String(decoding: stored.value, as: UTF8.self).contains(Self.token))
                let id = try await engine.begin("u")
                #expect(try await engine.end(of: id).outcome?.reason == .succeeded)
                #expect(seen.all == [["bearer": .string(Self.token)]])
                #expect(!(try await Self.written(id, store)).contains(Self.token))
            }
    }
}

/// Data storage as an operation: sets and gets one value of the account.
private struct StorageDouble: Connector {
    var spec: ConnectorSpec {
        func operation(_ name: String) -> OperationSpec {
            OperationSpec(
                name: name,
                summary: "Keeps.",
                parameters: ["type": "object"],
                sideEffect: .write,
                idempotency: .natural,
                problems: [.runtime],
            )
        }
        return ConnectorSpec(
            name: "keep",
            title: "Keep",
            operations: [operation("set"), operation("get")],
        )
    }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        let storage = call.services.storage
        if call.operation == "set" {
            let value = call.input["value"] ?? .null
            _ = try await storage.set(.account, "k", to: value, ttl: nil, expected: nil)
            return .null
        }
        return ["item": try await storage.get(.account, "k")?.value ?? .null]
    }
}
