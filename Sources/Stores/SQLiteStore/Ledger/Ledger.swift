import GRDB
import Model
import StorePort

/// The writer's view of the database: its statements, and what it keeps in memory to answer without
/// reading. Confined to the writer's thread and used inside a transaction only.
///
/// What is kept in memory is always derivable from the tables: after a failed transaction it is
/// rebuilt from them. Workers are the exception: their leases live only as long as the process,
/// because the file belongs to one process.
///
/// Every operation checks first and writes then, so that a refusal leaves nothing behind and needs
/// no savepoint; several changes of records at once are the exception.
final class Ledger {
    let database: Database
    let sql: LedgerStatements
    let reader: ExecutionReader
    let keepsEarlierWorkers: Bool
    var names: NameTable

    var workers: [Int64: LiveWorker] = [:]
    var holdings: [Int64: Holding] = [:]
    var signals: [Int64: Set<StoreSignal>] = [:]
    var tally = Tally()
    var nextNumber: Int64 = 1
    /// Whether executions may be held by workers that are not known here.
    var hasStrangers = true
    /// The instance that the last claim served last.
    var lastServed: Int64 = 0
    /// Nothing up to this id finished before `prunedBefore`.
    var pruneCursor: Int64 = 0
    var prunedBefore = Timestamp(milliseconds: .min)

    init(_ database: Database, keepsEarlierWorkers: Bool) throws {
        self.database = database
        self.keepsEarlierWorkers = keepsEarlierWorkers
        sql = try LedgerStatements(database)
        reader = try ExecutionReader { try Prepared($0, on: database) }
        names = try NameTable(database)
        try rebuild()
    }

    /// Reads what is kept in memory from the tables.
    func rebuild() throws {
        names.forget()
        holdings = [:]
        tally = Tally()
        hasStrangers = true
        pruneCursor = 0
        let last = try statement("SELECT max(key) FROM journal").first { $0.optionalInt(0) } ?? nil
        nextNumber = last.map { ($0 >> 24) + 1 } ?? 1
        let due = """
            SELECT instance, status, count(*) FROM executions INDEXED BY unfinished
            WHERE status <> 1 AND due_at IS NOT NULL GROUP BY instance, status
            """
        _ = try statement(due).all([]) { row in
            let count = Int(row.int(2))
            tally.add(count, status: row.int(1), isHeld: false, instance: row.int(0))
        }
        let rest = """
            SELECT status, held_by, instance, number, parent, parent_waits, id
            FROM executions INDEXED BY unfinished WHERE status <> 1 AND due_at IS NULL
            """
        _ = try statement(rest).all([]) { row in
            let worker = row.optionalInt(1)
            tally.add(1, status: row.int(0), isHeld: worker != nil, instance: row.int(2))
            if let worker { holdings[row.int(6)] = Self.holding(row, worker: worker) }
        }
    }

    /// From the columns of `readTransition`.
    static func holding(_ row: Prepared, worker: Int64) -> Holding {
        Holding(
            worker: worker,
            number: row.int(3),
            instance: row.int(2),
            status: row.int(0),
            nextSequence: nil,
            waitingParent: row.int(5) != 0 ? row.optionalInt(4) : nil,
        )
    }

    /// A statement that is not needed often.
    func statement(_ text: String) throws -> Prepared {
        Prepared(try database.cachedStatement(sql: text))
    }

    func head(_ id: ExecutionID) throws -> StoredExecution {
        guard let head = try reader.head(id) else { throw StoreError.notFound }
        return head
    }

    func counts() throws -> StoreCounts {
        var queued: [String: Int] = [:]
        queued.reserveCapacity(tally.queuedByInstance.count)
        for (instance, count) in tally.queuedByInstance {
            queued[try names.instanceName(instance), default: 0] += count
        }
        return StoreCounts(
            queued: tally.queued,
            running: tally.running,
            waiting: tally.waiting,
            queuedByInstance: queued,
        )
    }
}
