import GRDB
import Model
import StorePort

extension SQLiteStore {
    package func change(
        _ changes: [RecordChange],
        now: Timestamp,
    ) async throws(StoreError) -> RecordChangeResult {
        try RecordLimits.check(changes)
        return try await write(cost: Self.cost(of: changes)) { try $0.change(changes, now: now) }
    }

    /// About how many bytes they write.
    static func cost(of changes: [RecordChange]) -> Int {
        changes.reduce(64) { cost, change in
            guard case .put(let put) = change else { return cost + 64 }
            return cost + put.document.count + 256
        }
    }

    package func record(
        _ kind: RecordKind,
        id: String,
        scope: RecordScope,
    ) async throws(StoreError) -> StorePort.Record? {
        try await read { try RecordReader(database: $0).record(kind, id: id, scope: scope) }
    }

    package func record(
        _ kind: RecordKind,
        unique name: String,
        value: String,
        scope: RecordScope,
    ) async throws(StoreError) -> StorePort.Record? {
        try await read {
            try RecordReader(database: $0).record(kind, unique: name, value, scope: scope)
        }
    }

    package func records(_ query: RecordQuery) async throws(StoreError) -> [StorePort.Record] {
        try await read { try RecordReader(database: $0).records(query) }
    }

    package func countRecords(
        _ kind: RecordKind,
        scope: RecordScope,
        labels: [String: String],
    ) async throws(StoreError) -> Int {
        try await read {
            try RecordReader(database: $0).count(kind, scope: scope, labels: labels)
        }
    }

    package func claimDue(
        _ kind: RecordKind,
        now: Timestamp,
        hideUntil: Timestamp,
        limit: Int,
    ) async throws(StoreError) -> [StorePort.Record] {
        try await write {
            try $0.claimDue(kind, now: now, hideUntil: hideUntil, limit: limit)
        }
    }

    package func nextDue(_ kind: RecordKind) async throws(StoreError) -> Timestamp? {
        try await read { try RecordReader(database: $0).nextDue(kind) }
    }
}
