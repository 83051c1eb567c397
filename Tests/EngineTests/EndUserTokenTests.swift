import Embedding
import JWTKit
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Testing

@testable import Engine

/// Tokens that a partner's backend signed: who they let in, and that all others are told the same.
@Suite(.timeLimit(.minutes(2))) struct EndUserTokenTests {
    private struct Claims: JWTPayload {
        var sub: String?
        var aud: [String]? = ["backstop"]
        var iss: String?
        var iat: Int?
        var exp: Int?
        var nbf: Int?

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// A key with what signs for it.
    private struct Signer: Sendable {
        var id: String
        var keys: JWTKeyCollection

        func token(_ claims: Claims, kid: String? = nil) async throws -> String {
            try await keys.sign(claims, kid: nil, header: ["kid": .string(kid ?? id)])
        }
    }

    private static func now(_ offset: Int = 0) -> Int {
        Int(SystemClock().now().milliseconds / 1000) + offset
    }

    private static func claims(_ change: (inout Claims) -> Void = { _ in }) -> Claims {
        var claims = Claims(sub: "ada", iat: now(), exp: now(600))
        change(&claims)
        return claims
    }

    private static func hmac(_ engine: Engine, issuer: String? = nil) async throws -> Signer {
        let (key, secret) = try await engine.directory.createSigningKey(
            .hs256,
            publicKey: nil,
            issuer: issuer,
            by: .adminToken,
        )
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: try #require(secret)), digestAlgorithm: .sha256)
        return Signer(id: key.id.description, keys: keys)
    }

    private static func ecdsa(_ engine: Engine) async throws -> (signer: Signer, pem: String) {
        let secret = ES256PrivateKey()
        let pem = secret.publicKey.pemRepresentation
        let (key, text) = try await engine.directory.createSigningKey(
            .es256,
            publicKey: pem,
            issuer: nil,
            by: .adminToken,
        )
        #expect(text == nil)
        let keys = JWTKeyCollection()
        await keys.add(ecdsa: secret)
        return (Signer(id: key.id.description, keys: keys), pem)
    }

    private static let embedded = Embedded(
        solution: InstanceTests.solution,
        workflows: ["w": InstanceTests.workflow],
        connectors: [TestConnector()],
    )

    private static func run(
        on store: any Store = MemoryStore(),
        _ body: @escaping @Sendable (Engine, ObjectID) async throws -> Void,
    ) async throws {
        try await embedded.run(on: store, vault: Embedded.vault()) { engine in
            let user = try await engine.newInstance("ada").endUser
            try await body(engine, user)
        }
    }

    private static func isRefused(_ engine: Engine, _ token: String) async -> Bool {
        do throws(Problem) {
            _ = try await engine.directory.actor(withToken: token)
            return false
        } catch {
            return error == EmbeddingFault.notAccepted.problem()
        }
    }

    @Test func `a signed token is its end user, and nobody else`() async throws {
        try await Self.run { engine, user in
            let (ecdsa, _) = try await Self.ecdsa(engine)
            for signer in [try await Self.hmac(engine), ecdsa] {
                let token = try await signer.token(Self.claims())
                let actor = try await engine.directory.actor(withToken: token)
                #expect(actor == .endUser(user))
                #expect(actor.role == .client && actor.scope == .own(user))
            }
        }
    }

    @Test func `an RSA key counts until it is deleted, and for its issuer alone`() async throws {
        try await Self.run { engine, user in
            let (secret, pem) = try TestKeys.rsa()
            let keys = JWTKeyCollection()
            await keys.add(rsa: secret, digestAlgorithm: .sha256)
            let (key, _) = try await engine.directory.createSigningKey(
                .rs256,
                publicKey: pem,
                issuer: "https://partner.test",
                by: .adminToken,
            )
            let signer = Signer(id: key.id.description, keys: keys)
            let token = try await signer.token(Self.claims { $0.iss = "https://partner.test" })
            #expect(try await engine.directory.actor(withToken: token) == .endUser(user))
            let wrong = try await signer.token(Self.claims { $0.iss = "https://else.test" })
            #expect(await Self.isRefused(engine, wrong))
            try await engine.directory.deleteSigningKey(key.id, by: .adminToken)
            #expect(await Self.isRefused(engine, token))
        }
    }

    @Test func `every other token gets the same answer, after the same looks into the store`()
        async throws
    {
        let store = FaultyStore(MemoryStore()) { _, _ in false }
        try await Self.run(on: store) { engine, _ in
            let signer = try await Self.hmac(engine)
            let other = try await Self.hmac(engine)
            let (ecdsa, pem) = try await Self.ecdsa(engine)
            let good = try await signer.token(Self.claims())
            let parts = good.split(separator: ".").map(String.init)

            // RFC 8725: the public key as the secret of an HMAC, and no signature at all.
            let confused = JWTKeyCollection()
            await confused.add(hmac: HMACKey(from: pem), digestAlgorithm: .sha256)
            let none = Base64.urlEncoded(
                Array(#"{"alg":"none","kid":"\#(signer.id)"}"#.utf8)
            )
            let critical = Base64.urlEncoded(
                Array(#"{"alg":"HS256","kid":"\#(signer.id)","crit":["b64"],"b64":false}"#.utf8)
            )
            var wrong: [(String, String)] = [
                ("other key", try await other.token(Self.claims(), kid: signer.id)),
                ("unknown key", try await signer.token(Self.claims(), kid: "sig_0000000000001")),
                ("no key's name", try await signer.token(Self.claims(), kid: "../x")),
                (
                    "algorithm of another key",
                    try await signer.token(Self.claims(), kid: ecdsa.id),
                ),
                (
                    "public key as a secret",
                    try await Signer(id: ecdsa.id, keys: confused).token(Self.claims()),
                ),
                ("no algorithm", "\(none).\(parts[1])."),
                ("none, signed", "\(none).\(parts[1]).\(parts[2])"),
                ("critical", "\(critical).\(parts[1]).\(parts[2])"),
                ("no signature", "\(parts[0]).\(parts[1])."),
                ("two parts", "\(parts[0]).\(parts[1])"),
                ("four parts", good + ".x"),
                ("padded", good + "="),
                ("nonsense", "a.b.c"),
                ("long", String(repeating: "a", count: 5000) + "." + good),
            ]
            let changes: [(String, (inout Claims) -> Void)] = [
                ("expired", { $0.exp = Self.now(-61) }), ("no expiry", { $0.exp = nil }),
                ("from the future", { $0.iat = Self.now(120) }),
                ("no issue time", { $0.iat = nil }),
                ("not yet", { $0.nbf = Self.now(120) }),
                ("lives too long", { $0.exp = Self.now(3700) }),
                ("other audience", { $0.aud = ["else"] }), ("no audience", { $0.aud = nil }),
                ("nobody", { $0.sub = "nobody" }), ("no subject", { $0.sub = nil }),
                ("empty subject", { $0.sub = "" }),
                ("an id instead of a name", { $0.sub = "usr_0000000000001" }),
            ]
            for (name, change) in changes {
                wrong.append((name, try await signer.token(Self.claims(change))))
            }
            for (name, token) in wrong {
                let before = store.names.count { $0 == "record" }
                #expect(await Self.isRefused(engine, token), "\(name)")
                #expect(store.names.count { $0 == "record" } - before == 2, "\(name)")
            }
            let before = store.names.count { $0 == "record" }
            #expect(await !Self.isRefused(engine, good))
            #expect(store.names.count { $0 == "record" } - before == 2)
        }
    }

    @Test func `whatever character of a token is changed, it is refused`() async throws {
        try await Self.run { engine, _ in
            let signer = try await Self.hmac(engine)
            let token = try await signer.token(Self.claims())
            for index in token.indices {
                for letter in ["A", "B", "-", "."] where String(token[index]) != letter {
                    var changed = token
                    changed.replaceSubrange(index...index, with: letter)
                    #expect(await Self.isRefused(engine, changed), "\(changed)")
                }
            }
        }
    }

    @Test func `a key that the algorithm cannot use is refused`() async throws {
        try await Self.run { engine, _ in
            let ec = ES256PrivateKey().publicKey.pemRepresentation
            let cases: [(SigningKey.Algorithm, String?)] = [
                (.hs256, ec), (.rs256, nil), (.es256, nil), (.rs256, ec), (.es256, "nonsense"),
                (.es256, try TestKeys.rsa().publicPEM), (.rs256, TestKeys.smallPublic),
                (.es256, ES384PrivateKey().publicKey.pemRepresentation),
            ]
            for (algorithm, pem) in cases {
                do throws(Problem) {
                    _ = try await engine.directory.createSigningKey(
                        algorithm,
                        publicKey: pem,
                        issuer: nil,
                        by: .adminToken,
                    )
                    Issue.record("\(algorithm) took \(pem ?? "nothing")")
                } catch {
                    #expect(error.code == "B2837")
                }
            }
        }
    }
}
