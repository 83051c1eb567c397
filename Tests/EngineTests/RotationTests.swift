import ConnectorKit
import Embedding
import Foundation
import MemoryStore
import Model
import StorePort
import Synchronization
import Testing

@testable import Engine

/// What the writers of a test wrote last, and whether they go on.
private final class Load: Sendable {
    private struct State {
        var last: [ObjectID: String] = [:]
        var isOver = false
    }

    private let state = Mutex(State())

    var last: [ObjectID: String] { state.withLock { $0.last } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func note(_ id: ObjectID, _ text: String) { state.withLock { $0.last[id] = text } }
    func end() { state.withLock { $0.isOver = true } }
}

/// Keys that change while everything else changes too.
@Suite(.timeLimit(.minutes(3))) struct RotationTests {
    private static func withKeys(
        _ body: @escaping @Sendable (Vault, KeyFile) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "rotation-\(SystemRandom().bytes(8).map(String.init).joined())"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let random = SystemRandom()
        let source = KeySource.ownFile(folder.appending(path: "vault.key").path)
        let vault = Vault(ring: try source.ring(random: random), random: random, source: source)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await body(vault, KeyFile(path: folder.appending(path: "vault.key").path))
            )
        } catch {
            outcome = .failure(error)
        }
        try FileManager.default.removeItem(at: folder)
        try outcome.get()
    }

    /// The ring without all but its newest key.
    private static func newest(of file: KeyFile) throws -> Vault {
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").last)
        let random = SystemRandom()
        return Vault(
            ring: try KeyRing(text: Array(line.utf8), place: "the newest"),
            random: random,
        )
    }

    private static func credential(_ token: String) throws -> StoredCredential {
        try #require(StoredCredential(kind: .bearer, fields: ["token": .string(token)]))
    }

    private static let embedded = Embedded(
        solution: InstanceTests.solution,
        workflows: ["w": InstanceTests.workflow],
        connectors: [TestConnector()],
    )

    @Test func `keys that rotate under load lose nothing, and the old keys can go`() async throws {
        try await Self.withKeys { vault, file in
            let store = MemoryStore()
            let load = Load()
            try await Self.embedded.run(on: store, vault: vault) { engine in
                let directory = engine.directory
                var instances: [Instance] = []
                for number in 0..<12 {
                    instances.append(try await engine.newInstance("user-\(number)"))
                }
                _ = try await directory.createSigningKey(
                    .hs256,
                    publicKey: nil,
                    issuer: nil,
                    by: .adminToken,
                )
                for instance in instances {
                    let made = try await directory.createAuthentication(
                        Directory.NewAuthentication(
                            owner: instance.endUser,
                            service: "test",
                            name: "crm",
                            credential: try Self.credential("first"),
                        ),
                        by: .adminToken,
                    )
                    load.note(made.id, "first")
                    _ = try await directory.connectInstance(
                        instance.id,
                        slots: [(slot: "crm", id: made.id)],
                        by: .adminToken,
                    )
                }
                let ids = Array(load.last.keys)
                let all = instances
                let begun = Gate()
                begun.open()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (worker, id) in ids.enumerated() {
                        group.addTask {
                            var round = 0
                            while !load.isOver {
                                let token = "token-\(worker)-\(round)"
                                _ = try await directory.replaceCredential(
                                    id,
                                    with: try Self.credential(token),
                                    by: .adminToken,
                                )
                                load.note(id, token)
                                round += 1
                                await begun.pass()
                                await Task.yield()
                            }
                        }
                    }
                    for (worker, instance) in all.enumerated() {
                        group.addTask {
                            var round = 0
                            while !load.isOver {
                                let pin = "pin-\(worker)-\(round)"
                                _ = try await directory.configureInstance(
                                    instance.id,
                                    values: ["pin": .string(pin)],
                                    by: .adminToken,
                                )
                                load.note(instance.id, pin)
                                // Whatever key sealed it, it opens.
                                let now = try await directory.instance(
                                    instance.id,
                                    by: .adminToken,
                                )
                                let used = try await directory.credential(in: "crm", of: now)
                                #expect(used != nil)
                                round += 1
                                await begun.pass()
                                await Task.yield()
                            }
                        }
                    }
                    for round in 1...4 {
                        await begun.arrivals(round * 100)
                        let result = try await directory.rotateKeys(
                            addingKey: true,
                            by: .adminToken,
                        )
                        #expect(result.unreadable == 0 && result.resealed > 0)
                    }
                    await begun.arrivals(500)
                    load.end()
                    try await group.waitForAll()
                }
                let end = try await directory.rotateKeys(addingKey: false, by: .adminToken)
                #expect(end.status.older == 0 && end.status.keys.count == 5)
                #expect(load.last.count == 24)
                #expect(end.status.total == 12 + 12 + 1)
            }
            // Another process, with nothing but the newest key.
            let rest = try Self.newest(of: file)
            try await Self.embedded.run(on: store, vault: rest) { engine in
                for (id, token) in load.last where id.kind == .authentication {
                    let found: (document: AuthenticationRecord, record: Record)? =
                        try await engine.directory.find(
                            .authentication,
                            id.description,
                            .account,
                        )
                    let credential = try engine.directory.open(try #require(found).document)
                    #expect(credential.fields == ["token": .string(token)])
                }
                for (id, pin) in load.last where id.kind == .instance {
                    let instance = try await engine.directory.instance(id, by: .adminToken)
                    #expect(try engine.directory.opened(instance)["pin"] == .string(pin))
                }
                let status = try await engine.directory.vaultStatus(by: .adminToken)
                #expect(status.older == 0 && status.keys.count == 1)
            }
        }
    }

    @Test func `a process reads the file again when it meets a key that another one added`()
        async throws
    {
        try await Self.withKeys { vault, file in
            let random = SystemRandom()
            let source = KeySource.givenFile(file.path)
            let other = Vault(
                ring: try source.ring(random: random),
                random: random,
                source: source,
            )
            try vault.reload(addingKey: true)
            let sealed = try vault.seal([1, 2, 3], context: "c")
            #expect(try other.open(sealed, context: "c") == [1, 2, 3])
            #expect(other.keyIDs == vault.keyIDs)
        }
    }

    @Test func `a value whose key is gone is counted, and keeps nothing else from being sealed`()
        async throws
    {
        try await Self.withKeys { vault, file in
            let store = MemoryStore()
            try await Self.embedded.run(on: store, vault: vault) { engine in
                for name in ["lost", "kept"] {
                    _ = try await engine.directory.createAuthentication(
                        Directory.NewAuthentication(
                            owner: nil,
                            service: "test",
                            name: name,
                            credential: try Self.credential(name),
                        ),
                        by: .adminToken,
                    )
                    // The second one is under another key.
                    try vault.reload(addingKey: name == "lost")
                }
            }
            let text = try String(contentsOfFile: file.path, encoding: .utf8)
            let rest = text.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
            let handle = try #require(FileHandle(forWritingAtPath: file.path))
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data(rest.utf8))
            try handle.close()
            let random = SystemRandom()
            let source = KeySource.givenFile(file.path)
            let left = Vault(
                ring: try source.ring(random: random),
                random: random,
                source: source,
            )
            try await Self.embedded.run(on: store, vault: left) { engine in
                let result = try await engine.directory.rotateKeys(
                    addingKey: true,
                    by: .adminToken,
                )
                #expect(result.unreadable == 1 && result.resealed == 1)
                #expect(result.status.total == 2 && result.status.older == 1)
            }
        }
    }

    @Test func `a ring from a variable cannot be rotated, and says so`() async throws {
        let random = SystemRandom()
        let line = String(decoding: KeyRing.newLine(random: random), as: UTF8.self)
        let source = KeySource.variable(line)
        let vault = Vault(ring: try source.ring(random: random), random: random, source: source)
        for vault in [vault, try Embedded.vault()] {
            do throws(Problem) {
                try vault.reload(addingKey: true)
                Issue.record("it was added to")
            } catch {
                #expect(error.code == "B2838" && error.detail?.contains(line) != true)
            }
        }
    }

    @Test func `who may not manage keys neither sees nor rotates them`() async throws {
        try await Self.embedded.run(vault: Embedded.vault()) { engine in
            let user = try #require(ObjectID("usr_0000000000001"))
            await #expect(throws: Problem.self) {
                try await engine.directory.vaultStatus(by: .endUser(user))
            }
            await #expect(throws: Problem.self) {
                try await engine.directory.rotateKeys(addingKey: false, by: .endUser(user))
            }
        }
    }
}
