import Model
import StorePort
import StoreTestKit
import Testing

@Suite struct CloseTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `a closed store does nothing`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            await store.close()
            await store.close()
            await #expect(throws: StoreError.closed) { _ = try await store.create(new(1)) }
            await #expect(throws: StoreError.closed) { _ = try await store.execution(id(1)) }
            await #expect(throws: StoreError.closed) { _ = try await store.counts() }
            await #expect(throws: StoreError.closed) { try await store.leave(worker.id) }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `closing among writes answers every one of them`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            let answers = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        do {
                            _ = try await store.create(new(number, heldBy: worker))
                            return true
                        } catch {
                            #expect(error as? StoreError == .closed)
                            return false
                        }
                    }
                    if number == 50 {
                        group.addTask {
                            await store.close(); return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(answers <= 100)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a faulty store fails the call that it was told to`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            let faulty = FaultyStore(store, failing: 2)
            try await faulty.make(new(1, heldBy: worker))
            await #expect(throws: StoreError.self) {
                try await faulty.write(worker, 1, [entry(0)])
            }
            #expect(try await store.journal(id(1)) == [])
            try await faulty.write(worker, 1, [entry(0)])
            #expect(faulty.calls == 3)
            #expect(faulty.failed == 1)
            #expect(faulty.names == ["create", "append", "append"])

            let ambiguous = FaultyStore(store, fault: .ambiguous) { _, name in name == "append" }
            await #expect(throws: StoreError.self) {
                try await ambiguous.write(worker, 1, [entry(1)])
            }
            #expect(try await ambiguous.journal(id(1)).count == 2)

            let dying = FaultyStore(store, failing: 1, fault: .closesAfter)
            try await dying.write(worker, 1, [entry(2)])
            await #expect(throws: StoreError.closed) {
                try await dying.write(worker, 1, [entry(3)])
            }
        }
    }
}
