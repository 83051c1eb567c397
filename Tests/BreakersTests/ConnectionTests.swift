import Breakers
import Embedding
import Model
import Testing

/// A connection as it is kept, and as one process watches it.
@Suite struct ConnectionTests {
    private static let policy = BreakerTests.policy
    private static let start = BreakerTests.start
    private static let facts = ConnectionFacts(
        owner: ObjectID(.endUser, rawValue: 7),
        service: "crm",
        authentication: ObjectID(.authentication, rawValue: 9),
        name: "Ada's CRM",
        instance: ObjectID(.instance, rawValue: 8),
        host: "crm.example",
    )

    private static func watch() -> ConnectionWatch {
        ConnectionWatch(id: "aut_x", facts: facts)
    }

    private static func ask(
        _ watch: inout ConnectionWatch,
        _ operations: OperationClass,
        at now: Timestamp = start,
        keeper: Int64 = 1,
    ) -> ConnectionWatch.Answer {
        watch.ask(operations, hasPlace: false, now: now, keeper: keeper, policy: policy)
    }

    private static func settle(
        _ watch: inout ConnectionWatch,
        _ operations: OperationClass,
        _ verdict: Verdict,
        probed: [OperationClass] = [],
        at now: Timestamp = start,
        begunAt: Timestamp? = nil,
    ) -> [Connection.Change] {
        watch.settle(
            operations,
            ConnectionWatch.Probe(probed, begunAt: begunAt ?? now),
            generation: 3,
            verdict,
            now: now,
            keeper: 1,
            policy: policy,
            chance: 0,
        )
    }

