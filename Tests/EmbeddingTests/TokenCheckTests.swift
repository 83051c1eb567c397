import Embedding
import Model
import Testing

@Suite struct TokenCheckTests {
    private static let now: Int64 = 1_750_000_000

    private func reason(
        _ changes: JSONObject,
        header: JSONObject = ["alg": "HS256"],
        issuer: String? = nil,
    ) throws -> TokenCheck.Reason? {
        let key = try #require(
            SigningKey(
                id: ObjectID(.signingKey, rawValue: 1),
                algorithm: .hs256,
                material: .sealed("s"),
                issuer: issuer,
                createdAt: LeadSync.start,
            )
        )
        var claims: JSONObject = [
            "sub": "cust-7", "iat": .integer(Self.now), "exp": .integer(Self.now + 600),
            "aud": "backstop",
        ]
        for (name, value) in changes { claims[name] = value.isNull ? nil : value }
        let check = TokenCheck(key: key, now: Timestamp(milliseconds: Self.now * 1000))
        switch check.subject(header: header, claims: claims) {
        case .success(let subject):
            #expect(subject == claims["sub"]?.stringValue)
            return nil
        case .failure(let refusal): return refusal.reason
        }
    }

    private static func at(_ seconds: Int64) -> JSONValue { .integer(now + seconds) }

    /// The changed claims, and the reason in the log; nil is accepted.
    @Test(
        arguments: [
            ([:], nil),
            (["sub": nil], .noSubject),
            (["sub": 7], .noSubject),
            (["sub": ""], .noSubject),
            (["sub": "a\nb"], .noSubject),
            (["sub": .string(String(repeating: "x", count: 256))], nil),
            (["sub": .string(String(repeating: "x", count: 257))], .noSubject),
            (["exp": nil], .noExpiry),
            (["exp": "1750000600"], .noExpiry),
            (["exp": at(3600)], nil),
            (["exp": at(3601)], .livesTooLong),
            (["exp": at(3660), "iat": at(60)], nil),
            (["exp": at(3661), "iat": at(61)], .issuedInFuture),
            (["exp": at(-59), "iat": at(-600)], nil),
            (["exp": at(-60), "iat": at(-600)], .expired),
            (["exp": at(1), "iat": at(-86_400)], .livesTooLong),
            (["exp": 1e300], .livesTooLong),
            (["exp": -1e300], .expired),
            (["exp": .number(Double(now) + 0.5)], nil),
            (["iat": nil], .noIssueTime),
            (["iat": true], .noIssueTime),
            (["iat": at(60)], nil),
            (["iat": at(61)], .issuedInFuture),
            (["nbf": at(60)], nil),
            (["nbf": at(61)], .notYetValid),
            (["nbf": "soon"], .malformed),
            (["aud": nil], .wrongAudience),
            (["aud": "Backstop"], .wrongAudience),
            (["aud": ["other", "backstop"]], nil),
            (["aud": ["other"]], .wrongAudience),
            (["aud": []], .wrongAudience),
            (["aud": ["backstop": true]], .wrongAudience),
            (["iss": "anybody"], nil),
            (["iss": 5], .malformed),
        ] as [(JSONObject, TokenCheck.Reason?)]
    )
    func `the claims`(changes: JSONObject, expected: TokenCheck.Reason?) throws {
        #expect(try reason(changes) == expected, "\(JSONWriter.string(.object(changes)))")
    }

    @Test(arguments: ["none", "None", "", "HS384", "RS256", "ES256", "hs256"])
    func `the key says which algorithm`(algorithm: String) throws {
        #expect(try reason([:], header: ["alg": .string(algorithm)]) == .wrongAlgorithm)
    }

    @Test func `a header without algorithm or with critical extensions is refused`() throws {
        #expect(try reason([:], header: [:]) == .wrongAlgorithm)
        #expect(try reason([:], header: ["alg": "HS256", "crit": ["x"]]) == .malformed)
    }

    @Test func `an issuer that the key names must be there`() throws {
        #expect(try reason(["iss": "acme"], issuer: "acme") == nil)
        #expect(try reason(["iss": "evil"], issuer: "acme") == .wrongIssuer)
        #expect(try reason([:], issuer: "acme") == .wrongIssuer)
    }

    @Test func `the caller hears the same for every reason`() {
        let problems = Set(TokenCheck.Reason.allCases.map { TokenCheck.Refusal($0).problem })
        #expect(problems.count == 1)
        #expect(problems.first?.code == "B2516")
        #expect(problems.first?.status == 401)
        #expect(problems.first?.detail == nil)
    }
}
