/// Why a store did not do what it was asked; the engine switches over every case.
package enum StoreError: Error, Sendable, Hashable {
    /// The execution now belongs to another worker: drop it, somebody else goes on.
    case leaseLost
    /// There is no such row.
    case notFound
    /// Try again later: busy, disk full, connection lost. Nothing was written.
    case unavailable(String)
    /// The data cannot be read or the schema is from the future. Trying again will not help.
    case corrupt(String)
    /// The store is closing.
    case closed
}
