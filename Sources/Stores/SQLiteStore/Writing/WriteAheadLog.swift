import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Logging
import Synchronization

/// Keeps the write-ahead log short without making writes wait.
///
/// SQLite's own checkpoints run inside the commit that crosses a threshold, which is what makes some
/// acknowledgements slow. Here a second connection copies pages to the database in the background
/// while writing goes on. The log can only begin anew when nothing is left to copy, which never
/// happens under constant load; so when the log has grown long and the background has left little,
/// the writer copies that rest itself between two transactions.
final class WriteAheadLog: Sendable {
    /// Pages in the log after which the background copies, and again after each as many.
    static let pagesBeforeCheckpoint = 1000
    /// Pages in the log after which the writer copies the rest, when it is small.
    static let pagesBeforeFinish = 4000
    /// A small rest.
    static let restMax = 500
    /// The rest is copied by the writer, whatever its size, when the log is this long.
    static let pagesMax = 64_000

    private struct State {
        var pages = 0
        var pagesAtLastRequest = 0
        var isCopying = false
        var finishIsDue = false
    }

    private let state = Mutex(State())
    private let copier: DatabaseQueue
    private let background = DispatchQueue(label: "backstop.checkpoint")
    private let logger: Logger

    init(path: String, logger: Logger) throws {
        var configuration = Configuration()
        configuration.label = "backstop.checkpoint"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        copier = try DatabaseQueue(path: path, configuration: configuration)
        self.logger = logger
    }

    /// Takes the place of SQLite's automatic checkpoints on the writer's connection: after each
    /// commit SQLite tells the length of the log.
    func install(on writer: Database) {
        // The store keeps this object until the connection is closed.
        let me = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, pages in
                if let context {
                    let log = Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue()
                    log.state.withLock { $0.pages = Int(pages) }
                }
                return SQLITE_OK
            },
            me,
        )
    }

    /// After the writer's commit.
    func committed() {
        let mustCopy = state.withLock { state in
            if state.pages < state.pagesAtLastRequest { state.pagesAtLastRequest = 0 }
            guard !state.isCopying,
                state.pages - state.pagesAtLastRequest >= Self.pagesBeforeCheckpoint
            else { return false }
            state.isCopying = true
            state.pagesAtLastRequest = state.pages
            return true
        }
        if mustCopy { background.async { [self] in copy() } }
    }

    private func copy() {
        do {
            var rest = Self.restMax + 1
            var length = 0
            // Each round leaves what was written during it.
            for _ in 0..<4 where rest > Self.restMax {
                (length, rest) = try copier.writeWithoutTransaction { try checkpoint($0) }
            }
            let isDue =
                length > Self.pagesMax || (length > Self.pagesBeforeFinish && rest <= Self.restMax)
            state.withLock { state in
                state.isCopying = false
                state.finishIsDue = isDue
            }
        } catch {
            logger.warning("a checkpoint failed; the log grows until one succeeds: \(error)")
            state.withLock { $0.isCopying = false }
        }
    }

    /// On the writer's thread, outside of transactions.
    func finishIfDue(_ writer: Database) {
        let isDue = state.withLock { state in
            defer { state.finishIsDue = false }
            return state.finishIsDue
        }
        guard isDue else { return }
        do {
            _ = try checkpoint(writer)
        } catch {
            logger.warning("a checkpoint failed; the log grows until one succeeds: \(error)")
        }
    }

    private func checkpoint(_ database: Database) throws -> (length: Int, rest: Int) {
        var length: Int32 = 0
        var copied: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(
            database.sqliteConnection,
            nil,
            SQLITE_CHECKPOINT_PASSIVE,
            &length,
            &copied,
        )
        // Busy: the other connection is at it.
        guard code == SQLITE_OK || code & 0xff == SQLITE_BUSY else {
            throw DatabaseFailure(database.sqliteConnection)
        }
        return (Int(length), Int(length - copied))
    }

    /// Waits for the background and closes its connection.
    func close() throws {
        background.sync {}
        try copier.close()
    }
}
