import GRDB
import Model
import StorePort

/// Answers list queries, newest first, choosing the index so that a page costs no more than the
/// unfinished executions or the matching ones, whatever the table holds.
struct ExecutionList {
    let database: Database
    let query: ExecutionQuery

    private var limit: Int { StoreLimits.list(query.limit) }

    /// With more origins than this the executions themselves are scanned: matches are frequent.
    static let originsMax = 256

    func page() throws -> [StoredExecution] {
        var conditions: [String] = []
        var values: [SQLValue] = []
        func add(_ condition: String, _ value: SQLValue) {
            conditions.append(condition)
            values.append(value)
        }
        if let before = idLimit { add("e.id < ?", .int(before)) }
        if let from = query.createdFrom { add("e.id >= ?", .int(Self.firstID(at: from))) }
        if let parent = query.parent { add("e.parent = ?", .int(parent.rawValue)) }
        if let source = query.replayOf { add("e.replay_of = ?", .int(source.rawValue)) }
        if let root = query.root { add("e.root = ?", .int(root.rawValue)) }
        if let correlation = query.correlationID { add("e.correlation = ?", .text(correlation)) }
        if let status = query.status { add("e.status = ?", .int(StatusCode.of(status))) }
        if let reason = query.reason { add("e.reason = ?", .int(StatusCode.of(reason))) }
        guard hasOriginFilter else {
            return try select(index: index, conditions, values)
        }
        if !hasNarrowIndex {
            let origins = try matchingOrigins()
            // SQLite finds no way to use an index for an empty list.
            if origins.isEmpty { return [] }
            if origins.count <= Self.originsMax {
                return try merge(origins, conditions, values)
            }
        }
        if let workflow = query.workflow { add("w.name = ?", .text(workflow)) }
        if let solution = query.solution { add("w.solution = ?", .text(solution)) }
        if let instance = query.instance { add("i.name = ?", .text(instance)) }
        return try select(index: index, conditions, values)
    }

    private var hasOriginFilter: Bool {
        query.workflow != nil || query.solution != nil || query.instance != nil
    }

    /// A filter by which few executions match.
    private var hasNarrowIndex: Bool {
        query.parent != nil || query.correlationID != nil || query.replayOf != nil
            || query.root != nil
    }

    /// Exclusive.
    private var idLimit: Int64? {
        let limits = [query.before?.rawValue, query.createdTo.map(Self.firstID)]
        return limits.compactMap { $0 }.min()
    }

    /// The index that finds few rows for these filters, and the condition that lets SQLite use it.
    private var index: (name: String, condition: String?)? {
        if query.parent != nil { return ("executions_by_parent", "e.parent IS NOT NULL") }
        if query.replayOf != nil { return ("executions_by_source", "e.replay_of IS NOT NULL") }
        if query.root != nil { return ("executions_by_root", "e.root IS NOT NULL") }
        if query.correlationID != nil {
            return ("executions_by_correlation", "e.correlation IS NOT NULL")
        }
        if let status = query.status, status != .finished {
            return ("unfinished", "e.status <> 1")
        }
        if let reason = query.reason, reason != .succeeded {
            return ("unsuccessful", "e.reason > 1")
        }
        return nil
    }

    /// The smallest id that an execution made at that time may have.
    static func firstID(at time: Timestamp) -> Int64 {
        let last = ExecutionID(rawValue: .max).createdAt
        guard time <= last else { return .max }
        return ExecutionID(milliseconds: time.milliseconds, worker: 0, sequence: 0).rawValue
    }

    private func select(
        index: (name: String, condition: String?)?,
        _ conditions: [String],
        _ values: [SQLValue],
    ) throws -> [StoredExecution] {
        var tables = ExecutionReader.tables
        var conditions = conditions
        if let index {
            tables = tables.replacing(
                "executions e",
                with: "executions e INDEXED BY \(index.name)",
            )
            if let condition = index.condition { conditions.append(condition) }
        } else {
            tables = tables.replacing("executions e", with: "executions e NOT INDEXED")
        }
        return try rows(from: tables, conditions, values)
    }

    private func rows(
        from tables: String,
        _ conditions: [String],
        _ values: [SQLValue],
    ) throws -> [StoredExecution] {
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let sql = """
            SELECT \(ExecutionReader.columns) FROM \(tables) \(filter)
            ORDER BY e.id DESC LIMIT \(limit)
            """
        let heads = try Prepared(try database.cachedStatement(sql: sql))
            .all(values, read: ExecutionReader.head)
        guard query.includesBodies else { return heads.map(\.head) }
        let reader = try ExecutionReader(database)
        return try heads.map { try reader.addingBodies($0) }
    }

    // MARK: Workflow, solution, instance

    /// At most one more than ``originsMax``.
    private func matchingOrigins() throws -> [Int64] {
        var conditions: [String] = []
        var values: [SQLValue] = []
        if let workflow = query.workflow {
            conditions.append("w.name = ?")
            values.append(.text(workflow))
        }
        if let solution = query.solution {
            conditions.append("w.solution = ?")
            values.append(.text(solution))
        }
        if let instance = query.instance {
            conditions.append("i.name = ?")
            values.append(.text(instance))
        }
        let sql = """
            SELECT o.id FROM origins o JOIN workflows w ON w.id = o.workflow
            JOIN instances i ON i.id = o.instance WHERE \(conditions.joined(separator: " AND "))
            LIMIT \(Self.originsMax + 1)
            """
        return try Prepared(try database.cachedStatement(sql: sql)).all(values) { $0.int(0) }
    }

    /// The newest of each origin, merged.
    private func merge(
        _ origins: [Int64],
        _ conditions: [String],
        _ values: [SQLValue],
    ) throws -> [StoredExecution] {
        // A list by status or reason has few rows in its own index; the origins filter those.
        if let index {
            let list = origins.map(String.init).joined(separator: ",")
            return try select(index: index, conditions + ["e.origin IN (\(list))"], values)
        }
        let sql = """
            SELECT e.id FROM executions e INDEXED BY executions_by_origin
            WHERE \((["e.origin = ?"] + conditions).joined(separator: " AND "))
            ORDER BY e.id DESC LIMIT \(limit)
            """
        let statement = Prepared(try database.cachedStatement(sql: sql))
        var ids: [Int64] = []
        for origin in origins {
            ids += try statement.all([.int(origin)] + values) { $0.int(0) }
        }
        let reader = try ExecutionReader(database)
        return try ids.sorted(by: >).prefix(limit).compactMap {
            try reader.head(ExecutionID(rawValue: $0), withBodies: query.includesBodies)
        }
    }
}
