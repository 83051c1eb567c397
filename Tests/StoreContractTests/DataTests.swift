import Model
import StorePort
import Testing

@Suite struct DataTests {
    private let key = DataKey(scope: .account, key: "request/1")

    @Test(arguments: StoreUnderTest.allCases)
    func `a value is set, read, replaced and removed`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            #expect(try await store.value(key, now: start) == nil)
            #expect(try await set(store, key, [1, 2]) == 1)
            #expect(try await set(store, key, []) == 2)
            let value = try await store.value(key, now: start)
            #expect(value == StoredValue(value: [], version: 2, expiresAt: nil))
            #expect(try await store.removeValue(key, expected: nil, now: start))
            #expect(try await !store.removeValue(key, expected: nil, now: start))
            #expect(try await store.value(key, now: start) == nil)
            #expect(try await set(store, key, [3]) == 1)
        }
    }

    private func set(
        _ store: any Store,
        _ key: DataKey,
        _ value: [UInt8],
        expiresAt: Timestamp? = nil,
        expected: Int64? = nil,
        now: Timestamp = start,
    ) async throws -> Int64? {
        try await store.setValue(
            key,
            to: value,
            expiresAt: expiresAt,
            expected: expected,
            now: now,
        )
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a comparison that fails changes nothing`(_ kind: StoreUnderTest) async throws {
        try await kind.run { (store: any Store, _: Worker) async throws in
            #expect(try await set(store, key, [1], expected: 1) == nil)
            #expect(try await set(store, key, [1], expected: 0) == 1)
            #expect(try await set(store, key, [2], expected: 0) == nil)
            #expect(try await set(store, key, [2], expected: 1) == 2)
            #expect(try await !store.removeValue(key, expected: 1, now: start))
            #expect(try await store.value(key, now: start)?.value == [2])
            #expect(try await store.removeValue(key, expected: 2, now: start))
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `of many comparisons with one version one succeeds`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, _ in
            for round in 0..<5 {
                let wins = try await withThrowingTaskGroup(of: Int64?.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            try await set(
                                store,
                                key,
                                [UInt8(number)],
                                expected: Int64(round),
                            )
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
                }
                #expect(wins == 1)
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `an expired value is as absent as one never set`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            let end = start + second
            let before = Timestamp(milliseconds: end.milliseconds - 1)
            #expect(try await set(store, key, [1], expiresAt: end) == 1)
            #expect(try await store.value(key, now: before)?.expiresAt == end)
            #expect(try await store.value(key, now: end) == nil)
            #expect(try await !store.removeValue(key, expected: nil, now: end))
            let keys = try await store.keys(
                scope: .account,
                prefix: "",
                after: nil,
                limit: 10,
                now: end,
            )
            #expect(keys == [])
            #expect(try await set(store, key, [2], expected: 1, now: end) == nil)
            #expect(try await set(store, key, [2], expected: 0, now: end) == 1)
            #expect(try await store.value(key, now: end + hour)?.value == [2])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `expired values are deleted a few at a time`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            for number in 0..<10 {
                let key = DataKey(scope: .account, key: "k\(number)")
                let end = number < 7 ? start + second : start + hour
                _ = try await set(store, key, [1], expiresAt: number == 9 ? nil : end)
            }
            #expect(try await store.pruneValues(now: start, limit: 5) == 0)
            #expect(try await store.pruneValues(now: start + second, limit: 5) == 5)
            #expect(try await store.pruneValues(now: start + second, limit: 5) == 2)
            #expect(try await store.pruneValues(now: start + second, limit: 5) == 0)
            let keys = try await store.keys(
                scope: .account,
                prefix: "",
                after: nil,
                limit: 10,
                now: start,
            )
            #expect(keys == ["k7", "k8", "k9"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `scopes never meet`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            let scopes: [DataScope] = [
                .account, .instance(""), .instance("a"), .instance("é"), .instance("e\u{301}"),
                .execution(id(1)), .execution(id(2)),
                .workflow(instance: "a", solution: nil, name: "bc"),
                .workflow(instance: "a", solution: "", name: "bc"),
                .workflow(instance: "a", solution: "b", name: "c"),
                .workflow(instance: "ab", solution: nil, name: "c"),
                .workflow(instance: "", solution: nil, name: "1:a"),
                .workflow(instance: "", solution: "a", name: ""),
                .workflow(instance: "-", solution: nil, name: ""),
                .workflow(instance: "", solution: nil, name: "-"),
            ]
            for (number, scope) in scopes.enumerated() {
                let key = DataKey(scope: scope, key: "k")
                #expect(try await set(store, key, [UInt8(number)], expected: 0) == 1)
            }
            for (number, scope) in scopes.enumerated() {
                let value = try await store.value(DataKey(scope: scope, key: "k"), now: start)
                #expect(value?.value == [UInt8(number)])
                let keys = try await store.keys(
                    scope: scope,
                    prefix: "",
                    after: nil,
                    limit: 10,
                    now: start,
                )
                #expect(keys == ["k"])
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `keys are listed by prefix in the order of their bytes`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, _ in
            let names = [
                "a", "a%", "a%b", "a*", "a*b", "a?", "a[b]", "a\\", "a_", "a_b", "aa", "aab", "ab",
                "A", "B", "b", "e\u{301}", "z", "é", "\u{1F600}", "a\u{10FFFF}", "a/1", "a/2",
            ]
            for name in names.shuffled() {
                _ = try await set(store, DataKey(scope: .account, key: name), [1])
            }
            let ordered = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            func keys(
                _ prefix: String,
                after: String? = nil,
                limit: Int = 100,
            ) async throws
                -> [[UInt8]]
            {
                try await store.keys(
                    scope: .account,
                    prefix: prefix,
                    after: after,
                    limit: limit,
                    now: start,
                ).map { Array($0.utf8) }
            }
            for prefix in ["", "a", "a%", "a_", "a*", "a[", "a/", "é", "e", "A", "q", "\u{10FFFF}"]
            {
                let expected = ordered.filter { $0.utf8.starts(with: prefix.utf8) }
                #expect(try await keys(prefix) == expected.map { Array($0.utf8) }, "\(prefix)")
                for after in ["", "a", "a%b", "a/1", "zz"] {
                    let rest = expected.filter { after.utf8.lexicographicallyPrecedes($0.utf8) }
                    let found = try await keys(prefix, after: after, limit: 2)
                    #expect(found == rest.prefix(2).map { Array($0.utf8) }, "\(prefix), \(after)")
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a setting is written once`(_ kind: StoreUnderTest) async throws {
        try await kind.run { (store: any Store, _: Worker) async throws in
            #expect(try await store.setting("key") == nil)
            #expect(try await store.putSettingIfAbsent("key", [1]) == [1])
            #expect(try await store.putSettingIfAbsent("key", [2]) == [1])
            #expect(try await store.putSettingIfAbsent("other", []) == [])
            #expect(try await store.setting("key") == [1])
            #expect(try await store.setting("other") == [])
        }
    }
}
