/// Why a database file could not be opened as a store.
package enum StoreOpenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another process uses the file; its id, when it could be read.
    case inUse(path: String, process: Int32?)
    /// The file, or its folder, cannot be read and written.
    case inaccessible(path: String, reason: String)
    /// The file is no database of Backstop's, is damaged, or was written by a newer version.
    case corrupt(path: String, reason: String)
    /// The connection does not promise that a commit is on the disk when it returns.
    case notDurable(path: String, reason: String)

    package var description: String {
        switch self {
        case .inUse(let path, let process):
            let holder = process.map { "process \($0)" } ?? "another process"
            return "\(path) is in use by \(holder): a database belongs to one process at a time"
        case .inaccessible(let path, let reason): return "cannot open \(path): \(reason)"
        case .corrupt(let path, let reason): return "\(path) is not usable: \(reason)"
        case .notDurable(let path, let reason):
            return "\(path) would not be durable: \(reason)"
        }
    }
}
