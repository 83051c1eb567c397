import GRDB
import Model
import StorePort

/// Brings a database forward to the newest schema, one transaction for each step.
struct Migrator {
    let database: Database
    let now: Timestamp

    func run() throws {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)
                """
        )
        let sql = "SELECT number, name FROM schema_migrations ORDER BY number"
        let applied = try Prepared(sql, on: database).all([]) {
            (number: Int($0.int(0)), name: $0.text(1))
        }
        for (step, done) in zip(Migration.all, applied)
        where step.number != done.number || step.name != done.name {
            throw StoreError.corrupt(
                "its schema has step \(done.number)-\(done.name) instead of "
                    + "\(step.number)-\(step.name)"
            )
        }
        guard applied.count <= Migration.all.count else {
            throw StoreError.corrupt(
                "its schema has step \(applied.count), this version of backstop knows "
                    + "\(Migration.all.count): use a newer version"
            )
        }
        for step in Migration.all.dropFirst(applied.count) { try apply(step) }
    }

    private func apply(_ step: Migration) throws {
        try database.inTransaction(.immediate) {
            try database.execute(sql: step.sql)
            try database.execute(
                sql: "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)",
                arguments: [step.number, step.name, now.milliseconds],
            )
            return .commit
        }
    }
}
