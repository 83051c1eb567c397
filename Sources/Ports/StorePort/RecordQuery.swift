/// Whose records a read can see. A record outside the scope is as absent as one that never was.
package enum RecordScope: Sendable, Hashable {
    /// Every record.
    case account
    /// Only records whose owner is exactly this.
    case owner(String)
}

/// A page of one kind's records, in the order of their ids' bytes.
package struct RecordQuery: Sendable, Hashable {
    package var kind: RecordKind
    package var scope: RecordScope
    /// All must match.
    package var labels: [String: String]
    /// The page begins behind this id.
    package var after: String?
    /// 1...1000.
    package var limit: Int
    /// Ids descending; `after` is then the id before which the page begins. Ids that are made in
    /// order of time are newest first.
    package var newestFirst: Bool

    package init(
        kind: RecordKind,
        scope: RecordScope,
        labels: [String: String] = [:],
        after: String? = nil,
        limit: Int = 100,
        newestFirst: Bool = false,
    ) {
        self.kind = kind
        self.scope = scope
        self.labels = labels
        self.after = after
        self.limit = limit
        self.newestFirst = newestFirst
    }
}
