import GRDB
import Model
import StorePort

/// Reads heads and journals on one connection, inside one access of it.
struct ExecutionReader {
    static let columns = """
        e.id, e.number, w.name, w.solution, i.name, o.digest, e.correlation, e.parent,
        e.parent_occurrence, e.parent_waits, e.status, e.held_by, e.due_at, e.cancel_requested_by,
        e.reason, e.finished_at, e.problem, e.replay_of, e.root, e.resumed
        """
    /// CROSS JOIN keeps SQLite from beginning with the small tables.
    static let tables = """
        executions e CROSS JOIN origins o ON o.id = e.origin
        CROSS JOIN workflows w ON w.id = o.workflow CROSS JOIN instances i ON i.id = o.instance
        """

    private let headByID: Prepared
    private let creationRow: Prepared
    private let lastRow: Prepared
    private let rows: Prepared

    /// `prepare` makes or finds the statement of a text.
    init(prepare: (String) throws -> Prepared) throws {
        headByID = try prepare("SELECT \(Self.columns) FROM \(Self.tables) WHERE e.id = ?")
        creationRow = try prepare("SELECT frames FROM journal WHERE key = ?")
        lastRow = try prepare(
            "SELECT key, frames FROM journal WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 1"
        )
        rows = try prepare(
            "SELECT key, frames FROM journal WHERE key >= ? AND key < ? ORDER BY key"
        )
    }

    /// With the statements that the connection keeps.
    init(_ database: Database) throws {
        try self.init { Prepared(try database.cachedStatement(sql: $0)) }
    }

    func head(_ id: ExecutionID, withBodies: Bool = true) throws -> StoredExecution? {
        guard let found = try headByID.first(.int(id.rawValue), read: Self.head) else { return nil }
        return withBodies ? try addingBodies(found) : found.head
    }

    /// Input, and the result of a finished execution.
    func addingBodies(_ found: (head: StoredExecution, number: Int64)) throws -> StoredExecution {
        var head = found.head
        let creation = JournalKey.creation(found.number)
        let isThere: Void? = try creationRow.first(.int(creation)) { row in
            try row.withBytes(0) { frames in
                try JournalFrames.read(frames) { kind, bytes in
                    if kind == .input { head.input = Array(bytes) }
                }
            }
        }
        guard isThere != nil else {
            throw StoreError.corrupt("\(head.id) has no journal")
        }
        guard head.status == .finished else { return head }
        try lastRow.first(.int(creation), .int(JournalKey.end(found.number))) { row in
            try row.withBytes(1) { frames in
                try JournalFrames.read(frames) { kind, bytes in
                    if kind == .result { head.result = Array(bytes) }
                }
            }
        }
        return head
    }

    func journal(_ id: ExecutionID) throws -> [JournalEntry] {
        let number = try headByID.first(.int(id.rawValue)) { $0.int(1) }
        guard let number else { return [] }
        return try entries(number)
    }

    private func entries(_ number: Int64) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        let range: [SQLValue] = [
            .int(JournalKey.creation(number)), .int(JournalKey.end(number)),
        ]
        _ = try rows.all(range) { row in
            var sequence = JournalKey.firstSequence(row.int(0))
            try row.withBytes(1) { frames in
                try JournalFrames.read(frames) { kind, bytes in
                    guard kind == .entry else { return }
                    entries.append(JournalEntry(sequence: sequence, payload: Array(bytes)))
                    sequence += 1
                }
            }
        }
        return entries
    }

    /// The sequence that the next entry of an execution has.
    func nextSequence(_ number: Int64) throws -> Int {
        let from = SQLValue.int(JournalKey.creation(number))
        return try lastRow.first(from, .int(JournalKey.end(number))) { row in
            var next = JournalKey.firstSequence(row.int(0))
            try row.withBytes(1) { frames in
                try JournalFrames.read(frames) { kind, _ in if kind == .entry { next += 1 } }
            }
            return next
        } ?? 0
    }

    /// Reads the columns of ``columns``.
    static func head(_ row: Prepared) throws -> (head: StoredExecution, number: Int64) {
        var new = NewExecution(
            id: ExecutionID(rawValue: row.int(0)),
            workflow: row.text(2),
            solution: row.optionalText(3),
            instance: row.text(4),
            digest: row.text(5),
            input: [],
            correlationID: row.optionalText(6),
        )
        if let parent = row.optionalInt(7) {
            new.parent = ParentReference(
                id: ExecutionID(rawValue: parent),
                occurrence: row.text(8),
                waits: row.int(9) != 0,
            )
        }
        var head = StoredExecution(new)
        head.status = try StatusCode.status(row.int(10))
        head.heldBy = row.optionalInt(11).map { WorkerID(rawValue: $0) }
        if let due = row.optionalInt(12), due > 0 { head.wakeAt = Timestamp(milliseconds: due) }
        head.cancelRequestedBy = row.optionalText(13)
        head.reason = try StatusCode.reason(row.int(14))
        if head.status == .finished { head.finishedAt = Timestamp(milliseconds: row.int(15)) }
        if let slug = row.optionalText(16) {
            guard let problem = ProblemType(rawValue: slug) else {
                throw StoreError.corrupt("\(slug) is no problem type")
            }
            head.problem = problem
        }
        head.replayOf = row.optionalInt(17).map { ExecutionID(rawValue: $0) }
        head.root = row.optionalInt(18).map { ExecutionID(rawValue: $0) }
        head.resumed = Int(row.int(19))
        return (head, row.int(1))
    }
}
