import Model
import StorePort
import Testing

@Suite struct RecordDueTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `what is due is claimed, the longest due first`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            #expect(try await store.nextDue(thing) == nil)
            try await store.changed(
                put("a", dueAt: start + second),
                put("b", dueAt: start),
                put("d", dueAt: start - second),
                put("c", dueAt: start - second),
                put("e"),
            )
            #expect(try await store.nextDue(thing) == start - second)
            #expect(try await store.claimedDue(at: start, limit: 2) == ["c", "d"])
            #expect(try await store.claimedDue(at: start) == ["b"])
            #expect(try await store.claimedDue(at: start) == [])
            #expect(try await store.nextDue(thing) == start + second)
            #expect(try await store.claimedDue(at: start + second) == ["a"])
            #expect(try await store.nextDue(thing) == start + hour)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what was claimed is hidden and comes due again`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            try await store.changed(put("a", owner: "eu_1", "doc", dueAt: start))
            let (now, until) = (start + second, start + hour)
            let claimed = try await store.claimDue(thing, now: now, hideUntil: until, limit: 1)
            let record = try #require(claimed.first)
            #expect(record.version == 2)
            #expect(record.dueAt == until)
            #expect(record.updatedAt == now)
            #expect(record.createdAt == start)
            #expect(record.document == Array("doc".utf8))
            #expect(try await store.found("a") == record)
            #expect(try await store.claimedDue(at: until - second) == [])
            // Somebody who read it before the claim no longer may write.
            let late = try await store.change([put("a", expected: .version(1))], now: now)
            #expect(late == .conflict(index: 0, .version(current: 2)))
            #expect(try await store.claimedDue(at: until, hideUntil: until + hour) == ["a"])
            // The first claimer finishes late: its version is no longer there.
            let finish = try await store.change([put("a", expected: .version(2))], now: until)
            #expect(finish == .conflict(index: 0, .version(current: 3)))
            #expect(try await store.changed(put("a", expected: .version(3))) == [4])
            #expect(try await store.nextDue(thing) == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `claimers at the same time get different records`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            let changes = (100..<200).map { put("a\($0)", dueAt: start) }
            #expect(try await store.change(changes, now: start).isDone)
            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<20 {
                    group.addTask { try await store.claimedDue(at: start, limit: 7) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.sorted() == (100..<200).map { "a\($0)" })
        }
    }
}
