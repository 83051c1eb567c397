import Embedding
import Model
import Testing

/// Every object is the same after it was written and read.
@Suite struct DocumentTests {
    static let seeds: Range<UInt64> = 0..<150

    @Test func `end users round-trip`() throws {
        for seed in Self.seeds {
            var sample = Sample(seed: seed)
            try check(sample.endUser(), seed)
        }
    }

    @Test func `solution versions and project facts round-trip`() throws {
        for seed in Self.seeds {
            var sample = Sample(seed: seed)
            let version = try sample.version()
            try check(version, seed)
            var facts = ProjectFacts()
            facts.account = sample.random.object()
            facts.solutions = [version]
            facts.alerts = [
                ProjectFacts.Part(name: "a", digest: "b", facts: sample.random.object())
            ]
            try check(facts, seed)
        }
    }

    @Test func `instances round-trip`() throws {
        for seed in Self.seeds {
            var sample = Sample(seed: seed)
            let version = try sample.version()
            try check(sample.instance(of: version, user: sample.id(.endUser)).0, seed)
        }
    }

    @Test func `authentications round-trip`() throws {
        for seed in Self.seeds {
            var sample = Sample(seed: seed)
            let owner = sample.random.coin() ? sample.id(.endUser) : nil
            try check(sample.authentication(owner: owner), seed)
        }
    }

    @Test func `trigger states, failures and audit records round-trip`() throws {
        for seed in Self.seeds {
            var sample = Sample(seed: seed)
            try check(sample.trigger(), seed, free: ["cursor"])
            try check(sample.audit(), seed, free: ["before", "after"])
        }
    }

    @Test func `keys round-trip`() throws {
        for seed in Self.seeds {
            var sample = Sample(seed: seed)
            try check(sample.apiKey(), seed)
            let signingKey = sample.signingKey()
            try check(try #require(signingKey), seed)
        }
    }

    @Test func `a public key is never the secret of an HMAC, nor the other way round`() throws {
        var sample = Sample(seed: 1)
        let id = sample.id(.signingKey)
        let now = Timestamp(milliseconds: 0)
        for algorithm in SigningKey.Algorithm.allCases {
            let wrong: SigningKey.Material = algorithm == .hs256 ? .publicKey("p") : .sealed("s")
            #expect(
                SigningKey(id: id, algorithm: algorithm, material: wrong, createdAt: now) == nil
            )
        }
    }

    /// Reads back what was written; refuses it when a member has the wrong type, and when one is
    /// missing gives either nothing or a document without it.
    private func check<Document: JSONDocument>(
        _ document: Document,
        _ seed: UInt64,
        free: Set<String> = [],
    ) throws {
        let text = JSONWriter.string(document.json)
        let read = try JSONParser.parse(text)
        let again = Document(json: read)
        #expect(again == document, "seed \(seed): \(text)")
        #expect(again?.json == document.json, "seed \(seed): \(text)")
        guard case .object(let object) = read else {
            Issue.record("seed \(seed): no object")
            return
        }
        for key in object.keys {
            var damaged = object
            damaged[key] = nil
            let shorter = Document(json: .object(damaged))
            #expect(shorter?.json ?? .object(damaged) == .object(damaged), "without \(key)")
            guard !free.contains(key) else { continue }
            damaged[key] = object[key]?.arrayValue == nil ? [.bool(true)] : true
            #expect(Document(json: .object(damaged)) == nil, "seed \(seed): wrong \(key)")
        }
        var extended = object
        extended["a_member_of_later"] = 1
        #expect(Document(json: .object(extended)) == document)
    }
}
