/// One numbered step of the schema. Steps are only ever added; one that was released never changes.
struct Migration {
    var number: Int
    var name: String
    var sql: String

    /// In order. `Migrations/0001-executions.sql` is embedded as `_001_executions_sql`: SwiftPM
    /// replaces a leading digit.
    static let all = [
        Migration(1, "executions", PackageResources._001_executions_sql),
        Migration(2, "records", PackageResources._002_records_sql),
        Migration(3, "lineage", PackageResources._003_lineage_sql),
    ]

    private init(_ number: Int, _ name: String, _ sql: [UInt8]) {
        self.number = number
        self.name = name
        self.sql = String(decoding: sql, as: UTF8.self)
    }
}
