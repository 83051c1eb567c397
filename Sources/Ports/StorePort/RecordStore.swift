import Model

/// Where the embedding's objects live: end users, solution versions, instances, authentications,
/// API keys, the state of triggers, audit records.
///
/// The promises of ``Store`` hold: each change or claim is one durable transaction that may share a
/// commit with others, and reads see every write that returned before they began.
package protocol RecordStore: Sendable {
    /// Makes 1...1000 changes in order, all of them or none; each sees those before it. A conflict
    /// writes nothing. What is over a limit of ``RecordLimits`` fails with `corrupt`.
    func change(
        _ changes: [RecordChange],
        now: Timestamp,
    )
        async throws(StoreError) -> RecordChangeResult

    func record(
        _ kind: RecordKind,
        id: String,
        scope: RecordScope,
    )
        async throws(StoreError) -> Record?
    /// The record with this unique value.
    func record(
        _ kind: RecordKind,
        unique name: String,
        value: String,
        scope: RecordScope,
    ) async throws(StoreError) -> Record?
    func records(_ query: RecordQuery) async throws(StoreError) -> [Record]
    func countRecords(
        _ kind: RecordKind,
        scope: RecordScope,
        labels: [String: String],
    )
        async throws(StoreError) -> Int

    /// Takes records whose `dueAt` is not after `now`, the longest due first, at most `limit`
    /// (1...256). They come due again at `hideUntil`, unless they are changed before: when the
    /// claimer dies, another gets them. Gives them as they are then, with their new version.
    func claimDue(
        _ kind: RecordKind,
        now: Timestamp,
        hideUntil: Timestamp,
        limit: Int,
    )
        async throws(StoreError) -> [Record]
    /// The earliest `dueAt` of the kind, which may have passed; nil when there is none.
    func nextDue(_ kind: RecordKind) async throws(StoreError) -> Timestamp?
}
