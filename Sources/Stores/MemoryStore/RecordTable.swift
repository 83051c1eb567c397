import Model
import StorePort

/// The records of a memory store.
struct RecordTable: Sendable {
    struct Key: Sendable, Hashable {
        var kind: RecordKind
        var id: ExactText
    }

    struct Row: Sendable {
        var record: Record
        var unique: [String: String]
        var labels: [String: String]
    }

    private struct UniqueKey: Sendable, Hashable {
        var kind: RecordKind
        var name: ExactText
        var value: ExactText
    }

    private var rows: [RecordKind: [ExactText: Row]] = [:]
    private var holders: [UniqueKey: ExactText] = [:]

    private subscript(key: Key) -> Row? { rows[key.kind]?[key.id] }

    // MARK: Changes

    mutating func change(_ changes: [RecordChange], now: Timestamp) -> RecordChangeResult {
        var before: [(key: Key, row: Row?)] = []
        var versions: [Int64] = []
        for (index, change) in changes.enumerated() {
            let key = Key(kind: change.kind, id: ExactText(change.id))
            if let conflict = conflict(change, key) {
                for (key, row) in before.reversed() { replace(key, with: row) }
                return .conflict(index: index, conflict)
            }
            before.append((key, self[key]))
            let row = row(change, now: now)
            replace(key, with: row)
            versions.append(row?.record.version ?? 0)
        }
        return .done(versions: versions)
    }

    private func conflict(_ change: RecordChange, _ key: Key) -> RecordConflict? {
        let current = self[key]?.record.version ?? 0
        guard change.expected.isMet(by: current) else { return .version(current: current) }
        guard case .put(let put) = change else { return nil }
        for (name, value) in put.unique.sorted(by: { $0.key < $1.key }) {
            if let holder = holders[Self.unique(put.kind, name, value)], holder != key.id {
                return .unique(name: name, holder: holder.text)
            }
        }
        return nil
    }

    /// What the change leaves: nil for a delete.
    private func row(_ change: RecordChange, now: Timestamp) -> Row? {
        guard case .put(let put) = change else { return nil }
        let current = self[Key(kind: put.kind, id: ExactText(put.id))]?.record
        let record = Record(
            kind: put.kind,
            id: put.id,
            owner: put.owner,
            version: (current?.version ?? 0) + 1,
            document: put.document,
            dueAt: put.dueAt,
            createdAt: current?.createdAt ?? now,
            updatedAt: now,
        )
        return Row(record: record, unique: put.unique, labels: put.labels)
    }

    /// The only way in which a row changes its unique values.
    private mutating func replace(_ key: Key, with row: Row?) {
        for (name, value) in self[key]?.unique ?? [:] {
            holders[Self.unique(key.kind, name, value)] = nil
        }
        rows[key.kind, default: [:]][key.id] = row
        for (name, value) in row?.unique ?? [:] {
            holders[Self.unique(key.kind, name, value)] = key.id
        }
    }

    private static func unique(_ kind: RecordKind, _ name: String, _ value: String) -> UniqueKey {
        UniqueKey(kind: kind, name: ExactText(name), value: ExactText(value))
    }

    // MARK: Reads

    private static func sees(_ scope: RecordScope, _ record: Record) -> Bool {
        switch scope {
        case .account: true
        case .owner(let owner): ExactText(record.owner) == ExactText(owner)
        }
    }

    func record(_ kind: RecordKind, id: String, scope: RecordScope) -> Record? {
        guard let found = self[Key(kind: kind, id: ExactText(id))]?.record else { return nil }
        return Self.sees(scope, found) ? found : nil
    }

    func record(
        _ kind: RecordKind,
        unique name: String,
        value: String,
        scope: RecordScope,
    ) -> Record? {
        guard let holder = holders[Self.unique(kind, name, value)] else { return nil }
        return record(kind, id: holder.text, scope: scope)
    }

    func records(_ query: RecordQuery) -> [Record] {
        let after = query.after.map(ExactText.init)
        let newestFirst = query.newestFirst
        let inPage = matching(query.kind, query.scope, query.labels).filter { row in
            guard let after else { return true }
            let id = ExactText(row.record.id)
            return newestFirst ? id < after : id > after
        }
        let ordered = inPage.sorted { left, right in
            let (left, right) = (ExactText(left.record.id), ExactText(right.record.id))
            return newestFirst ? left > right : left < right
        }
        return ordered.prefix(RecordLimits.list(query.limit)).map(\.record)
    }

    func count(_ kind: RecordKind, scope: RecordScope, labels: [String: String]) -> Int {
        matching(kind, scope, labels).count
    }

    private func matching(
        _ kind: RecordKind,
        _ scope: RecordScope,
        _ labels: [String: String],
    ) -> [Row] {
        (rows[kind] ?? [:]).values.filter { row in
            Self.sees(scope, row.record)
                && labels.allSatisfy { name, value in
                    row.labels[name].map(ExactText.init) == ExactText(value)
                }
        }
    }

    // MARK: Due

    mutating func claimDue(
        _ kind: RecordKind,
        now: Timestamp,
        hideUntil: Timestamp,
        limit: Int,
    ) -> [Record] {
        let due = (rows[kind] ?? [:]).compactMap { id, row -> (at: Timestamp, id: ExactText)? in
            guard let at = row.record.dueAt, at <= now else { return nil }
            return (at, id)
        }
        let chosen = due.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
            .prefix(RecordLimits.claim(limit))
        return chosen.compactMap { _, id in
            guard var row = rows[kind]?[id] else { return nil }
            row.record.dueAt = hideUntil
            row.record.version += 1
            row.record.updatedAt = now
            rows[kind]?[id] = row
            return row.record
        }
    }

    func nextDue(_ kind: RecordKind) -> Timestamp? {
        (rows[kind] ?? [:]).values.compactMap(\.record.dueAt).min()
    }
}
