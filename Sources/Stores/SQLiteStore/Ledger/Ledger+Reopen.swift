import Model
import StorePort

extension Ledger {
    func reopen(_ reopening: Reopening) throws -> ReopenResult {
        let id = reopening.id
        let current = try head(id)
        guard current.status == .finished, current.finishedAt == reopening.finishedAt else {
            return .changed(current)
        }
        let row = try sql.readTransition.first(.int(id.rawValue)) {
            (instance: $0.int(2), number: $0.int(3))
        }
        guard let row else { throw StoreError.notFound }
        let first = try reader.nextSequence(row.number)
        guard isContinuous(reopening.entries, from: first) else {
            throw StoreError.corrupt("\(id): entries do not continue the journal at \(first)")
        }
        // First, as a refusal must leave nothing behind.
        if let records = reopening.records {
            let result = try change(records.changes, now: records.now)
            if let refusal = result.refusal(id) { throw refusal }
        }
        try add(reopening.entries, number: row.number, first: first)
        try statement(
            """
            UPDATE executions SET status = 2, reason = 0, finished_at = ?2, problem = NULL,
                cancel_requested_by = NULL, held_by = NULL, due_at = 0, resumed = resumed + 1
            WHERE id = ?1
            """
        ).run(.int(id.rawValue), .int(id.createdAt.milliseconds))
        tally.add(1, status: StatusCode.queued, isHeld: false, instance: row.instance)
        return .reopened(try head(id))
    }

    /// An end without an event of its own lies in a row that the next entry's row would be: then
    /// the entries follow the result there.
    private func add(_ entries: [JournalEntry], number: Int64, first: Int) throws {
        let key = JournalKey.row(number, firstSequence: first)
        var frames = JournalFrames(reserving: size(entries) + 8)
        for entry in entries { frames.append(.entry, entry.payload) }
        let read = try statement("SELECT frames FROM journal WHERE key = ?")
        let end = try read.first(.int(key)) { $0.blob(0) }
        if let end {
            try statement("UPDATE journal SET frames = ?2 WHERE key = ?1")
                .run(.int(key), .blob(end + frames.bytes))
        } else {
            try sql.insertJournal.run(.int(key), .blob(frames.bytes))
        }
    }

    /// An unfinished replay: the oldest.
    func replay(of source: ExecutionID) throws -> StoredExecution? {
        let id = try statement(
            """
            SELECT id FROM executions INDEXED BY executions_by_source
            WHERE replay_of = ? AND status <> 1 ORDER BY id LIMIT 1
            """
        ).first(.int(source.rawValue)) { $0.int(0) }
        return try id.map { try head(ExecutionID(rawValue: $0)) }
    }
}
