import Model
import StorePort

extension Ledger {
    func prune(finishedBefore before: Timestamp, limit: Int) throws -> Int {
        if before > prunedBefore {
            // What the last passes left for its age may be old enough now.
            pruneCursor = 0
            prunedBefore = before
        }
        let deleted = try prunePass(before, limit)
        if deleted < limit { pruneCursor = 0 }
        try giveSpaceBack()
        return deleted
    }

    /// Ids are in the order of creation, and nothing finishes before it was created: no index on the
    /// time of finishing is needed.
    private func prunePass(_ before: Timestamp, _ limit: Int) throws -> Int {
        let find = """
            SELECT id, number FROM executions NOT INDEXED
            WHERE id > ? AND id < ? AND status = 1 AND finished_at < ? ORDER BY id LIMIT ?
            """
        let values: [SQLValue] = [
            .int(pruneCursor), .int(ExecutionList.firstID(at: before)),
            .int(before.milliseconds), .int(Int64(limit)),
        ]
        let found = try statement(find).all(values) { (id: $0.int(0), number: $0.int(1)) }
        for (id, number) in found {
            try statement("DELETE FROM journal WHERE key >= ? AND key < ?").run(
                .int(JournalKey.creation(number)),
                .int(JournalKey.end(number)),
            )
            try statement("DELETE FROM executions WHERE id = ?").run(.int(id))
            let scope = DataScope.execution(ExecutionID(rawValue: id)).exactText.text
            try statement("DELETE FROM data WHERE scope = ?").run(.text(scope))
        }
        if let last = found.last { pruneCursor = last.id }
        return found.count
    }

    /// Freed pages are used again by later writes. Only when over a quarter of the file is free,
    /// for example after retention was shortened, some are given back to the file system.
    private func giveSpaceBack() throws {
        let free = try statement("PRAGMA freelist_count").first { $0.int(0) } ?? 0
        let all = try statement("PRAGMA page_count").first { $0.int(0) } ?? 0
        guard free > 1024, free > all / 4 else { return }
        _ = try statement("PRAGMA incremental_vacuum(256)").all([]) { _ in }
    }
}
