import Model
import StorePort

extension Ledger {
    /// The current version; 0 when there is none, or an expired one.
    private func version(_ key: DataKey, now: Timestamp) throws -> Int64 {
        try statement(
            """
            SELECT version FROM data WHERE scope = ? AND key = ?
            AND (expires_at IS NULL OR expires_at > ?)
            """
        ).first(.text(key.scope.exactText.text), .text(key.key), .int(now.milliseconds)) {
            $0.int(0)
        } ?? 0
    }

    func setValue(
        _ key: DataKey,
        to value: [UInt8],
        expiresAt: Timestamp?,
        expected: Int64?,
        now: Timestamp,
    ) throws -> Int64? {
        let current = try version(key, now: now)
        if let expected, expected != current { return nil }
        try statement(
            """
            INSERT INTO data (scope, key, version, expires_at, value) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (scope, key) DO UPDATE SET version = excluded.version,
                expires_at = excluded.expires_at, value = excluded.value
            """
        ).run(
            .text(key.scope.exactText.text),
            .text(key.key),
            .int(current + 1),
            .optional(expiresAt?.milliseconds),
            .blob(value),
        )
        return current + 1
    }

    func removeValue(_ key: DataKey, expected: Int64?, now: Timestamp) throws -> Bool {
        let current = try version(key, now: now)
        guard current > 0, expected == nil || expected == current else { return false }
        try statement("DELETE FROM data WHERE scope = ? AND key = ?").run(
            .text(key.scope.exactText.text),
            .text(key.key),
        )
        return true
    }

    func pruneValues(now: Timestamp, limit: Int) throws -> Int {
        try statement(
            """
            DELETE FROM data WHERE id IN (
                SELECT id FROM data INDEXED BY data_by_expiry
                WHERE expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?)
            """
        ).run(.int(now.milliseconds), .int(Int64(limit)))
    }

    func putSettingIfAbsent(_ name: String, _ value: [UInt8]) throws -> [UInt8] {
        try statement("INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)").run(
            .text(name),
            .blob(value),
        )
        let kept = try statement("SELECT value FROM settings WHERE name = ?")
            .first(.text(name)) { $0.blob(0) }
        return kept ?? value
    }

    func putDefinitions(_ definitions: [StoredDefinition]) throws {
        let insert = try statement(
            """
            INSERT OR IGNORE INTO definitions (digest, workflow, solution, source)
            VALUES (?, ?, ?, ?)
            """
        )
        for definition in definitions {
            try insert.run(
                .text(definition.digest),
                .text(definition.workflow),
                .optional(definition.solution),
                .text(definition.source),
            )
        }
    }
}
