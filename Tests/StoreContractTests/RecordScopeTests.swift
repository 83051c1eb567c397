import Model
import StorePort
import Testing

@Suite struct RecordScopeTests {
    private struct Owned {
        var id: String
        var owner: String
    }

    private static let all = [
        Owned(id: "a", owner: ""), Owned(id: "b", owner: "eu_K"), Owned(id: "c", owner: "eu_k"),
        Owned(id: "d", owner: "eu_K1"), Owned(id: "e", owner: "eu_K"),
    ]

    private func fill(_ store: any Store) async throws {
        for record in Self.all {
            try await store.changed(
                put(
                    record.id,
                    owner: record.owner,
                    unique: ["key": record.id],
                    labels: ["all": "yes", "id": record.id],
                    dueAt: start,
                )
            )
        }
    }

    /// What each kind of read gives of a record.
    private func seen(
        _ id: String,
        _ scope: RecordScope,
        _ store: any Store,
    ) async throws -> [Bool] {
        let labels = ["all": "yes", "id": id]
        return [
            try await store.record(thing, id: id, scope: scope)?.id == id,
            try await store.record(thing, unique: "key", value: id, scope: scope)?.id == id,
            try await store.ids(scope).contains(id),
            try await store.ids(scope, newestFirst: true).contains(id),
            try await store.ids(scope, labels: ["all": "yes"]).contains(id),
            try await store.ids(scope, labels: ["id": id]).contains(id),
            try await store.ids(scope, labels: labels).contains(id),
            try await store.countRecords(thing, scope: scope, labels: ["id": id]) == 1,
            try await store.countRecords(thing, scope: scope, labels: labels) == 1,
        ]
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `an owner sees its records by every read, and no other's by any`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            try await fill(store)
            let scopes: [RecordScope] = [
                .account, .owner(""), .owner("eu_K"), .owner("eu_k"), .owner("eu_K1"),
                .owner("eu_"), .owner("%"), .owner("eu_\u{212A}"), .owner("eu_K' OR '1'='1"),
            ]
            for scope in scopes {
                var mine = Self.all
                if case .owner(let owner) = scope {
                    mine = mine.filter { Array($0.owner.utf8) == Array(owner.utf8) }
                }
                for record in Self.all {
                    let isMine = mine.contains { $0.id == record.id }
                    let seen = try await seen(record.id, scope, store)
                    #expect(seen.allSatisfy { $0 == isMine }, "\(record) for \(scope): \(seen)")
                }
                let count = try await store.countRecords(thing, scope: scope, labels: [:])
                #expect(count == mine.count)
                let labelled = try await store.countRecords(
                    thing,
                    scope: scope,
                    labels: ["all": "yes"],
                )
                #expect(labelled == mine.count)
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a record that changes its owner is seen by the new one only`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            try await fill(store)
            try await store.changed(
                put("b", owner: "eu_9", unique: ["key": "b"], labels: ["all": "yes", "id": "b"])
            )
            #expect(try await seen("b", .owner("eu_K"), store).allSatisfy { !$0 })
            #expect(try await seen("b", .owner("eu_9"), store).allSatisfy { $0 })
            try await store.changed(delete("b"))
            #expect(try await seen("b", .owner("eu_9"), store).allSatisfy { !$0 })
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `ids and values that only look the same are others`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            try await store.changed(put("K", unique: ["key": "K"], labels: ["state": "K"]))
            let kelvin = "\u{212A}"
            #expect(try await store.record(thing, id: kelvin, scope: .account) == nil)
            let unique = try await store.record(
                thing,
                unique: "key",
                value: kelvin,
                scope: .account,
            )
            #expect(unique == nil)
            #expect(try await store.ids(labels: ["state": kelvin]) == [])
            #expect(try await store.ids(labels: ["state": "K"]) == ["K"])
        }
    }
}
