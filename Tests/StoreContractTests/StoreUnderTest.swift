import Foundation
import Logging
import MemoryStore
import Model
import SQLiteStore
import StorePort
import Testing

/// Every store that must pass the contract; each test runs once for each of them.
enum StoreUnderTest: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case sqlite

    var testDescription: String { rawValue }

    /// Runs the body on an empty store, with a worker whose lease lasts an hour.
    func run(_ body: (any Store, Worker) async throws -> Void) async throws {
        try await runEmpty { store in
            let worker = try await store.register(now: start, lease: hour)
            try await body(store, worker)
        }
    }

    /// Runs the body on a store that nobody joined yet.
    func runEmpty(_ body: (any Store) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryStore())
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("backstop-store-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
            )
            defer {
                do {
                    try FileManager.default.removeItem(at: folder)
                } catch {
                    Issue.record("\(folder.path) could not be removed: \(error)")
                }
            }
            var options = SQLiteStoreOptions()
            options.keepsEarlierWorkers = true
            let store = try SQLiteStore.open(
                at: folder.appendingPathComponent("test.db").path,
                now: start,
                options: options,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            )
            do {
                try await body(store)
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }
}

/// When the tests take place.
let start = Timestamp(milliseconds: ExecutionID.epoch + 1_000_000_000)
let second = TimeSpan(milliseconds: 1_000)
let hour = TimeSpan(milliseconds: 3_600_000)

/// The id of the execution made `number` milliseconds after the start.
func id(_ number: Int) -> ExecutionID {
    ExecutionID(milliseconds: start.milliseconds + Int64(number), worker: 1, sequence: 0)
}

func entry(_ sequence: Int, _ text: String = "event") -> JournalEntry {
    JournalEntry(sequence: sequence, payload: Array(text.utf8))
}

func new(
    _ number: Int,
    instance: String = "acme",
    heldBy worker: Worker? = nil,
    entries: [JournalEntry] = [],
) -> NewExecution {
    NewExecution(
        id: id(number),
        workflow: "push-order",
        solution: "orders",
        instance: instance,
        digest: "digest-1",
        input: Array("{\"n\":\(number)}".utf8),
        heldBy: worker?.id,
        entries: entries,
    )
}

func finished(
    _ reason: ExecutionReason = .succeeded,
    at: Timestamp = start,
    problem: ProblemType? = nil,
) -> JournalWrite.Head {
    .finished(reason: reason, at: at, problem: problem, result: Array("null".utf8))
}

extension Store {
    /// Makes an execution that must not exist.
    func make(_ execution: NewExecution) async throws {
        #expect(try await create(execution) == .created)
    }

    func write(
        _ worker: Worker,
        _ number: Int,
        _ entries: [JournalEntry] = [],
        _ head: JournalWrite.Head? = nil,
    ) async throws(StoreError) {
        try await append(
            JournalWrite(id: id(number), worker: worker.id, entries: entries, head: head)
        )
    }

    func claimed(
        _ worker: Worker,
        at now: Timestamp = start + hour,
        limit: Int = 64,
        perInstance: Int = 64,
    ) async throws -> [StoredExecution] {
        try await claim(worker.id, now: now, limit: limit, perInstance: perInstance)
    }

    func found(_ number: Int) async throws -> StoredExecution {
        try #require(try await execution(id(number)))
    }
}
