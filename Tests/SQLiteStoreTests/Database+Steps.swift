import GRDB
import GRDBSQLite

extension Database {
    /// How many virtual machine steps the statements of this connection took inside the body.
    func steps(_ body: () throws -> Void) throws -> Int {
        func total() -> Int {
            var sum = 0
            var statement = sqlite3_next_stmt(sqliteConnection, nil)
            while let current = statement {
                sum += Int(sqlite3_stmt_status(current, SQLITE_STMTSTATUS_VM_STEP, 0))
                statement = sqlite3_next_stmt(sqliteConnection, current)
            }
            return sum
        }
        let before = total()
        try body()
        return total() - before
    }
}
