import Model

/// One step of ``RecordStore/change(_:now:)``.
package enum RecordChange: Sendable, Hashable {
    case put(RecordPut)
    /// Deleting what is not there is no conflict when `expected` is `any` or `absent`.
    case delete(RecordKind, id: String, expected: RecordExpectation)

    package var kind: RecordKind {
        switch self {
        case .put(let put): put.kind
        case .delete(let kind, _, _): kind
        }
    }

    package var id: String {
        switch self {
        case .put(let put): put.id
        case .delete(_, let id, _): id
        }
    }

    package var expected: RecordExpectation {
        switch self {
        case .put(let put): put.expected
        case .delete(_, _, let expected): expected
        }
    }
}

/// A record as it is to be. It replaces owner, document, unique values, labels and `dueAt` as a
/// whole; the time of creation stays.
package struct RecordPut: Sendable, Hashable {
    package var kind: RecordKind
    package var id: String
    package var owner: String
    package var document: [UInt8]
    /// Values by name that no other record of the kind has, whoever owns it, such as `external_id`.
    package var unique: [String: String]
    /// Values by name that lists and counts can ask for, such as `state`.
    package var labels: [String: String]
    /// When ``RecordStore/claimDue(_:now:hideUntil:limit:)`` gives it out; nil: never.
    package var dueAt: Timestamp?
    package var expected: RecordExpectation

    package init(
        kind: RecordKind,
        id: String,
        owner: String = "",
        document: [UInt8],
        unique: [String: String] = [:],
        labels: [String: String] = [:],
        dueAt: Timestamp? = nil,
        expected: RecordExpectation = .any,
    ) {
        self.kind = kind
        self.id = id
        self.owner = owner
        self.document = document
        self.unique = unique
        self.labels = labels
        self.dueAt = dueAt
        self.expected = expected
    }
}

/// What must be there for a change to happen.
package enum RecordExpectation: Sendable, Hashable {
    case any
    case absent
    case version(Int64)

    /// `current` is 0 when there is no record.
    package func isMet(by current: Int64) -> Bool {
        switch self {
        case .any: true
        case .absent: current == 0
        case .version(let version): current == version
        }
    }
}

package enum RecordChangeResult: Sendable, Hashable {
    /// The new version of each change, 0 for a delete.
    case done(versions: [Int64])
    /// Nothing was written; the first change that could not happen.
    case conflict(index: Int, RecordConflict)
}

extension RecordChangeResult {
    /// Why an execution's write cannot be done with these records; nil when it can.
    package func refusal(_ id: ExecutionID) -> StoreError? {
        guard case .conflict(let index, let conflict) = self else { return nil }
        return .corrupt("\(id): change \(index) of its records is in conflict: \(conflict)")
    }
}

package enum RecordConflict: Sendable, Hashable {
    /// The expectation was not met; 0 when there is no record.
    case version(current: Int64)
    /// Another record of the kind has this unique value.
    case unique(name: String, holder: String)
}

/// Records that change together with something else, in its transaction.
package struct RecordWrite: Sendable, Hashable {
    /// At most ``RecordLimits/changesMax``. A conflict refuses the whole write.
    package var changes: [RecordChange]
    package var now: Timestamp

    package init(_ changes: [RecordChange], now: Timestamp) {
        self.changes = changes
        self.now = now
    }
}