    @Test func `every state survives its JSON`() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            var connection = Connection(id: "slot:x", facts: Self.facts)
            var now = Self.start
            for _ in 0..<random.number(0...8) {
                now = now + TimeSpan(milliseconds: Int64(random.number(0...90_000)))
                let scope = random.pick(OperationClass.allCases)
                let change: Connection.Change = random.pick([
                    .open(
                        scope,
                        random.pick([.authentication, .service, .timeout]),
                        generation: 2,
                    ),
                    .probe([scope]), .close(scope), .hasten, .drained, .closeAll,
                    .observed(
                        TokenBucket.Limit(rate: 0.3, ceiling: 7.25, asOf: now),
                        degradedSince: now,
                    ),
                ])
                _ = connection.apply(
                    change,
                    now: now,
                    keeper: Int64(random.number(1...2)),
                    policy: Self.policy,
                    chance: random.chance(),
                )
            }
            connection.notice = ObjectID(.failure, rawValue: 4)
            let bytes = JSONWriter.bytes(connection.json)
            #expect(Connection(json: try JSONParser.parse(bytes)) == connection)
        }
        let parking = Parking(
            execution: ExecutionID(rawValue: 5),
            owner: nil,
            instance: "",
            connection: "slot:x",
            operations: .write,
            path: "steps[0]",
            reason: .service,
            since: Self.start,
            until: Self.start,
        )
        #expect(Parking(json: parking.json) == parking)
    }

    @Test func `refused credentials stop everything at once, once`() {
        var watch = Self.watch()
        #expect(Self.ask(&watch, .read) == .go)
        #expect(
            Self.settle(&watch, .read, .refused) == [
                .open(.everything, .authentication, generation: 3)
            ]
        )
        #expect(Self.settle(&watch, .write, .refused).isEmpty)
        for operations in OperationClass.allCases {
            guard case .wait(let opening) = Self.ask(&watch, operations) else {
                Issue.record("\(operations) passed")
                continue
            }
            #expect(opening.reason == .authentication)
        }
        #expect(watch.connection?.health == .broken(.authentication, since: Self.start))
    }

    @Test func `writes that fail leave reads alone`() {
        var watch = Self.watch()
        var changes: [Connection.Change] = []
        for _ in 0..<10 {
            #expect(Self.ask(&watch, .write) == .go)
            changes += Self.settle(&watch, .write, .failed(.service))
        }
        #expect(changes == [.open(.write, .service, generation: nil)])
        #expect(Self.ask(&watch, .read) == .go)
        guard case .wait = Self.ask(&watch, .write) else {
            Issue.record("a write passed")
            return
        }
    }

    @Test func `a probe that is answered closes and drains, one that fails opens anew`() throws {
        var watch = Self.watch()
        _ = Self.settle(&watch, .read, .refused)
        let due = try #require(watch.connection?.opening).until
        #expect(
            Self.ask(&watch, .read, at: due)
                == .probe(.init([.everything], begunAt: due), claims: true)
        )
        let taken = watch.apply(
            .probe([.everything]),
            now: due,
            keeper: 1,
            policy: Self.policy,
            chance: 0,
        )
        #expect(taken)
        guard case .wait = Self.ask(&watch, .read, at: due) else {
            Issue.record("a second probe began")
            return
        }
        #expect(
            Self.settle(&watch, .read, .nothing, probed: [.everything], at: due).isEmpty
        )
        #expect(
            Self.ask(&watch, .read, at: due)
                == .probe(.init([.everything], begunAt: due), claims: false)
        )
        let failed = Self.settle(&watch, .read, .refused, probed: [.everything], at: due)
        #expect(failed == [.open(.everything, .authentication, generation: 3)])
        #expect(watch.connection?.opening?.times == 2)
        let later = try #require(watch.connection?.opening).until
        let answer = Self.ask(&watch, .write, at: later)
        #expect(answer == .probe(.init([.everything], begunAt: later), claims: true))
        _ = watch.apply(
            .probe([.everything]),
            now: later,
            keeper: 1,
            policy: Self.policy,
            chance: 0,
        )
        let closed = Self.settle(&watch, .write, .answered, probed: [.everything], at: later)
        #expect(closed == [.close(.everything)])
        #expect(watch.connection?.isDraining == true)
        #expect(watch.connection?.health == .healthy)
        #expect(Self.ask(&watch, .read, at: later) == .go)
    }

    @Test func `what is observed is written once, and forgotten once it is over`() throws {
        var watch = Self.watch()
        #expect(watch.observed(now: Self.start, policy: Self.policy) == nil)
        for _ in 0..<3 { _ = Self.settle(&watch, .read, .failed(.timeout)) }
        let change = try #require(watch.observed(now: Self.start, policy: Self.policy))
        #expect(change == .observed(nil, degradedSince: Self.start))
        _ = watch.apply(change, now: Self.start, keeper: 1, policy: Self.policy, chance: 0)
        #expect(watch.connection?.health == .degraded(since: Self.start))
        #expect(watch.observed(now: Self.start, policy: Self.policy) == nil)
        _ = Self.settle(&watch, .read, .answered)
        let over = try #require(watch.observed(now: Self.start, policy: Self.policy))
        _ = watch.apply(over, now: Self.start, keeper: 1, policy: Self.policy, chance: 0)
        #expect(watch.connection == nil, "a healthy connection keeps no record")
    }

    @Test func `names of connections fit a record, whatever they are made of`() {
        let digest: ([UInt8]) -> String = { String(repeating: "\($0.count % 10)", count: 64) }
        let long = String(repeating: "é/", count: 200)
        let keys: [ConnectionKey] = [
            .authentication(ObjectID(.authentication, rawValue: 1)), .slot("erp"), .slot(long),
            .service(instance: "", connector: "http", host: "api.example.com:8443"),
            .service(instance: "ins_0000000000001", connector: "http", host: long),
            .service(instance: "ins_0000000000001", connector: "crm", host: nil),
        ]
        var texts: Set<String> = []
        for key in keys {
            let text = key.text(digest)
            #expect(text.utf8.count <= ConnectionKey.lengthMax, "\(text)")
            #expect(text.wholeMatch(of: /[A-Za-z0-9_:.-]+/) != nil, "\(text)")
            #expect(texts.insert(text).inserted, "\(text)")
        }
    }

    @Test func `a client reads why it waits, and no name of the partner's`() {
        let parking = Parking(
            execution: ExecutionID(rawValue: 5),
            owner: nil,
            instance: "",
            connection: "slot:secret-supplier",
            operations: .write,
            path: "steps[3]",
            reason: .service,
            since: Self.start,
            until: Self.start,
        )
        let text = JSONWriter.string(parking.view(for: .client))
        #expect(text.contains("service") && !text.contains("secret-supplier"))
        #expect(JSONWriter.string(parking.view(for: .partner)).contains("secret-supplier"))
    }
}
