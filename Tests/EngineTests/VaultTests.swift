import Crypto
import Engine
import Model
import Testing

/// Sealing: what was sealed opens, and nothing else does.
struct VaultTests {
    static let canary = "canary-8f3a91d0-secret"
    static let secret = Array(canary.utf8)
    static let context = "authentication:42:tokens"

    static func line(_ id: String, _ byte: UInt8) -> String {
        "\(id):\(Base64.encoded([UInt8](repeating: byte, count: 32)))\n"
    }

    static func ring(_ lines: String) throws -> KeyRing {
        try KeyRing(text: Array(lines.utf8), place: "test")
    }

    static func vault(_ lines: String = line("k1", 7)) throws -> Vault {
        Vault(ring: try ring(lines), random: TestRandom())
    }

    static func code(_ body: () throws -> Void) -> String? {
        do { try body() } catch let problem as Problem { return problem.code } catch {
            return "\(error)"
        }
        return nil
    }

    // MARK: The primitive

    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var key: String
        var nonce: String
        var plain: String
        var data: String
        var sealed: String
        var testDescription: String { name }
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", as submitted to NIST, cases 13 to
    /// 16; and the first of gcmEncryptExtIV256.rsp of NIST's CAVP with 128 bits of text.
    static let vectors = [
        Vector(
            name: "GCM 13",
            key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plain: "",
            data: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b",
        ),
        Vector(
            name: "GCM 14",
            key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plain: String(repeating: "00", count: 16),
            data: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        ),
        Vector(
            name: "GCM 15",
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            data: "",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                + "b094dac5d93471bdec1a502270e3cc6c",
        ),
        Vector(
            name: "GCM 16",
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            data: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece"
                + "0f4e1768cddf8853bb2d551b",
        ),
        Vector(
            name: "CAVP",
            key: "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
            nonce: "0d18e06c7c725ac9e362e1ce",
            plain: "2db5168e932556f8089a0622981d017d",
            data: "",
            sealed: "fa4362189661d163fcd6a56d8bf0405ad636ac1bbedd5cc3ee727dc2ab4a9489",
        ),
        Vector(
            name: "CAVP with data",
            key: "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b",
            nonce: "ac93a1a6145299bde902f21a",
            plain: "2d71bcfa914e4ac045b2aa60955fad24",
            data: "1e0889016f67601c8ebea4943bc23ad6",
            sealed: "8995ae2e6df3dbf96fac7b7137bae67feca5aa77d51d4a0a14d9c51e1da474ab",
        ),
    ]

