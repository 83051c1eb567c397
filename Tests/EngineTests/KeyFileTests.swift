import Engine
import Foundation
import Model
import Testing

/// The key ring's text, its file, and where it is found.
struct KeyFileTests {
    static let key = Base64.encoded([UInt8](repeating: 7, count: 32))
    static let other = Base64.encoded([UInt8](repeating: 8, count: 32))

    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var ids: [String] = []
        var code: String?
        var says = ""
        var testDescription: String { text.debugDescription }
    }

    static let cases = [
        Case(text: "k1:\(key)", ids: ["k1"]),
        Case(text: "k1:\(key)\nk2:\(other)\n", ids: ["k1", "k2"]),
        Case(
            text: "\n# a note: x\n  k1:\(key)  \r\n\n\tk-2_A:\(other)\r\n",
            ids: ["k1", "k-2_A"],
        ),
        Case(text: "k1:\(key.dropLast())", ids: ["k1"]),
        Case(text: "", code: "B2605", says: "no key"),
        Case(text: "# nothing\n\n", code: "B2605", says: "no key"),
        Case(text: "k1:\(key)\nk1:\(other)", code: "B2605", says: "line 2"),
        Case(text: key, code: "B2603", says: "line 1"),
        Case(text: "k1:\(key)\n:\(key)", code: "B2603", says: "line 2"),
        Case(text: "k.1:\(key)", code: "B2603", says: "line 1"),
        Case(text: "k 1:\(key)", code: "B2603"),
        Case(text: "é:\(key)", code: "B2603"),
        Case(text: "\(String(repeating: "k", count: 33)):\(key)", code: "B2603"),
        Case(text: "\u{FEFF}k1:\(key)", code: "B2603"),
        Case(text: "k1:", code: "B2604", says: "0 bytes"),
        Case(text: "k1:AAAA", code: "B2604", says: "3 bytes instead of 32"),
        Case(text: "k1:\(key)AAAA", code: "B2604"),
        Case(text: "k1: \(key)", code: "B2604"),
        Case(text: "k1:\(key.dropLast(2))!=", code: "B2604", says: "base 64"),
        Case(
            text: String(repeating: "# long\n", count: 10_000) + "k1:\(key)",
            code: "B2603",
            says: "longer",
        ),
        Case(
            text: (0...256).map { "k\($0):\(key)\n" }.joined(),
            code: "B2605",
            says: "more than 256",
        ),
    ]

    @Test(arguments: cases) func `the text is read, or refused with a number`(_ expected: Case) {
        do throws(Problem) {
            let ring = try KeyRing(text: Array(expected.text.utf8), place: "the text")
            #expect(expected.code == nil)
            #expect(ring.ids == expected.ids)
        } catch {
            #expect(error.code == expected.code)
            #expect(error.type == .configuration)
            #expect(error.detail?.contains(expected.says) == true || expected.says.isEmpty)
            #expect(error.detail?.contains("the text") == true)
        }
    }

    @Test func `bytes that are no text are refused`() {
        let bytes: [UInt8] = [0x6B, 0xFF, 0x3A] + Array(Self.key.utf8)
        #expect(throws: Problem.self) { try KeyRing(text: bytes, place: "x") }
    }

    // MARK: The file

    static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("backstop-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        try body(folder.path)
    }

    static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    static func code(_ body: () throws -> Void) -> String? { VaultTests.code(body) }

    @Test func `the file is made once, for its owner alone`() throws {
        try Self.inFolder { folder in
            let file = KeyFile(path: "\(folder)/vault.key")
            let first = try file.readOrMake(random: TestRandom())
            #expect(try Self.mode(file.path) == 0o600)
            let second = try file.readOrMake(random: TestRandom(seed: 2))
            #expect(first.ids.count == 1 && second.ids == first.ids)
            let random = TestRandom(seed: 3)
            let text = try Vault(ring: first, random: random).seal([1, 2, 3], context: "c")
            #expect(
                try Vault(ring: second, random: random).open(text, context: "c") == [1, 2, 3]
            )
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["vault.key"])
        }
    }

    @Test func `many who make it at once get the same keys`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("backstop-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("vault.key").path
        let rings = try await withThrowingTaskGroup(of: [String].self) { group in
            for seed in 1...32 {
                group.addTask {
                    try KeyFile(path: path).readOrMake(random: TestRandom(seed: UInt64(seed))).ids
                }
            }
            return try await group.reduce(into: Set<[String]>()) { $0.insert($1) }
        }
        #expect(rings.count == 1)
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `a key is added at the end, also after a line without an end`() throws {
        try Self.inFolder { folder in
            let path = "\(folder)/vault.key"
            try Data("k1:\(Self.key)".utf8).write(to: URL(fileURLWithPath: path))
            #expect(chmod(path, 0o600) == 0)
            let old = Vault(ring: try KeyFile(path: path).read(), random: TestRandom())
            let text = try old.seal([5], context: "c")
            let ring = try KeyFile(path: path).addKey(random: TestRandom(seed: 4))
            #expect(ring.ids.count == 2 && ring.ids.first == "k1")
            #expect(try KeyFile(path: path).addKey(random: TestRandom(seed: 5)).ids.count == 3)
            let vault = Vault(ring: ring, random: TestRandom(seed: 6))
            #expect(try vault.open(text, context: "c") == [5])
            #expect(vault.needsResealing(text))
            #expect(try Self.mode(path) == 0o600)
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o700, 0o601, 0o610, 0o4600])
    func `rights wider than 600 are refused`(_ mode: Int) throws {
        try Self.inFolder { folder in
            let path = "\(folder)/vault.key"
            try Data("k1:\(Self.key)".utf8).write(to: URL(fileURLWithPath: path))
            #expect(chmod(path, mode_t(mode)) == 0)
            #expect(Self.code { _ = try KeyFile(path: path).read() } == "B2602")
            #expect(
                Self.code { _ = try KeyFile(path: path).addKey(random: TestRandom()) } == "B2602"
            )
        }
    }

    @Test(arguments: [0o600, 0o400]) func `rights of the owner alone are fine`(_ mode: Int) throws {
        try Self.inFolder { folder in
            let path = "\(folder)/vault.key"
            try Data("k1:\(Self.key)".utf8).write(to: URL(fileURLWithPath: path))
            #expect(chmod(path, mode_t(mode)) == 0)
            #expect(try KeyFile(path: path).read().ids == ["k1"])
        }
    }

    @Test func `what cannot be read or made has its number`() throws {
        try Self.inFolder { folder in
            let missing = KeyFile(path: "\(folder)/none/vault.key")
            #expect(Self.code { _ = try missing.read() } == "B2601")
            #expect(Self.code { _ = try missing.readOrMake(random: TestRandom()) } == "B2606")
            #expect(Self.code { _ = try KeyFile(path: folder).read() } == "B2601")
            let pipe = "\(folder)/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(Self.code { _ = try KeyFile(path: pipe).read() } == "B2601")
            let broken = "\(folder)/broken"
            try Data("nothing".utf8).write(to: URL(fileURLWithPath: broken))
            #expect(chmod(broken, 0o600) == 0)
            #expect(Self.code { _ = try KeyFile(path: broken).read() } == "B2603")
        }
    }

    // MARK: Where it comes from

    @Test func `the variables come before the file of the data`() throws {
        func find(_ variables: [String: String]) throws(Problem) -> KeySource {
            try KeySource.find(dataFolder: "d") { variables[$0] }
        }
        #expect(try find([:]) == .ownFile("d/vault.key"))
        #expect(try find(["BACKSTOP_VAULT_KEY": ""]) == .ownFile("d/vault.key"))
        #expect(try find(["BACKSTOP_VAULT_KEY_FILE": "/k"]) == .givenFile("/k"))
        #expect(try find(["BACKSTOP_VAULT_KEY": "k:1"]) == .variable("k:1"))
        let both = ["BACKSTOP_VAULT_KEY": "k:1", "BACKSTOP_VAULT_KEY_FILE": "/k"]
        #expect(Self.code { _ = try find(both) } == "B2603")
    }

    @Test func `a variable may have commas, and a given file is never made`() throws {
        let text = "k1:\(Self.key),k2:\(Self.other)"
        #expect(try KeySource.variable(text).ring(random: TestRandom()).ids == ["k1", "k2"])
        try Self.inFolder { folder in
            let source = KeySource.givenFile("\(folder)/vault.key")
            #expect(Self.code { _ = try source.ring(random: TestRandom()) } == "B2601")
            let own = KeySource.ownFile("\(folder)/vault.key")
            let ring = try own.ring(random: TestRandom())
            #expect(ring.ids.count == 1)
        }
    }

    @Test func `the system's randomness does not repeat`() {
        let drawn = (0..<100).map { _ in SystemRandom().bytes(32) }
        #expect(Set(drawn).count == 100 && drawn.allSatisfy { $0.count == 32 })
    }
}
