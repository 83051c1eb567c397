import Dispatch
import GRDB
import Logging
import Model
import StorePort
import Synchronization

/// Everything durable in one SQLite file, which belongs to one process at a time.
///
/// A write returns after its transaction is on the disk (`synchronous=FULL`, write-ahead log); many
/// writes share a transaction. Reads run on other connections and never wait for writes.
/// docs/internals/storage.md tells how.
package final class SQLiteStore: Store {
    private let pool: DatabasePool
    private let writer: Writer
    private let log: WriteAheadLog
    private let lock: FileLock
    private let logger: Logger
    private let isClosed = Mutex(false)

    private init(
        pool: DatabasePool,
        writer: Writer,
        log: WriteAheadLog,
        lock: FileLock,
        logger: Logger,
    ) {
        self.pool = pool
        self.writer = writer
        self.log = log
        self.lock = lock
        self.logger = logger
    }

    /// Opens the file, making it when there is none, and brings its schema forward. Blocks.
    package static func open(
        at path: String,
        now: Timestamp,
        options: SQLiteStoreOptions = SQLiteStoreOptions(),
        logger: Logger,
    ) throws(StoreOpenError) -> SQLiteStore {
        let lock = try FileLock(for: path)
        do {
            try lock.makeFile(path)
            let pool = try DatabasePool(path: path, configuration: configuration(options))
            let log = try WriteAheadLog(path: path, logger: logger)
            let ledger = try pool.writeWithoutTransaction { database in
                // GRDB lowers it to NORMAL while it opens a pool, whatever was set before.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try requireDurability(of: database, path: path)
                try Migrator(database: database, now: now).run()
                log.install(on: database)
                return SoleOwner(
                    try Ledger(database, keepsEarlierWorkers: options.keepsEarlierWorkers)
                )
            }
            let writer = Writer(pool, ledger: ledger.value, log: log, logger: logger)
            return SQLiteStore(pool: pool, writer: writer, log: log, lock: lock, logger: logger)
        } catch {
            lock.release()
            throw openError(error, path: path)
        }
    }

    /// The ledger on its way from the connection that made it to the writer that will own it.
    // It is used by one thread at a time: first by `open`, then by the writer.
    private struct SoleOwner: @unchecked Sendable {
        let value: Ledger
        init(_ value: Ledger) { self.value = value }
    }

    private static func configuration(_ options: SQLiteStoreOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "backstop.store"
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = options.readers
        // GRDB's default fails at once; a reader may hold the write lock for a moment while it
        // recovers the log's index.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            let isWriter = !database.configuration.readonly
            let cache = isWriter ? options.writerCache : options.readerCache
            try database.execute(sql: "PRAGMA cache_size = -\(cache)")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            guard isWriter else { return }
            // These two count before the first table is made only.
            try database.execute(sql: "PRAGMA page_size = \(options.pageSize)")
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.execute(sql: "PRAGMA journal_size_limit = \(16 << 20)")
            if let pagesMax = options.pagesMax {
                try database.execute(sql: "PRAGMA max_page_count = \(pagesMax)")
            }
        }
        return configuration
    }

    static func requireDurability(of database: Database, path: String) throws {
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        guard synchronous == 2, journal == "wal" else {
            let reason =
                "synchronous is \(synchronous.map(String.init) ?? "unknown") instead of 2 (FULL), "
                + "journal_mode is \(journal ?? "unknown") instead of wal"
            throw StoreOpenError.notDurable(path: path, reason: reason)
        }
    }

    private static func openError(_ error: any Error, path: String) -> StoreOpenError {
        if let error = error as? StoreOpenError { return error }
        switch StoreError(wrapping: error) {
        case .corrupt(let reason): return .corrupt(path: path, reason: reason)
        case let other: return .inaccessible(path: path, reason: "\(other)")
        }
    }

    // MARK: Access

    /// Queues a write and waits until it is durable. `cost` is about how many bytes it writes.
    func write<Value: Sendable>(
        cost: Int = 64,
        _ body: @escaping @Sendable (Ledger) throws -> Value,
    ) async throws(StoreError) -> Value {
        // Unsafe only in that it must be resumed once: the writer settles each write it takes once.
        let result: Result<Value, StoreError> = await withUnsafeContinuation { caller in
            if !writer.queue.add(CallersWrite(cost: cost, caller: caller, body: body)) {
                caller.resume(returning: .failure(.closed))
            }
        }
        return try result.get()
    }

    /// Reads a snapshot on one of the readers' connections, off Swift's threads.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        guard !isClosed.withLock({ $0 }) else { throw .closed }
        // Not GRDB's async form: that one gives up in a cancelled task.
        let result: Result<Value, StoreError> = await withUnsafeContinuation { caller in
            pool.asyncRead { access in
                do {
                    caller.resume(returning: .success(try body(try access.get())))
                } catch {
                    caller.resume(returning: .failure(StoreError(wrapping: error)))
                }
            }
        }
        return try result.get()
    }

    package func close() async {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        await withUnsafeContinuation { (caller: UnsafeContinuation<Void, Never>) in
            // Off Swift's threads, because it blocks on the disk.
            DispatchQueue.global().async { [self] in
                finish()
                caller.resume()
            }
        }
    }

    private func finish() {
        writer.close()
        do {
            try log.close()
            // Moves everything into the database file and empties the log.
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try pool.close()
        } catch {
            // Nothing is lost: the log is read at the next opening.
            logger.error("the database could not be closed: \(error)")
        }
        lock.release()
    }

    /// For tests: a value that the writer's connection tells about itself.
    func writerPragma(_ name: String) async throws(StoreError) -> String {
        try await write { ledger in
            try ledger.statement("PRAGMA \(name)").first { $0.text(0) } ?? ""
        }
    }
}
