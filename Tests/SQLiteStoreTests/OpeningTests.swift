import Foundation
import GRDB
import Model
import StorePort
import Testing

@testable import SQLiteStore

@Suite struct OpeningTests {
    /// GRDB lowers `synchronous` to NORMAL while it opens a pool.
    @Test func `the connection that writes is durable`() async throws {
        try await withStore { store, _, _ in
            let expected = [
                "synchronous": "2", "journal_mode": "wal", "auto_vacuum": "2", "temp_store": "2",
                "busy_timeout": "5000",
            ]
            for (name, value) in expected {
                let found = try await store.writerPragma(name)
                #expect(found == value, "\(name)")
            }
        }
    }

    @Test func `a connection that is not durable is refused`() async throws {
        try await inFolder { folder in
            let pool = try DatabasePool(path: folder.database)
            try pool.writeWithoutTransaction { database in
                #expect(throws: StoreOpenError.self) {
                    try SQLiteStore.requireDurability(of: database, path: "x")
                }
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try SQLiteStore.requireDurability(of: database, path: "x")
            }
            try pool.close()
        }
    }

    @Test func `a second opener hears who has the file`() async throws {
        try await withStore { store, _, folder in
            let process = ProcessInfo.processInfo.processIdentifier
            let refusal = StoreOpenError.inUse(path: folder.database, process: process)
            #expect(throws: refusal) { try open(folder) }
            #expect(refusal.description.contains("process \(process)"))
            await store.close()
            await (try open(folder)).close()
        }
    }

    @Test func `a schema from the future is refused and left alone`() async throws {
        try await inFolder { folder in
            await (try open(folder)).close()
            let queue = try DatabaseQueue(path: folder.database)
            let next = Migration.all.count + 1
            try await queue.write { database in
                try database.execute(
                    sql: "INSERT INTO schema_migrations VALUES (?, 'later', 0)",
                    arguments: [next],
                )
            }
            try queue.close()
            do {
                _ = try open(folder)
                Issue.record("it was opened")
            } catch StoreOpenError.corrupt(_, let reason) {
                #expect(reason.contains("newer version"))
            }
            // The refusal gave the lock back.
            let again = #expect(throws: StoreOpenError.self) { try open(folder) }
            if case .inUse? = again { Issue.record("the lock was kept") }
        }
    }

    @Test func `another program's database is refused`() async throws {
        try await inFolder { folder in
            try Data("this is no database, but it is long enough to look like one".utf8)
                .write(to: URL(fileURLWithPath: folder.database))
            let error = #expect(throws: StoreOpenError.self) { try open(folder) }
            guard case .corrupt? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `only the owner may read the files`() async throws {
        try await withStore { store, worker, folder in
            _ = try await store.create(new(1, heldBy: worker))
            for name in ["store.db", "store.db-wal", "store.db-shm", "store.db.lock"] {
                let path = folder.appendingPathComponent(name).path
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            }
        }
    }

    @Test func `a folder that is not there is named`() {
        let error = #expect(throws: StoreOpenError.self) {
            try open(URL(fileURLWithPath: "/nonexistent/folder"))
        }
        #expect(error?.description.contains("/nonexistent/folder/store.db") == true)
    }

    @Test func `the migrations are the files of their folder`() throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Stores/SQLiteStore/Migrations")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let names = Migration.all.map { step in
            let number = String(step.number)
            return String(repeating: "0", count: 4 - number.count) + "\(number)-\(step.name).sql"
        }
        #expect(files == names)
        for (file, step) in zip(files, Migration.all) {
            let text = try String(
                contentsOf: folder.appendingPathComponent(file),
                encoding: .utf8,
            )
            #expect(step.sql == text)
        }
    }

    @Test func `the earlier process's claims are given up at once`() async throws {
        try await inFolder { folder in
            var store = try open(folder)
            let first = try await store.register(now: start, lease: hour)
            _ = try await store.create(new(1, heldBy: first))
            try await store.append(first, 1, [entry(0), entry(1)])
            _ = try await store.create(new(2, heldBy: first))
            try await store.append(first, 2, [], .waiting)
            _ = try await store.create(new(3))
            await store.close()

            store = try open(folder)
            #expect(try await store.counts().running == 1)
            let second = try await store.register(now: start, lease: hour)
            #expect(second.id != first.id)
            #expect(second.number != first.number)
            await #expect(throws: StoreError.leaseLost) {
                try await store.append(first, 1, [entry(2)])
            }
            let claimed = try await store.claim(
                second.id,
                now: start,
                limit: 10,
                perInstance: 10,
            )
            #expect(Set(claimed.map(\.id)) == [id(1), id(2), id(3)])
            try await store.append(second, 1, [entry(2)])
            #expect(try await store.journal(id(1)).map(\.sequence) == [0, 1, 2])
            #expect(try await store.counts().queued == 0)
            await store.close()
        }
    }
}
