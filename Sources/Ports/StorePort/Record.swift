import Model

/// What sort of thing a record is, such as `end_user`: 1...32 bytes of `[a-z_]`.
package struct RecordKind: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}

/// One object of the embedding as it is kept: an end user, an instance, an API key. The store does
/// not read the document.
package struct Record: Sendable, Hashable {
    package var kind: RecordKind
    /// Unique within the kind: 1...64 bytes of `[A-Za-z0-9_:.-]`.
    package var id: String
    /// The id of the end user whose it is; the empty string is the account itself.
    package var owner: String
    /// From 1, one more at each put and each claim.
    package var version: Int64
    package var document: [UInt8]
    package var dueAt: Timestamp?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        kind: RecordKind,
        id: String,
        owner: String,
        version: Int64,
        document: [UInt8],
        dueAt: Timestamp?,
        createdAt: Timestamp,
        updatedAt: Timestamp,
    ) {
        self.kind = kind
        self.id = id
        self.owner = owner
        self.version = version
        self.document = document
        self.dueAt = dueAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
