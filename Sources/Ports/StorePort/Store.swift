import Model

/// Where everything durable lives. Implementations pass one contract suite.
///
/// Every write is one transaction. Implementations gather writes that arrive together into one
/// commit (group commit) and return to each caller only after its write is durable. Reads see every
/// write that returned before they began. All methods may be called from any task at once.
package protocol Store: RecordStore {
    /// Joins as a worker. Several workers, in one or more processes, may use a store; a store that
    /// one process owns by a lock treats earlier workers as gone at once.
    func register(now: Timestamp, lease: TimeSpan) async throws(StoreError) -> Worker
    /// Keeps the worker's claims alive until `now + lease`. Fails with `leaseLost` when it is late
    /// and the worker was given up.
    func heartbeat(_ worker: WorkerID, now: Timestamp, lease: TimeSpan) async throws(StoreError)
    /// Gives back everything that the worker holds; it is due at once. Unknown workers may leave.
    func leave(_ worker: WorkerID) async throws(StoreError)

    /// Keeps definition sources by digest; already known ones are left as they are.
    func putDefinitions(_ definitions: [StoredDefinition]) async throws(StoreError)
    func definition(digest: String) async throws(StoreError) -> StoredDefinition?

    /// Makes an execution, or finds the one that its `idempotency` key already made, or the replay
    /// that keeps a sole one (``Lineage``) from being made, in this order. Fails with
    /// `leaseLost` when `heldBy` is no live worker, and with `corrupt` when the id is taken.
    func create(_ execution: NewExecution) async throws(StoreError) -> CreateResult
    /// Adds to an execution's journal and changes its head, atomically. Fails with `leaseLost`
    /// unless the worker holds it, also when it finished or does not exist, and with `corrupt`,
    /// writing nothing, when the entries do not continue the journal without a gap, or one of its
    /// records is in conflict or over a limit.
    func append(_ write: JournalWrite) async throws(StoreError)
    /// Takes executions that nobody holds and that are due: queued, or with `wakeAt` not after
    /// `now`, or held by another worker whose lease ran out (which is then given up). Oldest first
    /// within an instance, at most `perInstance` of one instance; the next claim begins with the
    /// instance after the last one served, so that none starves the others. `limit` is 1...64.
    /// The heads show the status from before the claim. Fails with `leaseLost` for a worker that
    /// was given up.
    func claim(
        _ worker: WorkerID,
        now: Timestamp,
        limit: Int,
        perInstance: Int,
    )
        async throws(StoreError) -> [StoredExecution]
    /// Takes one execution, when nobody holds it and it has not finished: nil otherwise.
    func claim(
        _ id: ExecutionID,
        by worker: WorkerID,
        now: Timestamp,
    )
        async throws(StoreError) -> StoredExecution?
    /// Marks an unfinished execution as to be cancelled, whoever holds it, and makes it due. The
    /// first actor is kept; a finished execution is given back as it is. Fails with `notFound`.
    func requestCancel(
        _ id: ExecutionID,
        by actor: String,
        now: Timestamp,
    )
        async throws(StoreError) -> StoredExecution
    /// Queues a finished execution again, held by nobody and due at once, one more time `resumed`.
    /// Reason, time of finishing, problem, result and the wish to cancel it are gone. Fails with
    /// `notFound`, and with `corrupt`, writing nothing, when the entries do not continue the
    /// journal without a gap, or one of the records is in conflict or over a limit.
    func reopen(_ reopening: Reopening) async throws(StoreError) -> ReopenResult
    /// Ids of this worker's executions that were marked for cancelling, and children whose end a
    /// held execution waits for: what other workers have to say to this one. Each is given at least
    /// once to the worker that holds the execution, unless the worker gives the execution back.
    /// Children that the worker itself finished are left out.
    func signals(for worker: WorkerID) async throws(StoreError) -> [StoreSignal]

    func execution(_ id: ExecutionID) async throws(StoreError) -> StoredExecution?
    /// The journal in order; empty when there is no such execution.
    func journal(_ id: ExecutionID) async throws(StoreError) -> [JournalEntry]
    /// The child that this occurrence of a parent's step started: the newest.
    func child(
        of parent: ExecutionID,
        occurrence: String,
    )
        async throws(StoreError) -> StoredExecution?
    /// Newest first.
    func executions(_ query: ExecutionQuery) async throws(StoreError) -> [StoredExecution]
    func counts() async throws(StoreError) -> StoreCounts
    /// The earliest `wakeAt` that no claim has seen come yet; nil when there is none.
    func nextWake() async throws(StoreError) -> Timestamp?

    /// Deletes up to `limit` executions that finished before `before`, oldest first, with their
    /// journals, idempotency keys and data of execution scope; how many. Fewer than `limit` means
    /// that none is left.
    func prune(finishedBefore before: Timestamp, limit: Int) async throws(StoreError) -> Int

    // Data storage. A value whose `expiresAt` is not after `now` is as absent as one never set.
    func value(_ key: DataKey, now: Timestamp) async throws(StoreError) -> StoredValue?
    /// Sets a value; with `expected`, only when the current version equals it (0: absent). The new
    /// version, or nil when the comparison failed.
    func setValue(
        _ key: DataKey,
        to value: [UInt8],
        expiresAt: Timestamp?,
        expected: Int64?,
        now: Timestamp,
    ) async throws(StoreError) -> Int64?
    /// True when there was one (and its version equalled `expected`, when given).
    func removeValue(
        _ key: DataKey,
        expected: Int64?,
        now: Timestamp,
    )
        async throws(StoreError) -> Bool
    /// Keys of one scope with a prefix, in the order of their UTF-8 bytes, after `after`; at most
    /// `limit` (1...1000).
    func keys(
        scope: DataScope,
        prefix: String,
        after: String?,
        limit: Int,
        now: Timestamp,
    ) async throws(StoreError) -> [String]
    /// Deletes up to `limit` expired values; how many.
    func pruneValues(now: Timestamp, limit: Int) async throws(StoreError) -> Int

    /// Small durable settings of the deployment, such as hashed admin tokens: read, or set once.
    func setting(_ name: String) async throws(StoreError) -> [UInt8]?
    /// Sets it unless it exists; gives what is there afterwards.
    func putSettingIfAbsent(_ name: String, _ value: [UInt8]) async throws(StoreError) -> [UInt8]

    /// Ends all use: pending writes are committed, later calls fail with `closed`. May be repeated.
    func close() async
}
