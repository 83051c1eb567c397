import GRDB
import Model
import StorePort
import Testing

@testable import SQLiteStore

/// Lists and claims among many records take an index, whatever the labels are.
@Suite struct RecordCostTests {
    private static let instance = RecordKind(rawValue: "instance")

    /// 10,000 instances of 100 end users, 4 solutions; a tenth disabled, one failing.
    private func fill(_ store: SQLiteStore) async throws {
        for batch in 0..<10 {
            let changes = (batch * 1_000..<batch * 1_000 + 1_000).map { number in
                RecordChange.put(
                    RecordPut(
                        kind: Self.instance,
                        id: "ins_\(100_000 + number)",
                        owner: "eu_\(number % 100)",
                        document: [UInt8](repeating: 7, count: 200),
                        unique: ["external_id": "x\(number)"],
                        labels: [
                            "solution": "s\(number % 4)",
                            "state": number == 7_001
                                ? "failing" : number % 10 == 0 ? "disabled" : "enabled",
                        ],
                        dueAt: number % 2 == 0 ? start + hour : nil,
                    )
                )
            }
            _ = try await store.change(changes, now: start)
        }
    }

    private var queries: [RecordQuery] {
        let labels: [[String: String]] = [
            [:], ["state": "failing"], ["solution": "s1"], ["solution": "s1", "state": "failing"],
            ["solution": "none", "state": "enabled"],
        ]
        return labels.flatMap { labels in
            [RecordScope.account, .owner("eu_1"), .owner("nobody")].flatMap { scope in
                [nil, "ins_105000"].flatMap { after in
                    [false, true].map { newestFirst in
                        RecordQuery(
                            kind: Self.instance,
                            scope: scope,
                            labels: labels,
                            after: after,
                            limit: 5,
                            newestFirst: newestFirst,
                        )
                    }
                }
            }
        }
    }

    /// The lines of a statement's plan that go through a table or sort.
    private func slowParts(_ sql: String, _ database: Database) throws -> [String] {
        let plan = try Prepared("EXPLAIN QUERY PLAN \(sql)", on: database).all([]) { $0.text(3) }
        #expect(!plan.isEmpty)
        return plan.filter { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }
    }

    @Test func `no list, claim or change of records scans or sorts`() async throws {
        try await withStore { store, _, _ in
            let queries = queries
            let slow = try await store.read { database in
                let reader = RecordReader(database: database)
                var statements = try queries.map { try reader.pageStatement($0) }
                statements += [RecordReader.dueStatement, RecordReader.nextDueStatement]
                return try statements.flatMap { sql in
                    try slowParts(sql, database).map { "\($0): \(sql)" }
                }
            }
            #expect(slow == [])
            // The plan that such a statement must not have is told apart.
            let scan = try await store.read {
                try slowParts("SELECT id FROM records WHERE updated_at = 1 ORDER BY version", $0)
            }
            #expect(scan.count == 2)
        }
    }

    @Test func `lists among 10,000 records read few rows`() async throws {
        try await withStore { store, _, _ in
            try await fill(store)
            for query in queries {
                let steps = try await store.read { database in
                    let reader = RecordReader(database: database)
                    _ = try reader.records(query)
                    return try database.steps { _ = try reader.records(query) }
                }
                // Probing two labels reads up to a thousand rows of each.
                let most = query.labels.count > 1 ? 12_000 : 300
                #expect(steps < most, "\(steps) steps for \(query)")
            }
        }
    }

    @Test func `claims and changes among 10,000 records read few rows`() async throws {
        try await withStore { store, _, _ in
            try await fill(store)
            let kind = Self.instance
            let (changes, claim) = try await store.write { ledger in
                let label = ["state": "enabled", "solution": "s9"]
                func change(_ number: Int) throws {
                    _ = try ledger.change(
                        [
                            .put(
                                RecordPut(
                                    kind: kind,
                                    id: "ins_\(number)",
                                    document: [1],
                                    unique: ["external_id": "y\(number)"],
                                    labels: label,
                                )
                            ),
                            .delete(kind, id: "ins_\(number + 1)", expected: .any),
                        ],
                        now: start,
                    )
                }
                func claim() throws {
                    let due = try ledger.claimDue(
                        kind,
                        now: start + hour,
                        hideUntil: start + hour + hour,
                        limit: 8,
                    )
                    #expect(due.count == 8)
                }
                try change(100_100)
                try claim()
                let changes = try ledger.database.steps { try change(100_200) }
                return (changes, try ledger.database.steps { try claim() })
            }
            #expect(changes < 600)
            #expect(claim < 1_500)
        }
    }

    @Test func `records outlive the process`() async throws {
        try await inFolder { folder in
            var store = try open(folder)
            let put = RecordPut(
                kind: Self.instance,
                id: "a",
                owner: "eu_1",
                document: [0, 255],
                unique: ["external_id": "x"],
                labels: ["state": "on"],
                dueAt: start,
            )
            _ = try await store.change([.put(put)], now: start)
            let before = try await store.record(Self.instance, id: "a", scope: .account)
            await store.close()
            store = try open(folder)
            let found = try await store.record(
                Self.instance,
                unique: "external_id",
                value: "x",
                scope: .owner("eu_1"),
            )
            #expect(found != nil)
            #expect(found == before)
            let query = RecordQuery(
                kind: Self.instance,
                scope: .account,
                labels: ["state": "on"],
            )
            #expect(try await store.records(query) == [found])
            #expect(try await store.nextDue(Self.instance) == start)
            await store.close()
        }
    }
}
