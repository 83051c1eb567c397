import Model

/// A finished execution that goes on.
package struct Reopening: Sendable, Hashable {
    package var id: ExecutionID
    /// When it finished, as the caller knows it: an execution that was opened again meanwhile, or
    /// has finished anew, stays as it is.
    package var finishedAt: Timestamp
    /// Continue its journal: what tells from where it goes on.
    package var entries: [JournalEntry]
    /// Records that change in the same transaction.
    package var records: RecordWrite?

    package init(
        id: ExecutionID,
        finishedAt: Timestamp,
        entries: [JournalEntry],
        records: RecordWrite? = nil,
    ) {
        self.id = id
        self.finishedAt = finishedAt
        self.entries = entries
        self.records = records
    }
}

package enum ReopenResult: Sendable, Hashable {
    /// As it is now: queued, and due at once.
    case reopened(StoredExecution)
    /// It is not what the caller knew; nothing was written.
    case changed(StoredExecution)
}
