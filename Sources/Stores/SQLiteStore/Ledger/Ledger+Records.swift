import Model
import StorePort

extension Ledger {
    private struct Found {
        var number: Int64
        var version: Int64
        var owner: String
    }

    /// One change is checked and then written. Of several, a later one may see what an earlier one
    /// did, so a savepoint takes them back together.
    func change(_ changes: [RecordChange], now: Timestamp) throws -> RecordChangeResult {
        if changes.count > 1 { try statement("SAVEPOINT changes").run() }
        var versions: [Int64] = []
        for (index, change) in changes.enumerated() {
            let found = try find(change.kind, change.id)
            if let conflict = try conflict(change, found) {
                if changes.count > 1 {
                    try statement("ROLLBACK TO changes").run()
                    try statement("RELEASE changes").run()
                }
                return .conflict(index: index, conflict)
            }
            switch change {
            case .put(let put): versions.append(try write(put, over: found, now: now))
            case .delete:
                if let found { try delete(found) }
                versions.append(0)
            }
        }
        if changes.count > 1 { try statement("RELEASE changes").run() }
        return .done(versions: versions)
    }

    private func find(_ kind: RecordKind, _ id: String) throws -> Found? {
        try statement("SELECT number, version, owner FROM records WHERE kind = ? AND id = ?")
            .first(.text(kind.rawValue), .text(id)) {
                Found(number: $0.int(0), version: $0.int(1), owner: $0.text(2))
            }
    }

    private func conflict(_ change: RecordChange, _ found: Found?) throws -> RecordConflict? {
        let current = found?.version ?? 0
        guard change.expected.isMet(by: current) else { return .version(current: current) }
        guard case .put(let put) = change, !put.unique.isEmpty else { return nil }
        let holder = try statement(
            """
            SELECT r.id FROM record_uniques u CROSS JOIN records r ON r.number = u.number
            WHERE u.kind = ? AND u.name = ? AND u.value = ?
            """
        )
        for (name, value) in put.unique.sorted(by: { $0.key < $1.key }) {
            let id = try holder.first(.text(put.kind.rawValue), .text(name), .text(value)) {
                $0.text(0)
            }
            if let id, id != put.id { return .unique(name: name, holder: id) }
        }
        return nil
    }

    // MARK: Writing

    private func write(_ put: RecordPut, over found: Found?, now: Timestamp) throws -> Int64 {
        guard let found else {
            let number = try insert(put, now: now)
            try writeUnique(put, number)
            try writeLabels(put, number)
            return 1
        }
        try statement(
            """
            UPDATE records SET owner = ?2, version = ?3, due_at = ?4, updated_at = ?5,
                document = ?6 WHERE number = ?1
            """
        ).run(
            .int(found.number),
            .text(put.owner),
            .int(found.version + 1),
            .optional(put.dueAt?.milliseconds),
            .int(now.milliseconds),
            .blob(put.document),
        )
        if try values("record_uniques", found.number) != put.unique.mapValues(ExactText.init) {
            try forget("record_uniques", found.number)
            try writeUnique(put, found.number)
        }
        let labels = put.labels.mapValues(ExactText.init)
        if try found.owner != put.owner || values("record_labels", found.number) != labels {
            try forget("record_labels", found.number)
            try writeLabels(put, found.number)
        }
        return found.version + 1
    }

    private func insert(_ put: RecordPut, now: Timestamp) throws -> Int64 {
        try statement(
            """
            INSERT INTO records (kind, id, owner, version, due_at, created_at, updated_at, document)
            VALUES (?, ?, ?, 1, ?, ?, ?, ?)
            """
        ).run(
            .text(put.kind.rawValue),
            .text(put.id),
            .text(put.owner),
            .optional(put.dueAt?.milliseconds),
            .int(now.milliseconds),
            .int(now.milliseconds),
            .blob(put.document),
        )
        return database.lastInsertedRowID
    }

    private func delete(_ found: Found) throws {
        try forget("record_uniques", found.number)
        try forget("record_labels", found.number)
        try statement("DELETE FROM records WHERE number = ?").run(.int(found.number))
    }

    private func forget(_ table: String, _ number: Int64) throws {
        try statement("DELETE FROM \(table) WHERE number = ?").run(.int(number))
    }

    private func values(_ table: String, _ number: Int64) throws -> [String: ExactText] {
        let rows = try statement("SELECT name, value FROM \(table) WHERE number = ?")
            .all([.int(number)]) { (name: $0.text(0), value: ExactText($0.text(1))) }
        return Dictionary(rows.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private func writeUnique(_ put: RecordPut, _ number: Int64) throws {
        guard !put.unique.isEmpty else { return }
        let add = try statement(
            "INSERT INTO record_uniques (kind, name, value, number) VALUES (?, ?, ?, ?)"
        )
        for (name, value) in put.unique {
            try add.run(.text(put.kind.rawValue), .text(name), .text(value), .int(number))
        }
    }

    private func writeLabels(_ put: RecordPut, _ number: Int64) throws {
        guard !put.labels.isEmpty else { return }
        let add = try statement(
            """
            INSERT INTO record_labels (kind, name, value, id, owner, number)
            VALUES (?, ?, ?, ?, ?, ?)
            """
        )
        for (name, value) in put.labels {
            try add.run(
                .text(put.kind.rawValue),
                .text(name),
                .text(value),
                .text(put.id),
                .text(put.owner),
                .int(number),
            )
        }
    }

    // MARK: Due

    func claimDue(
        _ kind: RecordKind,
        now: Timestamp,
        hideUntil: Timestamp,
        limit: Int,
    ) throws -> [Record] {
        let due = try RecordReader(database: database).due(kind, now: now, limit: limit)
        let hide = try statement(
            """
            UPDATE records SET due_at = ?2, version = version + 1, updated_at = ?3
            WHERE number = ?1
            """
        )
        return try due.map { number, record in
            try hide.run(.int(number), .int(hideUntil.milliseconds), .int(now.milliseconds))
            var record = record
            record.version += 1
            record.dueAt = hideUntil
            record.updatedAt = now
            return record
        }
    }
}