    static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)
        }
    }

    @Test(arguments: vectors) func `the vectors of AES-GCM hold both ways`(_ vector: Vector) throws
    {
        let key = SymmetricKey(data: Self.bytes(vector.key))
        let nonce = Self.bytes(vector.nonce)
        let data = Self.bytes(vector.data)
        let sealed = try AuthenticatedCipher.seal(
            Self.bytes(vector.plain),
            key: key,
            nonce: nonce,
            authenticating: data,
        )
        #expect(sealed == nonce + Self.bytes(vector.sealed))
        #expect(
            try AuthenticatedCipher.open(sealed, key: key, authenticating: data)
                == Self.bytes(vector.plain)
        )
    }

    @Test func `a key of 128 bits and a nonce of another length are refused`() {
        let bytes = [UInt8](repeating: 1, count: 32)
        #expect(throws: AuthenticatedCipher.Refused.self) {
            try AuthenticatedCipher.seal(
                [],
                key: SymmetricKey(data: bytes.prefix(16)),
                nonce: Array(bytes.prefix(12)),
                authenticating: [],
            )
        }
        #expect(throws: AuthenticatedCipher.Refused.self) {
            try AuthenticatedCipher.seal(
                [],
                key: SymmetricKey(data: bytes),
                nonce: Array(bytes.prefix(16)),
                authenticating: [],
            )
        }
    }

    @Test func `wiping leaves zeros`() {
        var bytes = Self.secret
        AuthenticatedCipher.wipe(&bytes)
        #expect(bytes == [UInt8](repeating: 0, count: Self.secret.count))
    }

    // MARK: Seal and open

    @Test(arguments: [0, 1, 15, 16, 17, 1000, Vault.sizeLimit])
    func `what was sealed opens`(_ size: Int) throws {
        let vault = try Self.vault()
        let bytes = TestRandom(seed: 9).bytes(size)
        let text = try vault.seal(bytes, context: Self.context)
        #expect(text.hasPrefix("v1.k1."))
        #expect(try vault.open(text, context: Self.context) == bytes)
    }

    @Test func `the same secret never looks the same`() throws {
        let vault = try Self.vault()
        let texts = try (0..<100).map { _ in try vault.seal(Self.secret, context: Self.context) }
        #expect(Set(texts).count == 100)
        #expect(texts.allSatisfy { !$0.contains(Base64.urlEncoded(Self.secret)) })
    }

    @Test func `a secret over the limit is refused`() throws {
        let vault = try Self.vault()
        let bytes = [UInt8](repeating: 1, count: Vault.sizeLimit + 1)
        #expect(Self.code { _ = try vault.seal(bytes, context: "c") } == "B2610")
    }

    @Test func `every other character at every place is refused`() throws {
        let vault = try Self.vault()
        let text = try vault.seal(Self.secret, context: Self.context)
        var refused = 0
        for place in text.indices {
            for letter in "Ax0-_.=/ é" where text[place] != letter {
                var other = text
                other.replaceSubrange(place...place, with: String(letter))
                let code = Self.code { _ = try vault.open(other, context: Self.context) }
                #expect(["B2607", "B2608", "B2609"].contains(code), "\(other)")
                refused += 1
            }
        }
        #expect(refused > 9 * text.count - text.count)
    }

    @Test func `every changed bit of nonce, ciphertext and tag is refused`() throws {
        let vault = try Self.vault()
        let text = try vault.seal(Self.secret, context: Self.context)
        let parts = text.split(separator: ".").map(String.init)
        let sealed = try #require(Base64.decoded(parts[2]))
        #expect(sealed.count == 12 + Self.secret.count + 16)
        for bit in 0..<(sealed.count * 8) {
            var other = sealed
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            let code = Self.code {
                _ = try vault.open("v1.k1.\(Base64.urlEncoded(other))", context: Self.context)
            }
            #expect(code == "B2609", "bit \(bit)")
        }
        for count in 0..<sealed.count {
            let short = "v1.k1.\(Base64.urlEncoded(Array(sealed.prefix(count))))"
            let code = Self.code { _ = try vault.open(short, context: Self.context) }
            #expect(code == (count < 28 ? "B2607" : "B2609"), "\(count) bytes")
        }
    }

    @Test(arguments: [
        "", "v1", "v1.k1", "v1.k1.", "v2.k1.AAAA", "v1.k1.AAAA.AAAA", "v1..AAAA", "plain secret",
        "v1.k 1.AAAA", "v1.k1.%%%%",
    ])
    func `text that is no sealed value is refused`(_ text: String) throws {
        let vault = try Self.vault()
        #expect(Self.code { _ = try vault.open(text, context: "c") } == "B2607")
        #expect(!vault.needsResealing(text))
    }

    @Test(arguments: [
        "", "authentication:43:tokens", "authentication:42:tokens ", "authentication:42",
    ])
    func `a value moved to another record does not open`(_ context: String) throws {
        let vault = try Self.vault()
        let text = try vault.seal(Self.secret, context: Self.context)
        #expect(Self.code { _ = try vault.open(text, context: context) } == "B2609")
    }

    // MARK: Rotation

    @Test
    func `old values open, new ones are sealed with the new key, and the old can be resealed`()
        throws
    {
        let old = try Self.vault()
        let text = try old.seal(Self.secret, context: Self.context)
        let both = try Self.vault(Self.line("k1", 7) + Self.line("k2", 8))
        #expect(try both.open(text, context: Self.context) == Self.secret)
        #expect(both.needsResealing(text))
        let resealed = try both.reseal(text, context: Self.context)
        #expect(resealed.hasPrefix("v1.k2."))
        #expect(!both.needsResealing(resealed))
        let new = try Self.vault(Self.line("k2", 8))
        #expect(try new.open(resealed, context: Self.context) == Self.secret)
        #expect(Self.code { _ = try new.open(text, context: Self.context) } == "B2608")
        #expect(Self.code { _ = try both.reseal(text, context: "else") } == "B2609")
    }

    @Test func `another key under the same id does not open`() throws {
        let text = try Self.vault().seal(Self.secret, context: Self.context)
        let other = try Self.vault(Self.line("k1", 9))
        #expect(Self.code { _ = try other.open(text, context: Self.context) } == "B2609")
    }

    @Test func `the same key under another id does not open`() throws {
        let text = try Self.vault().seal(Self.secret, context: Self.context)
        let other = try Self.vault(Self.line("k2", 7))
        let moved = text.replacing("v1.k1.", with: "v1.k2.")
        #expect(Self.code { _ = try other.open(moved, context: Self.context) } == "B2609")
    }

    @Test func `keys for other purposes differ by purpose and by key, the newest first`() throws {
        let both = try Self.vault(Self.line("k1", 7) + Self.line("k2", 8))
        let states = both.derivedKeys(for: "state")
        #expect(states.count == 2 && states.allSatisfy { $0.count == 32 })
        #expect(Set(states + both.derivedKeys(for: "tokens")).count == 4)
        #expect(try Self.vault().derivedKeys(for: "state") == [states[1]])
    }

    // MARK: Nothing shows

    @Test func `no error and no description shows a secret or a key`() throws {
        let key = Base64.encoded([UInt8](repeating: 7, count: 32))
        let vault = try Self.vault()
        let text = try vault.seal(Self.secret, context: Self.context)
        var texts = ["\(try Self.ring(Self.line("k1", 7)))", "\(KeySource.variable(key))"]
        let bodies: [() throws -> Void] = [
            { _ = try vault.open(text, context: "other") },
            { _ = try vault.open(Self.canary, context: "c") },
            { _ = try vault.open("v1.\(Self.canary).AAAA", context: "c") },
            { _ = try Self.vault(Self.line("k2", 1)).open(text, context: Self.context) },
            { _ = try Self.ring("\(Self.canary)\n") },
            { _ = try Self.ring("k1:\(Self.canary)\n") },
            { _ = try Self.ring("k1:\(key)A\n") },
            { _ = try Self.ring("k1:\(key)\nk1:\(key)\n") },
            { _ = try Self.ring("\(Self.canary) \(Self.canary):\(key)\n") },
        ]
        for body in bodies {
            do {
                try body()
                Issue.record("nothing was thrown")
            } catch let problem as Problem {
                texts.append(JSONWriter.string(problem.json))
            }
        }
        #expect(texts.count == bodies.count + 2)
        for text in texts {
            #expect(!text.contains(Self.canary))
            #expect(!text.contains(key.prefix(8)))
        }
    }
}
