import Model
import StorePort
import Testing

@Suite struct RecordLimitTests {
    private func refusal(_ changes: [RecordChange], by store: any Store) async -> String? {
        do {
            let result = try await store.change(changes, now: start)
            Issue.record("\(result)")
            return nil
        } catch StoreError.corrupt(let text) {
            return text
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    private static func of(_ count: Int) -> String { String(repeating: "a", count: count) }

    @Test(arguments: StoreUnderTest.allCases)
    func `what is over a limit is refused in words and writes nothing`(
        _ kind: StoreUnderTest
    ) async throws {
        let many = Dictionary(uniqueKeysWithValues: (0...16).map { ("n\($0)", "") })
        let rows: [(RecordChange, String)] = [
            (put(""), "the id ''"),
            (put(Self.of(65)), "1 to 64"),
            (put("a b"), "the id 'a b'"),
            (put("a\u{0}"), "the id"),
            (put("\u{212A}"), "the id"),
            (delete("a/b"), "the id 'a/b'"),
            (put("a", kind: RecordKind(rawValue: "")), "the kind ''"),
            (put("a", kind: RecordKind(rawValue: "Thing")), "the kind 'Thing'"),
            (put("a", kind: RecordKind(rawValue: "a1")), "the kind 'a1'"),
            (put("a", kind: RecordKind(rawValue: Self.of(33))), "1 to 32"),
            (put("a", owner: "eu 1"), "the owner 'eu 1'"),
            (put("a", owner: Self.of(65)), "the owner"),
            (put("a", Self.of(1 << 20 + 1)), "1048577 bytes"),
            (put("a", unique: ["Key": "1"]), "'Key' among the unique values"),
            (put("a", labels: ["": "1"]), "'' among the labels"),
            (put("a", labels: [Self.of(65): "1"]), "among the labels"),
            (put("a", unique: ["key": Self.of(1_025)]), "1025 bytes"),
            (put("a", labels: ["key": Self.of(1_025)]), "1025 bytes"),
            (put("a", unique: many), "17 unique values"),
            (put("a", labels: many), "17 labels"),
        ]
        try await kind.runEmpty { store in
            for (change, part) in rows {
                let text = try #require(await refusal([put("before"), change], by: store))
                #expect(text.contains(part), "\(text)")
                #expect(text.hasPrefix("change 1: "))
            }
            #expect(await refusal([], by: store)?.contains("0 changes") == true)
            let tooMany = (0...1_000).map { put("a\($0)") }
            #expect(await refusal(tooMany, by: store)?.contains("1001 changes") == true)
            #expect(try await store.ids() == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what is at a limit is kept`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            let id = Self.of(60) + "_:.-"
            let values = Dictionary(
                uniqueKeysWithValues: (0..<16).map {
                    ("\($0)_" + Self.of($0 < 10 ? 62 : 61), Self.of(1_024))
                }
            )
            let big = put(
                id,
                kind: RecordKind(rawValue: Self.of(32)),
                owner: id,
                Self.of(1 << 20),
                unique: values,
                labels: values,
            )
            #expect(try await store.changed(big) == [1])
            let query = RecordQuery(
                kind: RecordKind(rawValue: Self.of(32)),
                scope: .owner(id),
                labels: values,
            )
            let found = try await store.records(query)
            #expect(found.map(\.id) == [id])
            #expect(found.first?.document.count == 1 << 20)
        }
    }
}
