import GRDB
import GRDBSQLite
import StorePort

/// What SQLite answered when it did not do as told.
struct DatabaseFailure: Error, CustomStringConvertible {
    /// Primary result code.
    var code: Int32
    var message: String

    init(code: Int32, message: String) {
        self.code = code & 0xff
        self.message = message
    }

    init(_ connection: OpaquePointer?) {
        self.init(
            code: sqlite3_errcode(connection),
            message: String(cString: sqlite3_errmsg(connection)),
        )
    }

    var description: String { "SQLite error \(code): \(message)" }

    /// The same write would fail again, whatever else is written with it.
    var isLasting: Bool {
        switch code {
        case SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_CANTOPEN,
            SQLITE_READONLY, SQLITE_PROTOCOL, SQLITE_INTERRUPT, SQLITE_SCHEMA:
            return false
        default: return true
        }
    }

    var storeError: StoreError {
        isLasting ? .corrupt(description) : .unavailable(description)
    }
}

extension StoreError {
    /// Any error of SQLite or GRDB in the port's words.
    init(wrapping error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseFailure: self = error.storeError
        case let error as DatabaseError:
            let code = error.resultCode.rawValue
            let message = error.message ?? "no message"
            self = DatabaseFailure(code: code, message: message).storeError
        default: self = .unavailable("\(error)")
        }
    }
}
