import Model
import StorePort
import Testing

@Suite struct LimitTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `no call gives more than the port's limits`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<StoreLimits.listMax + 10 {
                    group.addTask { try await store.make(new(number)) }
                }
                for number in 0..<StoreLimits.keysMax + 10 {
                    let key = DataKey(scope: .account, key: "k\(number)")
                    group.addTask {
                        _ = try await store.setValue(
                            key,
                            to: [1],
                            expiresAt: nil,
                            expected: nil,
                            now: start,
                        )
                    }
                }
                try await group.waitForAll()
            }
            for (asked, given) in [(Int.max, StoreLimits.listMax), (0, 1), (-5, 1)] {
                let query = ExecutionQuery(limit: asked)
                #expect(try await store.executions(query).count == given)
            }
            for (asked, given) in [(Int.max, StoreLimits.keysMax), (0, 1)] {
                let keys = try await store.keys(
                    scope: .account,
                    prefix: "",
                    after: nil,
                    limit: asked,
                    now: start,
                )
                #expect(keys.count == given)
            }
            for (asked, given) in [(Int.max, StoreLimits.claimMax), (0, 1)] {
                let claimed = try await store.claimed(worker, limit: asked, perInstance: asked)
                #expect(claimed.count == given)
            }
        }
    }
}
