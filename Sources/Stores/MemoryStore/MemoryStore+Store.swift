import Model
import StorePort

extension MemoryStore {
    package func register(now: Timestamp, lease: TimeSpan) async throws(StoreError) -> Worker {
        try access { state throws(StoreError) in try state.register(now: now, lease: lease) }
    }

    package func heartbeat(
        _ worker: WorkerID,
        now: Timestamp,
        lease: TimeSpan,
    ) async throws(StoreError) {
        try access { state throws(StoreError) in
            guard state.workers[worker] != nil else { throw .leaseLost }
            state.workers[worker]?.leaseUntil = now + lease
        }
    }

    package func leave(_ worker: WorkerID) async throws(StoreError) {
        try access { $0.leave(worker) }
    }

    package func putDefinitions(
        _ definitions: [StoredDefinition]
    ) async throws(StoreError) {
        try access { state in
            for definition in definitions where state.definitions[definition.digest] == nil {
                state.definitions[definition.digest] = definition
            }
        }
    }

    package func definition(digest: String) async throws(StoreError) -> StoredDefinition? {
        try access { $0.definitions[digest] }
    }

    package func create(_ execution: NewExecution) async throws(StoreError) -> CreateResult {
        try access { state throws(StoreError) in try state.create(execution) }
    }

    package func append(_ write: JournalWrite) async throws(StoreError) {
        if let records = write.records { try RecordLimits.check(records.changes) }
        try access { state throws(StoreError) in try state.append(write) }
    }

    package func claim(
        _ worker: WorkerID,
        now: Timestamp,
        limit: Int,
        perInstance: Int,
    ) async throws(StoreError) -> [StoredExecution] {
        try access { state throws(StoreError) in
            try state.claim(worker, now: now, limit: limit, perInstance: perInstance)
        }
    }

    package func claim(
        _ id: ExecutionID,
        by worker: WorkerID,
        now: Timestamp,
    ) async throws(StoreError) -> StoredExecution? {
        try access { state throws(StoreError) in try state.claim(id, by: worker, now: now) }
    }

    package func requestCancel(
        _ id: ExecutionID,
        by actor: String,
        now: Timestamp,
    ) async throws(StoreError) -> StoredExecution {
        try access { state throws(StoreError) in try state.requestCancel(id, by: actor) }
    }

    package func reopen(_ reopening: Reopening) async throws(StoreError) -> ReopenResult {
        if let records = reopening.records { try RecordLimits.check(records.changes) }
        return try access { state throws(StoreError) in try state.reopen(reopening) }
    }

    package func signals(for worker: WorkerID) async throws(StoreError) -> [StoreSignal] {
        try access { $0.takeSignals(worker) }
    }

    package func execution(_ id: ExecutionID) async throws(StoreError) -> StoredExecution? {
        try access { $0.rows[id]?.head }
    }

    package func journal(_ id: ExecutionID) async throws(StoreError) -> [JournalEntry] {
        try access { $0.rows[id]?.journal ?? [] }
    }

    package func child(
        of parent: ExecutionID,
        occurrence: String,
    ) async throws(StoreError) -> StoredExecution? {
        try access { $0.child(of: parent, occurrence: occurrence) }
    }

    package func executions(
        _ query: ExecutionQuery
    ) async throws(StoreError) -> [StoredExecution] {
        try access { $0.executions(query) }
    }

    package func counts() async throws(StoreError) -> StoreCounts { try access { $0.counts } }

    package func nextWake() async throws(StoreError) -> Timestamp? { try access { $0.nextWake } }

    package func prune(
        finishedBefore before: Timestamp,
        limit: Int,
    ) async throws(StoreError) -> Int {
        try access { $0.prune(finishedBefore: before, limit: limit) }
    }

    package func value(_ key: DataKey, now: Timestamp) async throws(StoreError) -> StoredValue? {
        try access { $0.value(key, now: now) }
    }

    package func setValue(
        _ key: DataKey,
        to value: [UInt8],
        expiresAt: Timestamp?,
        expected: Int64?,
        now: Timestamp,
    ) async throws(StoreError) -> Int64? {
        try access {
            $0.setValue(key, to: value, expiresAt: expiresAt, expected: expected, now: now)
        }
    }

    package func removeValue(
        _ key: DataKey,
        expected: Int64?,
        now: Timestamp,
    ) async throws(StoreError) -> Bool {
        try access { $0.removeValue(key, expected: expected, now: now) }
    }

    package func keys(
        scope: DataScope,
        prefix: String,
        after: String?,
        limit: Int,
        now: Timestamp,
    ) async throws(StoreError) -> [String] {
        try access {
            $0.keys(scope: scope, prefix: prefix, after: after, limit: limit, now: now)
        }
    }

    package func pruneValues(now: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try access { $0.pruneValues(now: now, limit: limit) }
    }

    package func setting(_ name: String) async throws(StoreError) -> [UInt8]? {
        try access { $0.settings[ExactText(name)] }
    }

    package func putSettingIfAbsent(
        _ name: String,
        _ value: [UInt8],
    ) async throws(StoreError) -> [UInt8] {
        try access { state in
            let kept = state.settings[ExactText(name)] ?? value
            state.settings[ExactText(name)] = kept
            return kept
        }
    }
}
