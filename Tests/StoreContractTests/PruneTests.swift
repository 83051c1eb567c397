import Model
import StorePort
import Testing

@Suite struct PruneTests {
    private func finish(
        _ store: any Store,
        _ worker: Worker,
        _ number: Int,
        at offset: Int64,
    ) async throws {
        try await store.make(new(number, heldBy: worker, entries: [entry(0)]))
        let at = start + TimeSpan(milliseconds: offset)
        try await store.write(worker, number, [entry(1)], finished(at: at))
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what finished before the time goes, oldest first`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            for number in 1...6 {
                try await finish(store, worker, number, at: Int64(number) * 1_000)
            }
            let before = start + TimeSpan(milliseconds: 5_000)
            #expect(try await store.prune(finishedBefore: before, limit: 3) == 3)
            #expect(
                try await store.executions(ExecutionQuery()).map(\.id) == [id(6), id(5), id(4)]
            )
            #expect(try await store.prune(finishedBefore: before, limit: 3) == 1)
            #expect(try await store.prune(finishedBefore: before, limit: 3) == 0)
            #expect(try await store.executions(ExecutionQuery()).map(\.id) == [id(6), id(5)])
            #expect(try await store.journal(id(4)) == [])
            #expect(try await store.journal(id(5)).count == 2)
            #expect(try await store.execution(id(4)) == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what has not finished stays, whatever its age`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1))
            try await store.make(new(2, heldBy: worker))
            try await store.make(new(3, heldBy: worker))
            try await store.write(worker, 3, [], .released(status: .waiting, wakeAt: nil))
            try await finish(store, worker, 4, at: 4)
            #expect(try await store.prune(finishedBefore: start + hour, limit: 10) == 1)
            #expect(
                try await store.executions(ExecutionQuery()).map(\.id) == [id(3), id(2), id(1)]
            )
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what finishes later than younger ones is found too`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            for number in 2...4 { try await finish(store, worker, number, at: 10) }
            #expect(try await store.prune(finishedBefore: start + hour, limit: 2) == 2)
            try await store.write(worker, 1, [], finished(at: start + second))
            #expect(try await store.prune(finishedBefore: start + hour, limit: 2) == 2)
            #expect(try await store.executions(ExecutionQuery()) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `data of a deleted execution goes with it`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await finish(store, worker, 1, at: 1)
            try await finish(store, worker, 2, at: 7_200_000)
            let scopes: [DataScope] = [.execution(id(1)), .execution(id(2)), .account]
            for scope in scopes {
                let key = DataKey(scope: scope, key: "k")
                _ = try await store.setValue(
                    key,
                    to: [1],
                    expiresAt: nil,
                    expected: nil,
                    now: start,
                )
            }
            #expect(try await store.prune(finishedBefore: start + hour, limit: 10) == 1)
            for (scope, isThere) in zip(scopes, [false, true, true]) {
                let value = try await store.value(DataKey(scope: scope, key: "k"), now: start)
                #expect((value != nil) == isThere)
            }
        }
    }
}
