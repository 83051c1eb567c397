import Model
import StorePort

extension MemoryStore {
    package func change(
        _ changes: [RecordChange],
        now: Timestamp,
    ) async throws(StoreError) -> RecordChangeResult {
        try RecordLimits.check(changes)
        return try access { $0.records.change(changes, now: now) }
    }

    package func record(
        _ kind: RecordKind,
        id: String,
        scope: RecordScope,
    ) async throws(StoreError) -> Record? {
        try access { $0.records.record(kind, id: id, scope: scope) }
    }

    package func record(
        _ kind: RecordKind,
        unique name: String,
        value: String,
        scope: RecordScope,
    ) async throws(StoreError) -> Record? {
        try access { $0.records.record(kind, unique: name, value: value, scope: scope) }
    }

    package func records(_ query: RecordQuery) async throws(StoreError) -> [Record] {
        try access { $0.records.records(query) }
    }

    package func countRecords(
        _ kind: RecordKind,
        scope: RecordScope,
        labels: [String: String],
    ) async throws(StoreError) -> Int {
        try access { $0.records.count(kind, scope: scope, labels: labels) }
    }

    package func claimDue(
        _ kind: RecordKind,
        now: Timestamp,
        hideUntil: Timestamp,
        limit: Int,
    ) async throws(StoreError) -> [Record] {
        try access {
            $0.records.claimDue(kind, now: now, hideUntil: hideUntil, limit: limit)
        }
    }

    package func nextDue(_ kind: RecordKind) async throws(StoreError) -> Timestamp? {
        try access { $0.records.nextDue(kind) }
    }
}
