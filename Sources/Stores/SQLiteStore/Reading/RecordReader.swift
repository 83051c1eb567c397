import GRDB
import Model
import StorePort

/// Reads records on one connection, inside one access of it. Every read has its scope in the SQL.
struct RecordReader {
    let database: Database

    private static let columns = """
        r.kind, r.id, r.owner, r.version, r.document, r.due_at, r.created_at, r.updated_at, r.number
        """

    /// Of how many rows it is found out which of several labels has the fewest.
    static let probeMax = 1_000

    /// A part of a statement: text and what is bound to it.
    private struct Filter {
        var conditions: [String] = []
        var values: [SQLValue] = []

        mutating func add(_ condition: String, _ added: SQLValue...) {
            conditions.append(condition)
            values += added
        }

        mutating func add(_ scope: RecordScope, column: String) {
            if case .owner(let owner) = scope { add("\(column) = ?", .text(owner)) }
        }

        var text: String { conditions.joined(separator: " AND ") }
    }

    private func prepared(_ sql: String) throws -> Prepared {
        Prepared(try database.cachedStatement(sql: sql))
    }

    func record(_ kind: RecordKind, id: String, scope: RecordScope) throws -> Record? {
        var filter = Filter()
        filter.add("r.kind = ?", .text(kind.rawValue))
        filter.add("r.id = ?", .text(id))
        filter.add(scope, column: "r.owner")
        return try rows(
            "SELECT \(Self.columns) FROM records r INDEXED BY records_by_id WHERE \(filter.text)",
            filter,
        ).first
    }

    func record(
        _ kind: RecordKind,
        unique name: String,
        _ value: String,
        scope: RecordScope,
    ) throws -> Record? {
        var filter = Filter()
        filter.add("u.kind = ?", .text(kind.rawValue))
        filter.add("u.name = ?", .text(name))
        filter.add("u.value = ?", .text(value))
        filter.add(scope, column: "r.owner")
        return try rows(
            """
            SELECT \(Self.columns) FROM record_uniques u CROSS JOIN records r
            ON r.number = u.number WHERE \(filter.text)
            """,
            filter,
        ).first
    }

    func records(_ query: RecordQuery) throws -> [Record] {
        let (statement, filter) = try page(query)
        return try rows(statement, filter)
    }

    /// The statement that a query is answered with.
    func pageStatement(_ query: RecordQuery) throws -> String { try page(query).text }

    private func page(_ query: RecordQuery) throws -> (text: String, Filter) {
        var (tables, filter) = try source(query.kind, query.scope, query.labels)
        let id = query.labels.isEmpty ? "r.id" : "l.id"
        if let after = query.after {
            filter.add("\(id) \(query.newestFirst ? "<" : ">") ?", .text(after))
        }
        if !query.labels.isEmpty {
            tables += " CROSS JOIN records r ON r.number = l.number"
            filter.add(query.scope, column: "r.owner")
        }
        let sql = """
            SELECT \(Self.columns) FROM \(tables) WHERE \(filter.text)
            ORDER BY \(id) \(query.newestFirst ? "DESC" : "ASC") LIMIT \(RecordLimits.list(query.limit))
            """
        return (sql, filter)
    }

    func count(_ kind: RecordKind, scope: RecordScope, labels: [String: String]) throws -> Int {
        let (tables, filter) = try source(kind, scope, labels)
        let sql = "SELECT count(*) FROM \(tables) WHERE \(filter.text)"
        return Int(try prepared(sql).all(filter.values) { $0.int(0) }.first ?? 0)
    }

    /// The table whose index gives the matching rows in the order of their ids: the records
    /// themselves, or the rarest label.
    private func source(
        _ kind: RecordKind,
        _ scope: RecordScope,
        _ labels: [String: String],
    ) throws -> (tables: String, Filter) {
        let isOwners = scope != .account
        var filter = Filter()
        guard let first = try rarest(kind, scope, labels) else {
            filter.add("r.kind = ?", .text(kind.rawValue))
            filter.add(scope, column: "r.owner")
            let index = isOwners ? "records_by_owner" : "records_by_id"
            return ("records r INDEXED BY \(index)", filter)
        }
        filter.add("l.kind = ?", .text(kind.rawValue))
        filter.add("l.name = ?", .text(first.key))
        filter.add("l.value = ?", .text(first.value))
        filter.add(scope, column: "l.owner")
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) where name != first.key {
            filter.add(
                """
                EXISTS (SELECT 1 FROM record_labels o
                WHERE o.kind = l.kind AND o.name = ? AND o.value = ? AND o.id = l.id)
                """,
                .text(name),
                .text(value),
            )
        }
        return (
            isOwners ? "record_labels l INDEXED BY record_labels_by_owner" : "record_labels l",
            filter,
        )
    }

    /// The label with the fewest rows, as far as ``probeMax`` of them tell; nil without labels.
    private func rarest(
        _ kind: RecordKind,
        _ scope: RecordScope,
        _ labels: [String: String],
    ) throws -> (key: String, value: String)? {
        guard labels.count > 1 else { return labels.first }
        let counted = try labels.sorted { $0.key < $1.key }.map { name, value in
            let (tables, filter) = try source(kind, scope, [name: value])
            let sql = """
                SELECT count(*) FROM (SELECT 1 FROM \(tables) WHERE \(filter.text)
                LIMIT \(Self.probeMax))
                """
            let count = try prepared(sql).all(filter.values) { $0.int(0) }.first ?? 0
            return (name, value, count)
        }
        return counted.min { $0.2 < $1.2 }.map { ($0.0, $0.1) }
    }

    // MARK: Due

    static let dueStatement = """
        SELECT \(columns) FROM records r INDEXED BY records_by_due
        WHERE r.kind = ? AND r.due_at IS NOT NULL AND r.due_at <= ? ORDER BY r.due_at, r.id LIMIT ?
        """

    static let nextDueStatement = """
        SELECT due_at FROM records INDEXED BY records_by_due
        WHERE kind = ? AND due_at IS NOT NULL ORDER BY due_at LIMIT 1
        """

    func due(
        _ kind: RecordKind,
        now: Timestamp,
        limit: Int,
    ) throws -> [(number: Int64, record: Record)] {
        let limit = Int64(RecordLimits.claim(limit))
        return try prepared(Self.dueStatement)
            .all([.text(kind.rawValue), .int(now.milliseconds), .int(limit)]) { row in
                (row.int(8), Self.record(row))
            }
    }

    func nextDue(_ kind: RecordKind) throws -> Timestamp? {
        try prepared(Self.nextDueStatement).first(.text(kind.rawValue)) {
            Timestamp(milliseconds: $0.int(0))
        }
    }

    // MARK: Rows

    private func rows(_ sql: String, _ filter: Filter) throws -> [Record] {
        try prepared(sql).all(filter.values, read: Self.record)
    }

    /// Reads the columns of ``columns``.
    private static func record(_ row: Prepared) -> Record {
        Record(
            kind: RecordKind(rawValue: row.text(0)),
            id: row.text(1),
            owner: row.text(2),
            version: row.int(3),
            document: row.blob(4),
            dueAt: row.optionalInt(5).map { Timestamp(milliseconds: $0) },
            createdAt: Timestamp(milliseconds: row.int(6)),
            updatedAt: Timestamp(milliseconds: row.int(7)),
        )
    }
}
