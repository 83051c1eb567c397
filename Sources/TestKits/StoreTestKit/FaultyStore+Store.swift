import Model
import StorePort

extension FaultyStore {
    package func register(
        now: Timestamp,
        lease: TimeSpan,
    ) async throws(StoreError) -> Worker {
        try await call("register") { store throws(StoreError) in
            try await store.register(now: now, lease: lease)
        }
    }

    package func heartbeat(
        _ worker: WorkerID,
        now: Timestamp,
        lease: TimeSpan,
    ) async throws(StoreError) {
        try await call("heartbeat") { store throws(StoreError) in
            try await store.heartbeat(worker, now: now, lease: lease)
        }
    }

    package func leave(
        _ worker: WorkerID
    ) async throws(StoreError) {
        try await call("leave") { store throws(StoreError) in
            try await store.leave(worker)
        }
    }

    package func putDefinitions(
        _ definitions: [StoredDefinition]
    ) async throws(StoreError) {
        try await call("putDefinitions") { store throws(StoreError) in
            try await store.putDefinitions(definitions)
        }
    }

    package func definition(
        digest: String
    ) async throws(StoreError) -> StoredDefinition? {
        try await call("definition") { store throws(StoreError) in
            try await store.definition(digest: digest)
        }
    }

    package func create(
        _ execution: NewExecution
    ) async throws(StoreError) -> CreateResult {
        try await call("create") { store throws(StoreError) in
            try await store.create(execution)
        }
    }

    package func append(
        _ write: JournalWrite
    ) async throws(StoreError) {
        try await call("append") { store throws(StoreError) in
            try await store.append(write)
        }
    }

    package func claim(
        _ worker: WorkerID,
        now: Timestamp,
        limit: Int,
        perInstance: Int,
    ) async throws(StoreError) -> [StoredExecution] {
        try await call("claim") { store throws(StoreError) in
            try await store.claim(worker, now: now, limit: limit, perInstance: perInstance)
        }
    }

    package func claim(
        _ id: ExecutionID,
        by worker: WorkerID,
        now: Timestamp,
    ) async throws(StoreError) -> StoredExecution? {
        try await call("claim") { store throws(StoreError) in
            try await store.claim(id, by: worker, now: now)
        }
    }

    package func requestCancel(
        _ id: ExecutionID,
        by actor: String,
        now: Timestamp,
    ) async throws(StoreError) -> StoredExecution {
        try await call("requestCancel") { store throws(StoreError) in
            try await store.requestCancel(id, by: actor, now: now)
        }
    }

    package func reopen(_ reopening: Reopening) async throws(StoreError) -> ReopenResult {
        try await call("reopen") { store throws(StoreError) in
            try await store.reopen(reopening)
        }
    }

    package func signals(
        for worker: WorkerID
    ) async throws(StoreError) -> [StoreSignal] {
        try await call("signals") { store throws(StoreError) in
            try await store.signals(for: worker)
        }
    }

    package func execution(
        _ id: ExecutionID
    ) async throws(StoreError) -> StoredExecution? {
        try await call("execution") { store throws(StoreError) in
            try await store.execution(id)
        }
    }

    package func journal(
        _ id: ExecutionID
    ) async throws(StoreError) -> [JournalEntry] {
        try await call("journal") { store throws(StoreError) in
            try await store.journal(id)
        }
    }

    package func child(
        of parent: ExecutionID,
        occurrence: String,
    ) async throws(StoreError) -> StoredExecution? {
        try await call("child") { store throws(StoreError) in
            try await store.child(of: parent, occurrence: occurrence)
        }
    }

    package func executions(
        _ query: ExecutionQuery
    ) async throws(StoreError) -> [StoredExecution] {
        try await call("executions") { store throws(StoreError) in
            try await store.executions(query)
        }
    }

    package func counts() async throws(StoreError) -> StoreCounts {
        try await call("counts") { store throws(StoreError) in
            try await store.counts()
        }
    }

    package func nextWake() async throws(StoreError) -> Timestamp? {
        try await call("nextWake") { store throws(StoreError) in
            try await store.nextWake()
        }
    }

    package func prune(
        finishedBefore before: Timestamp,
        limit: Int,
    ) async throws(StoreError) -> Int {
        try await call("prune") { store throws(StoreError) in
            try await store.prune(finishedBefore: before, limit: limit)
        }
    }

    package func value(
        _ key: DataKey,
        now: Timestamp,
    ) async throws(StoreError) -> StoredValue? {
        try await call("value") { store throws(StoreError) in
            try await store.value(key, now: now)
        }
    }

    package func setValue(
        _ key: DataKey,
        to value: [UInt8],
        expiresAt: Timestamp?,
        expected: Int64?,
        now: Timestamp,
    ) async throws(StoreError) -> Int64? {
        try await call("setValue") { store throws(StoreError) in
            try await store.setValue(
                key,
                to: value,
                expiresAt: expiresAt,
                expected: expected,
                now: now,
            )
        }
    }

    package func removeValue(
        _ key: DataKey,
        expected: Int64?,
        now: Timestamp,
    ) async throws(StoreError) -> Bool {
        try await call("removeValue") { store throws(StoreError) in
            try await store.removeValue(key, expected: expected, now: now)
        }
    }

    package func keys(
        scope: DataScope,
        prefix: String,
        after: String?,
        limit: Int,
        now: Timestamp,
    ) async throws(StoreError) -> [String] {
        try await call("keys") { store throws(StoreError) in
            try await store.keys(
                scope: scope,
                prefix: prefix,
                after: after,
                limit: limit,
                now: now,
            )
        }
    }

    package func pruneValues(
        now: Timestamp,
        limit: Int,
    ) async throws(StoreError) -> Int {
        try await call("pruneValues") { store throws(StoreError) in
            try await store.pruneValues(now: now, limit: limit)
        }
    }

    package func setting(
        _ name: String
    ) async throws(StoreError) -> [UInt8]? {
        try await call("setting") { store throws(StoreError) in
            try await store.setting(name)
        }
    }

    package func putSettingIfAbsent(
        _ name: String,
        _ value: [UInt8],
    ) async throws(StoreError) -> [UInt8] {
        try await call("putSettingIfAbsent") { store throws(StoreError) in
            try await store.putSettingIfAbsent(name, value)
        }
    }
}
