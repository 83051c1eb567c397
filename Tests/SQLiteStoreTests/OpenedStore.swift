import Foundation
import Logging
import Model
import StorePort
import Testing

@testable import SQLiteStore

let start = Timestamp(milliseconds: ExecutionID.epoch + 1_000_000_000)
let hour = TimeSpan(milliseconds: 3_600_000)
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

func id(_ number: Int) -> ExecutionID {
    ExecutionID(milliseconds: start.milliseconds + Int64(number), worker: 1, sequence: 0)
}

func new(_ number: Int, heldBy worker: Worker? = nil, input: [UInt8] = [1]) -> NewExecution {
    NewExecution(
        id: id(number),
        workflow: "push-order",
        solution: "orders",
        instance: "customer-\(number % 20)",
        digest: String(repeating: "d", count: 64),
        input: input,
        heldBy: worker?.id,
    )
}

func entry(_ sequence: Int, size: Int = 5) -> JournalEntry {
    JournalEntry(
        sequence: sequence,
        payload: [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: size),
    )
}

/// A folder that is removed when the body ends.
func inFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("backstop-sqlite-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record("\(folder.path) could not be removed: \(error)")
        }
    }
    try await body(folder)
}

extension URL {
    var database: String { appendingPathComponent("store.db").path }

    func size(_ name: String) throws -> Int {
        let path = appendingPathComponent(name).path
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.size] as? Int)
    }
}

func open(
    _ folder: URL,
    options: SQLiteStoreOptions = SQLiteStoreOptions(),
) throws(StoreOpenError) -> SQLiteStore {
    try SQLiteStore.open(at: folder.database, now: start, options: options, logger: quiet)
}

/// A store in a folder of its own, closed when the body ends.
func withStore(
    options: SQLiteStoreOptions = SQLiteStoreOptions(),
    _ body: (SQLiteStore, Worker, URL) async throws -> Void,
) async throws {
    try await inFolder { folder in
        let store = try open(folder, options: options)
        do {
            let worker = try await store.register(now: start, lease: hour)
            try await body(store, worker, folder)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

extension SQLiteStore {
    func append(
        _ worker: Worker,
        _ number: Int,
        _ entries: [JournalEntry],
        _ head: JournalWrite.Head? = nil,
    ) async throws(StoreError) {
        try await append(
            JournalWrite(id: id(number), worker: worker.id, entries: entries, head: head)
        )
    }
}
