import Model
import StorePort
import Testing

@Suite struct IdempotencyTests {
    private func keyed(
        _ number: Int,
        _ key: String = "order-1",
        fingerprint: Int64 = 1,
        lasting: TimeSpan = hour,
    ) -> NewExecution {
        var execution = new(number)
        execution.idempotency = IdempotencyKey(
            key: key,
            fingerprint: fingerprint,
            until: id(number).createdAt + lasting,
        )
        return execution
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a known key gives the execution that it made`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            try await store.make(keyed(1, fingerprint: -5))
            let again = try await store.create(keyed(2, fingerprint: 9))
            #expect(again == .duplicate(try await store.found(1), fingerprint: -5))
            #expect(try await store.execution(id(2)) == nil)
            #expect(try await store.counts().queued == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a key belongs to one workflow of one instance`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            try await store.make(keyed(1))
            var other = keyed(2)
            other.instance = "globex"
            try await store.make(other)
            other = keyed(3)
            other.workflow = "cancel-order"
            try await store.make(other)
            other = keyed(4)
            other.solution = nil
            try await store.make(other)
            try await store.make(keyed(5, "ORDER-1"))
            var newer = keyed(6)
            newer.digest = "digest-2"
            let result = try await store.create(newer)
            #expect(result == .duplicate(try await store.found(1), fingerprint: 1))
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a key is free again at its end`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            try await store.make(keyed(0, lasting: second))
            let early = try await store.create(keyed(999))
            #expect(early == .duplicate(try await store.found(0), fingerprint: 1))
            try await store.make(keyed(1_000, fingerprint: 2))
            let late = try await store.create(keyed(1_001))
            #expect(late == .duplicate(try await store.found(1_000), fingerprint: 2))
            #expect(try await store.execution(id(0)) != nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a key goes with its execution`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            var first = keyed(1)
            first.heldBy = worker.id
            try await store.make(first)
            try await store.write(worker, 1, [], finished(at: id(1).createdAt))
            #expect(try await store.prune(finishedBefore: start + hour, limit: 10) == 1)
            try await store.make(keyed(2))
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `of many creations with one key exactly one makes it`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, _ in
            let results = try await withThrowingTaskGroup(of: CreateResult.self) { group in
                for number in 0..<200 {
                    let execution = keyed(number, "key-\(number % 4)")
                    group.addTask { try await store.create(execution) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0 == .created } == 4)
            var makers: Set<ExecutionID> = []
            for case .duplicate(let head, _) in results { makers.insert(head.id) }
            #expect(makers.count == 4)
            #expect(try await store.counts().queued == 4)
        }
    }
}
