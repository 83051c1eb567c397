import GRDB
import GRDBSQLite

/// A prepared statement, bound and stepped through SQLite's C interface: on the path of every write
/// GRDB's own argument handling costs more than SQLite does. GRDB still owns the connection.
///
/// To be used only inside an access of the connection that it was prepared on.
struct Prepared {
    private let statement: Statement
    private var raw: OpaquePointer { statement.sqliteStatement }

    init(_ statement: Statement) { self.statement = statement }

    init(_ sql: String, on database: Database) throws {
        statement = try database.makeStatement(sql: sql)
    }

    /// Binds all parameters in order.
    func bind(_ values: [SQLValue]) throws {
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    }

    private func bind(_ value: SQLValue, at index: Int32) throws {
        // SQLITE_TRANSIENT: SQLite copies before the call returns.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(raw, index)
        case .int(let number): code = sqlite3_bind_int64(raw, index, number)
        case .text(var text):
            code = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(raw, index, "", 0, copied)
                    }
                    return sqlite3_bind_text(
                        raw,
                        index,
                        start,
                        Int32(clamping: characters.count),
                        copied,
                    )
                }
            }
        case .blob(let bytes):
            code = bytes.withUnsafeBytes { buffer in
                buffer.count == 0
                    ? sqlite3_bind_zeroblob(raw, index, 0)
                    : sqlite3_bind_blob64(
                        raw,
                        index,
                        buffer.baseAddress,
                        UInt64(buffer.count),
                        copied,
                    )
            }
        }
        guard code == SQLITE_OK else { throw failure() }
    }

    /// True when there is a row; false at the end, after which the statement is reset.
    func step() throws -> Bool {
        switch sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(raw)
            return false
        default:
            let failure = failure()
            sqlite3_reset(raw)
            throw failure
        }
    }

    /// Executes to the end; how many rows it changed.
    @discardableResult
    func run(_ values: SQLValue...) throws -> Int {
        try bind(values)
        while try step() {}
        return Int(sqlite3_changes(sqlite3_db_handle(raw)))
    }

    /// What `read` makes of the first row, or nil without one.
    func first<T>(_ values: SQLValue..., read: (Prepared) throws -> T) throws -> T? {
        try bind(values)
        defer { sqlite3_reset(raw) }
        return try step() ? try read(self) : nil
    }

    /// What `read` makes of each row.
    func all<T>(_ values: [SQLValue], read: (Prepared) throws -> T) throws -> [T] {
        try bind(values)
        defer { sqlite3_reset(raw) }
        var rows: [T] = []
        while try step() { rows.append(try read(self)) }
        return rows
    }

    /// What `read` makes of the first rows: at most `count`, and none after a nil.
    func prefix<T>(
        _ count: Int,
        _ values: [SQLValue],
        read: (Prepared) throws -> T?,
    ) throws -> [T] {
        try bind(values)
        defer { sqlite3_reset(raw) }
        var rows: [T] = []
        while rows.count < count, try step(), let row = try read(self) { rows.append(row) }
        return rows
    }

    // MARK: Columns, from 0

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(raw, column) == SQLITE_NULL }

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

    func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    func text(_ column: Int32) -> String { String(decoding: blob(column), as: UTF8.self) }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func blob(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }

    /// The bytes of a blob or text, valid inside `body` only.
    func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let start = sqlite3_column_blob(raw, column)
        let count = Int(sqlite3_column_bytes(raw, column))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// Rows that it went through in whole tables, and rows sorted, since it was prepared.
    var scanSteps: Int {
        Int(sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0))
            + Int(sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_SORT, 0))
    }

    private func failure() -> DatabaseFailure { DatabaseFailure(sqlite3_db_handle(raw)) }
}
