import Foundation
import Model
import StorePort
import Testing

@testable import SQLiteStore

/// Figures that later changes must not spoil unnoticed.
@Suite struct CostTests {
    /// The workload of the benchmarks: 160 bytes in, five entries of 200 bytes, 180 bytes out.
    private func run(
        _ store: SQLiteStore,
        _ worker: Worker,
        _ numbers: Range<Int>,
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<32 {
                group.addTask {
                    for number in numbers where number % 32 == lane {
                        let input = [UInt8](repeating: 1, count: 160)
                        _ = try await store.create(new(number, heldBy: worker, input: input))
                        for sequence in 0..<4 {
                            try await store.append(worker, number, [entry(sequence, size: 200)])
                        }
                        let end = JournalWrite.Head.finished(
                            reason: .succeeded,
                            at: id(number).createdAt,
                            problem: nil,
                            result: [UInt8](repeating: 2, count: 180),
                        )
                        try await store.append(worker, number, [entry(4, size: 200)], end)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a finished execution takes at most 2 KB`() async throws {
        try await inFolder { folder in
            let store = try open(folder)
            let worker = try await store.register(now: start, lease: hour)
            try await run(store, worker, 0..<4_000)
            await store.close()
            let size = try folder.size("store.db")
            #expect(size / 4_000 <= 1_900, "\(size / 4_000) bytes")
            #expect(try folder.size("store.db-wal") == 0)
        }
    }

    @Test func `pruned space is used again`() async throws {
        try await withStore { store, worker, _ in
            try await run(store, worker, 0..<2_000)
            let pages = try #require(Int(try await store.writerPragma("page_count")))
            for round in 1...3 {
                while try await store.prune(
                    finishedBefore: id(round * 2_000).createdAt,
                    limit: 200,
                ) == 200 {}
                try await run(store, worker, round * 2_000..<round * 2_000 + 2_000)
            }
            let after = try #require(Int(try await store.writerPragma("page_count")))
            #expect(after < pages * 5 / 4, "\(pages) pages grew to \(after)")
        }
    }

    @Test func `much free space is given back`() async throws {
        try await withStore { store, worker, _ in
            try await run(store, worker, 0..<6_000)
            let pages = try #require(Int(try await store.writerPragma("page_count")))
            while try await store.prune(finishedBefore: start + hour, limit: 200) == 200 {}
            for _ in 0..<20 {
                _ = try await store.prune(finishedBefore: start + hour, limit: 200)
            }
            let after = try #require(Int(try await store.writerPragma("page_count")))
            #expect(after < pages / 2, "\(pages) pages became \(after)")
        }
    }

    @Test func `the log does not grow without end`() async throws {
        try await withStore { store, worker, folder in
            let payload = 8_192
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        _ = try await store.create(new(number, heldBy: worker))
                        for sequence in 0..<800 {
                            try await store.append(
                                worker,
                                number,
                                [entry(sequence, size: payload)],
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            let written = 16 * 800 * payload
            let log = try folder.size("store.db-wal")
            #expect(log < written / 2, "\(log) of \(written) bytes")
        }
    }

    @Test func `no write scans a table or sorts`() async throws {
        try await withStore { store, worker, _ in
            try await run(store, worker, 0..<200)
            for number in 300..<400 {
                var execution = new(number, heldBy: number.isMultiple(of: 2) ? worker : nil)
                execution.idempotency = IdempotencyKey(
                    key: "k\(number)",
                    fingerprint: 1,
                    until: start + hour,
                )
                execution.parent = ParentReference(id: id(0), occurrence: "s", waits: true)
                _ = try await store.create(execution)
                if number.isMultiple(of: 2) {
                    let wake = start + TimeSpan(milliseconds: Int64(number))
                    try await store.append(
                        worker,
                        number,
                        [entry(0)],
                        .released(status: .waiting, wakeAt: wake),
                    )
                }
            }
            _ = try await store.claim(worker.id, now: start + hour, limit: 64, perInstance: 2)
            _ = try await store.requestCancel(id(301), by: "ada", now: start)
            let scans = try await store.write { ledger in
                Mirror(reflecting: ledger.sql).children.compactMap { child -> String? in
                    guard let statement = child.value as? Prepared else { return nil }
                    let steps = statement.scanSteps
                    return steps == 0 ? nil : "\(child.label ?? "?"): \(steps)"
                }
            }
            #expect(scans == [])
        }
    }

    /// Each list must be answered from an index, or by the newest rows alone.
    @Test func `lists of a large table read few rows`() async throws {
        try await withStore { store, worker, _ in
            try await run(store, worker, 0..<3_000)
            _ = try await store.create(new(5_000))
            var queries: [ExecutionQuery] = []
            func add(_ set: (inout ExecutionQuery) -> Void) {
                var query = ExecutionQuery(limit: 5)
                set(&query)
                queries.append(query)
            }
            add { _ in }
            add { $0.reason = .failed }
            add { $0.status = .queued }
            add { $0.correlationID = "none" }
            add { $0.parent = id(7) }
            add { $0.instance = "customer-7" }
            add { $0.workflow = "none" }
            add { ($0.instance, $0.reason) = ("customer-7", .failed) }
            add { ($0.createdFrom, $0.createdTo) = (id(10).createdAt, id(20).createdAt) }
            for query in queries {
                let steps = try await store.read { database in
                    _ = try ExecutionList(database: database, query: query).page()
                    let sum = try database.steps {
                        _ = try ExecutionList(database: database, query: query).page()
                    }
                    return sum
                }
                #expect(steps < 4_000, "\(steps) steps for \(query)")
            }
        }
    }
}
