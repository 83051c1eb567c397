import StorePort

/// Keys of journal rows: an execution's number and the sequence of the row's first entry.
enum JournalKey {
    /// Executions have at most this many journal entries; a further one is refused.
    static let entriesMax = 1 << 24 - 2

    /// The row that the creation wrote.
    static func creation(_ number: Int64) -> Int64 { number << 24 }

    static func row(_ number: Int64, firstSequence: Int) -> Int64 {
        number << 24 | Int64(firstSequence + 1)
    }

    /// After the last possible row.
    static func end(_ number: Int64) -> Int64 { (number + 1) << 24 }

    static func firstSequence(_ key: Int64) -> Int { max(0, Int(key & 0xff_ffff) - 1) }
}
