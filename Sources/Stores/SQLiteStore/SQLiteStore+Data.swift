import GRDB
import Model
import StorePort

extension SQLiteStore {
    package func putDefinitions(
        _ definitions: [StoredDefinition]
    ) async throws(StoreError) {
        let cost = definitions.reduce(0) { $0 + $1.source.utf8.count }
        try await write(cost: cost) { try $0.putDefinitions(definitions) }
    }

    package func definition(digest: String) async throws(StoreError) -> StoredDefinition? {
        try await read { database in
            let sql = "SELECT digest, workflow, solution, source FROM definitions WHERE digest = ?"
            return try Prepared(try database.cachedStatement(sql: sql)).first(.text(digest)) {
                StoredDefinition(
                    digest: $0.text(0),
                    workflow: $0.text(1),
                    solution: $0.optionalText(2),
                    source: $0.text(3),
                )
            }
        }
    }

    package func value(_ key: DataKey, now: Timestamp) async throws(StoreError) -> StoredValue? {
        try await read { database in
            let sql = """
                SELECT value, version, expires_at FROM data WHERE scope = ? AND key = ?
                AND (expires_at IS NULL OR expires_at > ?)
                """
            return try Prepared(try database.cachedStatement(sql: sql)).first(
                .text(key.scope.exactText.text),
                .text(key.key),
                .int(now.milliseconds),
            ) {
                StoredValue(
                    value: $0.blob(0),
                    version: $0.int(1),
                    expiresAt: $0.optionalInt(2).map { Timestamp(milliseconds: $0) },
                )
            }
        }
    }

    package func setValue(
        _ key: DataKey,
        to value: [UInt8],
        expiresAt: Timestamp?,
        expected: Int64?,
        now: Timestamp,
    ) async throws(StoreError) -> Int64? {
        try await write(cost: value.count + 64) {
            try $0.setValue(key, to: value, expiresAt: expiresAt, expected: expected, now: now)
        }
    }

    package func removeValue(
        _ key: DataKey,
        expected: Int64?,
        now: Timestamp,
    ) async throws(StoreError) -> Bool {
        try await write { try $0.removeValue(key, expected: expected, now: now) }
    }

    package func keys(
        scope: DataScope,
        prefix: String,
        after: String?,
        limit: Int,
        now: Timestamp,
    ) async throws(StoreError) -> [String] {
        let prefix = ExactText(prefix)
        let after = after.map(ExactText.init)
        // The first key that can match; no pattern, so no character of a prefix is special.
        let isInside = after.map { $0 >= prefix } ?? false
        let start = (isInside ? after : prefix) ?? prefix
        return try await read { database in
            let sql = """
                SELECT key FROM data WHERE scope = ? AND key \(isInside ? ">" : ">=") ?
                AND (expires_at IS NULL OR expires_at > ?) ORDER BY key
                """
            let rows = Prepared(try database.cachedStatement(sql: sql))
            return try rows.prefix(
                StoreLimits.keys(limit),
                [.text(scope.exactText.text), .text(start.text), .int(now.milliseconds)],
            ) { row in
                let key = row.text(0)
                return ExactText(key).hasPrefix(prefix) ? key : nil
            }
        }
    }

    package func pruneValues(now: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await write { try $0.pruneValues(now: now, limit: limit) }
    }

    package func setting(_ name: String) async throws(StoreError) -> [UInt8]? {
        try await read { database in
            let sql = "SELECT value FROM settings WHERE name = ?"
            return try Prepared(try database.cachedStatement(sql: sql))
                .first(.text(name)) { $0.blob(0) }
        }
    }

    package func putSettingIfAbsent(
        _ name: String,
        _ value: [UInt8],
    ) async throws(StoreError) -> [UInt8] {
        try await write(cost: value.count) { try $0.putSettingIfAbsent(name, value) }
    }
}
