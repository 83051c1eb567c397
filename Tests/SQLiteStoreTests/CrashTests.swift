import Foundation
import GRDBSQLite
import Model
import StorePort
import Testing

@testable import SQLiteStore

@Suite struct CrashTests {
    /// What a process leaves that ends without closing: the files as they are.
    private func copy(_ folder: URL, to other: URL) throws {
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        for name in ["store.db", "store.db-wal"] {
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent(name),
                to: other.appendingPathComponent(name),
            )
        }
    }

    @Test func `every acknowledged write survives without closing`() async throws {
        try await withStore { store, worker, folder in
            for round in 0..<3 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in round * 100..<round * 100 + 100 {
                        group.addTask {
                            _ = try await store.create(new(number, heldBy: worker))
                            for sequence in 0..<4 {
                                try await store.append(
                                    worker,
                                    number,
                                    [entry(sequence, size: 3_000)],
                                )
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let other = folder.appendingPathComponent("copy-\(round)")
                try copy(folder, to: other)
                let found = try open(other)
                #expect(try await found.counts().running == round * 100 + 100)
                for number in 0..<round * 100 + 100 {
                    let expected = (0..<4).map { entry($0, size: 3_000) }
                    #expect(try await found.journal(id(number)) == expected)
                }
                await found.close()
            }
        }
    }

    @Test func `a full disk refuses, loses nothing and passes`() async throws {
        var options = SQLiteStoreOptions()
        options.pagesMax = 200
        try await withStore(options: options) { store, worker, _ in
            var made: [Int] = []
            var refused = 0
            for number in 0..<500 where refused < 3 {
                do {
                    let input = [UInt8](repeating: 7, count: 3_000)
                    _ = try await store.create(new(number, heldBy: worker, input: input))
                    made.append(number)
                } catch StoreError.unavailable {
                    refused += 1
                    #expect(try await store.execution(id(number)) == nil)
                }
            }
            #expect(refused == 3)
            #expect(made.count > 50)
            #expect(try await store.counts().running == made.count)
            for number in made.prefix(20) {
                let end = JournalWrite.Head.finished(
                    reason: .succeeded,
                    at: start,
                    problem: nil,
                    result: [],
                )
                do {
                    try await store.append(worker, number, [], end)
                } catch StoreError.unavailable {}
            }
            _ = try await store.prune(finishedBefore: start + hour, limit: 100)
            #expect(try await store.create(new(1_000, heldBy: worker)) == .created)
            try await store.append(worker, 1_000, [entry(0)])
        }
    }

    @Test func `a write that cannot succeed does not harm those beside it`() async throws {
        try await withStore { store, worker, _ in
            let results = await withTaskGroup(of: Result<Bool, StoreError>.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        do throws(StoreError) {
                            guard number != 25 else {
                                return .success(
                                    try await store.write { _ in
                                        throw DatabaseFailure(code: SQLITE_TOOBIG, message: "test")
                                    }
                                )
                            }
                            return .success(
                                try await store.create(new(number, heldBy: worker)) == .created
                            )
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count { $0 == .success(true) } == 49)
            let refusal = StoreError.corrupt("SQLite error \(SQLITE_TOOBIG): test")
            #expect(results.contains(.failure(refusal)))
            let running = try await store.counts().running
            #expect(running == 49)
        }
    }

    @Test func `what is kept in memory follows a transaction that failed`() async throws {
        try await withStore { store, worker, _ in
            for number in 0..<6 { _ = try await store.create(new(number, heldBy: worker)) }
            try await store.append(worker, 0, [entry(0)])
            _ = try await store.create(new(10))
            let counts = try await store.counts()
            await #expect(throws: StoreError.self) {
                try await store.write { ledger in
                    _ = try ledger.create(new(20))
                    _ = try ledger.claim(worker.id, now: start, limit: 64, perInstance: 64)
                    try ledger.append(
                        JournalWrite(id: id(0), worker: worker.id, entries: [entry(1)])
                    )
                    throw DatabaseFailure(code: SQLITE_IOERR, message: "test")
                }
            }
            #expect(try await store.counts() == counts)
            #expect(try await store.execution(id(20)) == nil)
            #expect(try await store.execution(id(10))?.heldBy == nil)
            try await store.append(worker, 0, [entry(1)])
            _ = try await store.create(new(20))
            let claimed = try await store.claim(
                worker.id,
                now: start,
                limit: 64,
                perInstance: 64,
            )
            #expect(Set(claimed.map(\.id)) == [id(10), id(20)])
        }
    }
}
