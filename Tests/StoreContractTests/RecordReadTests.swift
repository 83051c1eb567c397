import Model
import StorePort
import Testing

@Suite struct RecordReadTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `a unique value has one holder in the whole deployment`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            try await store.changed(put("a", owner: "eu_1", unique: ["key": "1", "mail": "x"]))
            let taken = try await store.change(
                [put("b", owner: "eu_2", unique: ["key": "1"])],
                now: start,
            )
            #expect(taken == .conflict(index: 0, .unique(name: "key", holder: "a")))
            // By name, and by bytes: neither another name nor another case or form.
            try await store.changed(put("b", unique: ["mail": "1", "key": "x"]))
            try await store.changed(put("c", unique: ["key": "e\u{301}"]))
            try await store.changed(put("d", unique: ["key": "\u{e9}"]))
            try await store.changed(put("e", unique: ["key": ""]))
            for (value, holder) in [
                "1": "a", "x": "b", "X": nil, "e\u{301}": "c", "": "e", "2": nil,
            ] {
                let found = try await store.record(
                    thing,
                    unique: "key",
                    value: value,
                    scope: .account,
                )
                #expect(found?.id == holder, "\(value)")
            }
            // A put that drops its value sets it free; one that keeps it stays the holder.
            try await store.changed(put("a", unique: ["mail": "x"]))
            try await store.changed(put("a", unique: ["mail": "x"]))
            try await store.changed(put("f", unique: ["key": "1"]))
            let both = try await store.change(
                [put("g", unique: ["mail": "x", "key": "1"])],
                now: start,
            )
            #expect(both == .conflict(index: 0, .unique(name: "key", holder: "f")))
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a put replaces the labels`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            let (nfc, nfd) = ("\u{e9}", "e\u{301}")
            try await store.changed(put("a", owner: "eu_1", labels: ["state": nfc, "x": "1"]))
            try await store.changed(put("a", owner: "eu_1", labels: ["state": nfd]))
            #expect(try await store.ids(labels: ["state": nfc]) == [])
            #expect(try await store.ids(labels: ["state": nfd]) == ["a"])
            #expect(try await store.ids(labels: ["x": "1"]) == [])
            try await store.changed(put("a", owner: "eu_2", labels: ["state": nfd]))
            #expect(try await store.ids(.owner("eu_1"), labels: ["state": nfd]) == [])
            #expect(try await store.ids(.owner("eu_2"), labels: ["state": nfd]) == ["a"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `lists go by the bytes of the ids, either way, page by page`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            let ids = ["-", ".", "0", "10", "9", ":", "A", "B", "_", "a", "a.", "aa", "b"]
            for (number, id) in ids.shuffled(seed: 7).enumerated() {
                try await store.changed(
                    put(id, labels: ["all": "yes", "n": "\(number % 3)"])
                )
            }
            for labels in [[:], ["all": "yes"]] {
                #expect(try await store.ids(labels: labels) == ids)
                #expect(try await store.ids(labels: labels, newestFirst: true) == ids.reversed())
                for newestFirst in [false, true] {
                    var pages: [String] = []
                    var after: String?
                    while true {
                        let page = try await store.ids(
                            labels: labels,
                            after: after,
                            limit: 4,
                            newestFirst: newestFirst,
                        )
                        #expect(page.count <= 4)
                        guard let last = page.last else { break }
                        pages += page
                        after = last
                    }
                    #expect(pages == (newestFirst ? ids.reversed() : ids))
                }
                // A page may begin behind an id that no record has.
                #expect(try await store.ids(labels: labels, after: "a0") == ["aa", "b"])
                let before = try await store.ids(labels: labels, after: "1", newestFirst: true)
                #expect(before == ["0", ".", "-"])
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `all labels of a query must match`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            for number in 0..<24 {
                var labels = ["two": "\(number % 2)", "three": "\(number % 3)"]
                if number % 4 == 0 { labels["four"] = "yes" }
                try await store.changed(
                    put("n\(10 + number)", owner: "eu_\(number % 2)", labels: labels)
                )
            }
            let rows: [([String: String], RecordScope, [Int])] = [
                (["two": "0", "three": "0"], .account, [0, 6, 12, 18]),
                (["two": "0", "three": "0", "four": "yes"], .account, [0, 12]),
                (["two": "1", "four": "yes"], .account, []),
                (["three": "2", "none": "0"], .account, []),
                (["three": "1"], .owner("eu_1"), [1, 7, 13, 19]),
                (["three": "1", "two": "1"], .owner("eu_1"), [1, 7, 13, 19]),
                (["three": "1", "two": "1"], .owner("eu_0"), []),
            ]
            for (labels, scope, numbers) in rows {
                let ids = try await store.ids(scope, labels: labels)
                #expect(ids == numbers.map { "n\(10 + $0)" }, "\(labels)")
                let count = try await store.countRecords(thing, scope: scope, labels: labels)
                #expect(count == numbers.count, "\(labels)")
            }
            #expect(try await store.countRecords(thing, scope: .account, labels: [:]) == 24)
            #expect(try await store.countRecords(thing, scope: .owner("eu_1"), labels: [:]) == 12)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `limits beyond the possible are taken for the nearest`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            let changes = (0..<1_000).map { put("a\(10_000 + $0)", dueAt: start) }
            #expect(try await store.change(changes, now: start).isDone)
            try await store.changed(put("b"))
            #expect(try await store.ids(limit: 5_000).count == 1_000)
            #expect(try await store.ids(limit: 0) == ["a10000"])
            #expect(try await store.ids(limit: -5) == ["a10000"])
            #expect(try await store.claimedDue(at: start, limit: 1_000).count == 256)
            #expect(try await store.claimedDue(at: start, limit: 0) == ["a10256"])
        }
    }
}

extension RecordChangeResult {
    var isDone: Bool {
        if case .done = self { return true }
        return false
    }
}

extension Array {
    /// The same order for the same seed.
    fileprivate func shuffled(seed: UInt64) -> [Element] {
        var state = seed
        var rest = self
        var mixed: [Element] = []
        while !rest.isEmpty {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            mixed.append(rest.remove(at: Int(state >> 33) % rest.count))
        }
        return mixed
    }
}
