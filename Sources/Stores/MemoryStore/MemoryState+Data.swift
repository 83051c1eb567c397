import Model
import StorePort

extension MemoryState {
    func value(_ key: DataKey, now: Timestamp) -> StoredValue? {
        guard let found = data[key.scope.exactText]?[ExactText(key.key)] else { return nil }
        if let expiresAt = found.expiresAt, expiresAt <= now { return nil }
        return found
    }

    mutating func setValue(
        _ key: DataKey,
        to value: [UInt8],
        expiresAt: Timestamp?,
        expected: Int64?,
        now: Timestamp,
    ) -> Int64? {
        let current = self.value(key, now: now)?.version ?? 0
        if let expected, expected != current { return nil }
        data[key.scope.exactText, default: [:]][ExactText(key.key)] = StoredValue(
            value: value,
            version: current + 1,
            expiresAt: expiresAt,
        )
        return current + 1
    }

    mutating func removeValue(_ key: DataKey, expected: Int64?, now: Timestamp) -> Bool {
        guard let current = value(key, now: now), expected == nil || expected == current.version
        else { return false }
        data[key.scope.exactText]?[ExactText(key.key)] = nil
        return true
    }

    func keys(
        scope: DataScope,
        prefix: String,
        after: String?,
        limit: Int,
        now: Timestamp,
    ) -> [String] {
        let prefix = ExactText(prefix)
        let after = after.map(ExactText.init)
        let found = (data[scope.exactText] ?? [:]).filter { key, value in
            key.hasPrefix(prefix) && after.map { key > $0 } ?? true
                && value.expiresAt.map { $0 > now } ?? true
        }
        return found.keys.sorted().prefix(StoreLimits.keys(limit)).map(\.text)
    }

    mutating func pruneValues(now: Timestamp, limit: Int) -> Int {
        let expired = data.flatMap { scope, values in
            values.compactMap { key, value in
                value.expiresAt.flatMap { $0 <= now ? (scope, key, $0) : nil }
            }
        }
        let chosen = expired.sorted { $0.2 < $1.2 }.prefix(limit)
        for (scope, key, _) in chosen { data[scope]?[key] = nil }
        return chosen.count
    }
}
