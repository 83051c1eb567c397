import GRDB
import Model
import StorePort

extension SQLiteStore {
    package func register(
        now: Timestamp,
        lease: TimeSpan,
    ) async throws(StoreError) -> Worker {
        try await write { try $0.register(now: now, lease: lease) }
    }

    package func heartbeat(
        _ worker: WorkerID,
        now: Timestamp,
        lease: TimeSpan,
    ) async throws(StoreError) {
        try await write { try $0.heartbeat(worker, now: now, lease: lease) }
    }

    package func leave(_ worker: WorkerID) async throws(StoreError) {
        try await write { try $0.leave(worker) }
    }

    package func create(_ execution: NewExecution) async throws(StoreError) -> CreateResult {
        let cost = execution.entries.reduce(execution.input.count + 256) { $0 + $1.payload.count }
        return try await write(cost: cost) { try $0.create(execution) }
    }

    package func append(_ write: JournalWrite) async throws(StoreError) {
        var cost = write.entries.reduce(64) { $0 + $1.payload.count }
        if let records = write.records {
            try RecordLimits.check(records.changes)
            cost += Self.cost(of: records.changes)
        }
        try await self.write(cost: cost) { try $0.append(write) }
    }

    package func claim(
        _ worker: WorkerID,
        now: Timestamp,
        limit: Int,
        perInstance: Int,
    ) async throws(StoreError) -> [StoredExecution] {
        try await write {
            try $0.claim(worker, now: now, limit: limit, perInstance: perInstance)
        }
    }

    package func claim(
        _ id: ExecutionID,
        by worker: WorkerID,
        now: Timestamp,
    ) async throws(StoreError) -> StoredExecution? {
        try await write { try $0.claim(id, by: worker, now: now) }
    }

    package func requestCancel(
        _ id: ExecutionID,
        by actor: String,
        now: Timestamp,
    ) async throws(StoreError) -> StoredExecution {
        try await write { try $0.requestCancel(id, by: actor) }
    }

    package func reopen(_ reopening: Reopening) async throws(StoreError) -> ReopenResult {
        var cost = reopening.entries.reduce(64) { $0 + $1.payload.count }
        if let records = reopening.records {
            try RecordLimits.check(records.changes)
            cost += Self.cost(of: records.changes)
        }
        return try await write(cost: cost) { try $0.reopen(reopening) }
    }

    package func signals(for worker: WorkerID) async throws(StoreError) -> [StoreSignal] {
        try await write { $0.takeSignals(worker) }
    }

    package func execution(_ id: ExecutionID) async throws(StoreError) -> StoredExecution? {
        try await read { try ExecutionReader($0).head(id) }
    }

    package func journal(_ id: ExecutionID) async throws(StoreError) -> [JournalEntry] {
        try await read { try ExecutionReader($0).journal(id) }
    }

    package func child(
        of parent: ExecutionID,
        occurrence: String,
    ) async throws(StoreError) -> StoredExecution? {
        try await read { database in
            let sql = """
                SELECT id FROM executions WHERE parent = ? AND parent_occurrence = ?
                ORDER BY id DESC LIMIT 1
                """
            let id = try Prepared(try database.cachedStatement(sql: sql))
                .first(.int(parent.rawValue), .text(occurrence)) { $0.int(0) }
            guard let id else { return nil }
            return try ExecutionReader(database).head(ExecutionID(rawValue: id))
        }
    }

    package func executions(
        _ query: ExecutionQuery
    ) async throws(StoreError) -> [StoredExecution] {
        try await read { try ExecutionList(database: $0, query: query).page() }
    }

    package func counts() async throws(StoreError) -> StoreCounts {
        try await write { try $0.counts() }
    }

    package func nextWake() async throws(StoreError) -> Timestamp? {
        try await read { database in
            let sql = """
                SELECT due_at FROM executions INDEXED BY unfinished
                WHERE status <> 1 AND due_at > 0 ORDER BY due_at LIMIT 1
                """
            return try Prepared(try database.cachedStatement(sql: sql))
                .first { Timestamp(milliseconds: $0.int(0)) }
        }
    }

    package func prune(
        finishedBefore before: Timestamp,
        limit: Int,
    ) async throws(StoreError) -> Int {
        try await write { try $0.prune(finishedBefore: before, limit: limit) }
    }
}
