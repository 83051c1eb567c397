import Model
import StorePort
import StoreTestKit
import Testing

@Suite struct RecordChangeTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `a put is read back and counts its versions`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            #expect(try await store.record(thing, id: "a", scope: .account) == nil)
            let due = start + second
            let first = put("a", owner: "eu_1", "one", dueAt: due, expected: .absent)
            #expect(try await store.changed(first) == [1])
            let made = try await store.found("a")
            #expect(
                made
                    == Record(
                        kind: thing,
                        id: "a",
                        owner: "eu_1",
                        version: 1,
                        document: Array("one".utf8),
                        dueAt: due,
                        createdAt: start,
                        updatedAt: start,
                    )
            )
            let later = start + hour
            #expect(
                try await store.changed(put("a", "", expected: .version(1)), at: later) == [2]
            )
            let changed = try await store.found("a")
            #expect(changed.version == 2)
            #expect(changed.owner == "")
            #expect(changed.document == [])
            #expect(changed.dueAt == nil)
            #expect(changed.createdAt == start)
            #expect(changed.updatedAt == later)
            #expect(try await store.changed(put("b"), put("a")) == [1, 3])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a kind does not see another kind`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            let names = (unique: ["key": "1"], labels: ["state": "on"])
            try await store.changed(
                put("a", "mine", unique: names.unique, labels: names.labels, dueAt: start)
            )
            #expect(try await store.record(other, id: "a", scope: .account) == nil)
            #expect(try await store.countRecords(other, scope: .account, labels: [:]) == 0)
            #expect(try await store.nextDue(other) == nil)
            let none = try await store.claimDue(
                other,
                now: start + hour,
                hideUntil: start + hour,
                limit: 9,
            )
            #expect(none == [])
            try await store.changed(
                put("a", kind: other, "theirs", unique: names.unique, labels: names.labels)
            )
            try await store.changed(delete("a"))
            #expect(try await store.found("a", kind: other).document == Array("theirs".utf8))
            let unique = try await store.record(
                other,
                unique: "key",
                value: "1",
                scope: .account,
            )
            #expect(unique?.id == "a")
            let count = try await store.countRecords(
                other,
                scope: .account,
                labels: names.labels,
            )
            #expect(count == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `an expectation that is not met is a conflict with the version there`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            try await store.changed(put("a", "one"))
            try await store.changed(put("a", "two"))
            let rows: [(RecordChange, Int64)] = [
                (put("a", "no", expected: .absent), 2),
                (put("a", "no", expected: .version(1)), 2),
                (put("a", "no", expected: .version(3)), 2),
                (put("b", "no", expected: .version(1)), 0),
                (delete("a", expected: .version(1)), 2),
                (delete("a", expected: .absent), 2),
                (delete("b", expected: .version(1)), 0),
            ]
            for (change, current) in rows {
                let result = try await store.change([change], now: start)
                #expect(result == .conflict(index: 0, .version(current: current)), "\(change)")
            }
            #expect(try await store.found("a").document == Array("two".utf8))
            #expect(try await store.ids() == ["a"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a deleted record is gone with its unique values and labels`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            #expect(
                try await store.changed(delete("a"), delete("a", expected: .absent)) == [0, 0]
            )
            let (unique, labels) = (["key": "1"], ["state": "on"])
            try await store.changed(put("a", unique: unique, labels: labels, dueAt: start))
            #expect(try await store.changed(delete("a", expected: .version(1))) == [0])
            #expect(try await store.record(thing, id: "a", scope: .account) == nil)
            #expect(
                try await store.record(thing, unique: "key", value: "1", scope: .account) == nil
            )
            #expect(try await store.ids(labels: labels) == [])
            #expect(try await store.ids() == [])
            #expect(try await store.nextDue(thing) == nil)
            // Nothing of the old one comes back with a new one of its id.
            #expect(try await store.changed(put("a"), at: start + hour) == [1])
            #expect(try await store.found("a").createdAt == start + hour)
            #expect(try await store.ids(labels: labels) == [])
            #expect(try await store.changed(put("b", unique: unique)) == [1])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a conflict anywhere leaves nothing of the others`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            let labels = ["state": "on"]
            try await store.changed(put("a", "one", unique: ["key": "a"], labels: labels))
            try await store.changed(put("b", "one", unique: ["key": "b"], dueAt: start))
            let changes = [
                put("a", "two", unique: ["key": "free"], dueAt: start),
                delete("b"),
                put("c", unique: ["key": "b"], labels: labels),
                put("d"),
                put("a", "three", expected: .version(1)),
                put("e"),
            ]
            let result = try await store.change(changes, now: start + hour)
            #expect(result == .conflict(index: 4, .version(current: 2)))
            #expect(try await store.ids() == ["a", "b"])
            let kept = try await store.found("a")
            #expect(kept.document == Array("one".utf8))
            #expect(kept.version == 1)
            #expect(kept.updatedAt == start)
            #expect(try await store.ids(labels: labels) == ["a"])
            for (value, holder) in ["a": "a", "b": "b", "free": nil] {
                let found = try await store.record(
                    thing,
                    unique: "key",
                    value: value,
                    scope: .account,
                )
                #expect(found?.id == holder)
            }
            #expect(try await store.claimedDue(at: start) == ["b"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `each change sees those before it`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            try await store.changed(put("a", unique: ["key": "1"]))
            let versions = try await store.changed(
                put("a", unique: ["key": "2"], expected: .version(1)),
                put("b", unique: ["key": "1"], expected: .absent),
                put("b", unique: ["key": "3"], expected: .version(1)),
                delete("a", expected: .version(2)),
                put("a", unique: ["key": "1"], expected: .absent),
            )
            #expect(versions == [2, 1, 2, 0, 1])
            let found = try await store.record(
                thing,
                unique: "key",
                value: "1",
                scope: .account,
            )
            #expect(found?.id == "a")
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a conflict does not harm the writes beside it`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            try await store.changed(put("taken"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let last = put("taken", expected: number % 2 == 0 ? .any : .absent)
                        let changes = [put("n\(100 + number)"), last]
                        let result = try await store.change(changes, now: start)
                        if case .done = result {
                            #expect(number % 2 == 0)
                        } else {
                            #expect(number % 2 == 1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let wanted = stride(from: 0, to: 60, by: 2).map { "n\(100 + $0)" }
            #expect(try await store.ids() == wanted + ["taken"])
            #expect(try await store.found("taken").version == 31)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `of many who expect one version one writes`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            try await store.changed(put("a"))
            let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let change = put("a", expected: .version(1))
                        let result = try await store.change([change], now: start)
                        return result == .done(versions: [2]) ? 1 : 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(winners == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a faulty store fails changes of records too`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            let faulty = FaultyStore(store) { _, name in name == "claimDue" || name == "records" }
            try await faulty.changed(put("a", unique: ["key": "1"], dueAt: start))
            #expect(try await faulty.found("a").version == 1)
            let unique = try await faulty.record(
                thing,
                unique: "key",
                value: "1",
                scope: .account,
            )
            #expect(unique?.id == "a")
            #expect(try await faulty.countRecords(thing, scope: .account, labels: [:]) == 1)
            #expect(try await faulty.nextDue(thing) == start)
            await #expect(throws: StoreError.self) { try await faulty.claimedDue(at: start) }
            await #expect(throws: StoreError.self) { try await faulty.ids() }
            #expect(try await store.claimedDue(at: start) == ["a"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a closed store changes no records`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            await store.close()
            await #expect(throws: StoreError.closed) {
                _ = try await store.change([put("a")], now: start)
            }
            await #expect(throws: StoreError.closed) { _ = try await store.ids() }
            await #expect(throws: StoreError.closed) { _ = try await store.claimedDue(at: start) }
        }
    }
}
