import Model

/// To whom a stored value belongs; part of every key, so that no query can cross it.
package enum DataScope: Sendable, Hashable {
    case execution(ExecutionID)
    /// Solution (or nil) and workflow name, within an instance.
    case workflow(instance: String, solution: String?, name: String)
    case instance(String)
    case account
}

package struct DataKey: Sendable, Hashable {
    package var scope: DataScope
    /// 1...512 bytes of UTF-8.
    package var key: String

    package init(scope: DataScope, key: String) {
        self.scope = scope
        self.key = key
    }
}

package struct StoredValue: Sendable, Hashable {
    package var value: [UInt8]
    /// From 1, one more at each set.
    package var version: Int64
    package var expiresAt: Timestamp?

    package init(value: [UInt8], version: Int64, expiresAt: Timestamp?) {
        self.value = value
        self.version = version
        self.expiresAt = expiresAt
    }
}
