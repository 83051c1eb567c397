import Model
import StorePort

extension FaultyStore {
    package func change(
        _ changes: [RecordChange],
        now: Timestamp,
    ) async throws(StoreError) -> RecordChangeResult {
        try await call("change") { store throws(StoreError) in
            try await store.change(changes, now: now)
        }
    }

    package func record(
        _ kind: RecordKind,
        id: String,
        scope: RecordScope,
    ) async throws(StoreError) -> Record? {
        try await call("record") { store throws(StoreError) in
            try await store.record(kind, id: id, scope: scope)
        }
    }

    package func record(
        _ kind: RecordKind,
        unique name: String,
        value: String,
        scope: RecordScope,
    ) async throws(StoreError) -> Record? {
        try await call("record") { store throws(StoreError) in
            try await store.record(kind, unique: name, value: value, scope: scope)
        }
    }

    package func records(_ query: RecordQuery) async throws(StoreError) -> [Record] {
        try await call("records") { store throws(StoreError) in
            try await store.records(query)
        }
    }

    package func countRecords(
        _ kind: RecordKind,
        scope: RecordScope,
        labels: [String: String],
    ) async throws(StoreError) -> Int {
        try await call("countRecords") { store throws(StoreError) in
            try await store.countRecords(kind, scope: scope, labels: labels)
        }
    }

    package func claimDue(
        _ kind: RecordKind,
        now: Timestamp,
        hideUntil: Timestamp,
        limit: Int,
    ) async throws(StoreError) -> [Record] {
        try await call("claimDue") { store throws(StoreError) in
            try await store.claimDue(kind, now: now, hideUntil: hideUntil, limit: limit)
        }
    }

    package func nextDue(_ kind: RecordKind) async throws(StoreError) -> Timestamp? {
        try await call("nextDue") { store throws(StoreError) in
            try await store.nextDue(kind)
        }
    }
}
