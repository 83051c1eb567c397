import Dispatch
import Foundation
import GRDB
import Logging
import StorePort

/// The one writer: takes whatever is queued, writes it in one transaction, commits, and only then
/// resumes the callers (group commit). It never waits for more to come: when writes are rare each
/// has its own commit, and while a commit is on its way to the disk the next batch gathers.
///
/// Runs on its own thread, so that waiting for the disk never blocks Swift's tasks.
// The ledger is confined to the thread, the rest is Sendable.
final class Writer: @unchecked Sendable {
    /// Writes of one transaction.
    static let batchMax = 512
    /// Bytes after which a transaction takes no more.
    static let batchCostMax = 4 << 20

    let queue = WriteQueue()
    private let pool: DatabasePool
    private let log: WriteAheadLog
    private let logger: Logger
    private let ended = DispatchSemaphore(value: 0)
    private var ledger: Ledger?
    private var mustRebuild = false

    init(_ pool: DatabasePool, ledger: Ledger, log: WriteAheadLog, logger: Logger) {
        self.pool = pool
        self.ledger = ledger
        self.log = log
        self.logger = logger
        let thread = Thread { [self] in run() }
        thread.name = "backstop.writer"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Blocks until everything queued was written and the statements are gone.
    func close() {
        queue.close()
        ended.wait()
        ended.signal()
    }

    private func run() {
        while let batch = queue.next(countMax: Self.batchMax, costMax: Self.batchCostMax) {
            pool.writeWithoutTransaction { database in
                log.finishIfDue(database)
                guard let ledger else { return }
                commit(batch, ledger)
            }
            log.committed()
        }
        pool.writeWithoutTransaction { _ in ledger = nil }
        ended.signal()
    }

    /// Writes a batch and settles each of its writes.
    private func commit(_ batch: [any PendingWrite], _ ledger: Ledger) {
        do {
            try transaction(batch, ledger)
            for write in batch { write.settle(nil) }
        } catch {
            let failure = StoreError(wrapping: error)
            logger.error(
                "a transaction failed: \(failure)",
                metadata: ["writes": "\(batch.count)"],
            )
            let isLasting = (error as? DatabaseFailure)?.isLasting ?? false
            if isLasting, batch.count > 1 {
                // One of them cannot be written; the others must not suffer.
                for write in batch { commit([write], ledger) }
            } else {
                for write in batch { write.settle(failure) }
            }
        }
    }

    private func transaction(_ batch: [any PendingWrite], _ ledger: Ledger) throws {
        if mustRebuild { try rebuild(ledger) }
        try ledger.sql.begin.run()
        do {
            for write in batch { try write.perform(ledger) }
            try ledger.sql.commit.run()
        } catch {
            mustRebuild = true
            // SQLite has already rolled back after a full disk or an input/output error.
            if ledger.database.isInsideTransaction { try ledger.sql.rollback.run() }
            try rebuild(ledger)
            throw error
        }
    }

    private func rebuild(_ ledger: Ledger) throws {
        try ledger.rebuild()
        mustRebuild = false
    }
}
