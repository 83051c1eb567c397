/// How an SQLite store is opened. The defaults are for `backstop serve`.
package struct SQLiteStoreOptions: Sendable {
    /// Bytes of a page, for a new file; a power of two, 512...65536.
    package var pageSize = 4096
    /// KiB of pages that the writer keeps in memory.
    package var writerCache = 32_768
    /// KiB of pages that each reader keeps in memory.
    package var readerCache = 4_096
    package var readers = 4
    /// For tests: a new worker leaves the claims of earlier ones alone, as in a store of several
    /// processes.
    package var keepsEarlierWorkers = false
    /// For tests: the file may have no more pages than this.
    package var pagesMax: Int?

    package init() {}
}
