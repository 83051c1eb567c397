#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Synchronization

/// Ownership of a database file: an advisory lock on `<path>.lock`, which also holds the owner's
/// process id. The system drops it when the process ends, however it ends.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    init(for path: String) throws(StoreOpenError) {
        let lockPath = path + ".lock"
        let file = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw .inaccessible(path: lockPath, reason: String(cString: strerror(errno)))
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.processID(in: file)
            close(file)
            throw .inUse(path: path, process: holder)
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(file, 0) == 0, pwrite(file, text, text.count, 0) == text.count else {
            let reason = String(cString: strerror(errno))
            close(file)
            throw .inaccessible(path: lockPath, reason: reason)
        }
        descriptor = Mutex(file)
    }

    /// Makes the file when there is none, for its owner only: it holds what executions were given.
    ///
    /// To be called with the lock held and before SQLite opens the file: closing any descriptor of
    /// it later would drop SQLite's own locks.
    func makeFile(_ path: String) throws(StoreOpenError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw .inaccessible(path: path, reason: String(cString: strerror(errno)))
        }
        close(file)
    }

    private static func processID(in file: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self))
    }

    /// Lets another process have the file. The lock file stays: removing it would race.
    func release() {
        descriptor.withLock { descriptor in
            if let file = descriptor { close(file) }
            descriptor = nil
        }
    }

    deinit { release() }
}
