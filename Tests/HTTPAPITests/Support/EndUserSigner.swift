import JWTKit
import Testing

/// A partner's backend that signs tokens for its end users.
struct EndUserSigner: Sendable {
    private struct Claims: JWTPayload {
        var sub: String
        var aud = "backstop"
        var iat: Int
        var exp: Int

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    let id: String
    private let keys = JWTKeyCollection()

    /// Registers a key by the API.
    init(_ partner: Partner) async throws {
        let made = try await partner.ask(
            "POST",
            "/v1/signing-keys",
            #"{"algorithm": "HS256"}"#,
        )
        #expect(made.status == 201 && made.headers["cache-control"] == "no-store")
        id = try #require(try made.json["id"]?.stringValue)
        let secret = try #require(try made.json["secret"]?.stringValue)
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
    }

    func token(_ user: String, now: Int64) async throws -> String {
        let claims = Claims(sub: user, iat: Int(now / 1000), exp: Int(now / 1000) + 600)
        return try await keys.sign(claims, kid: nil, header: ["kid": .string(id)])
    }
}
