import ConnectorKit
import Model
import Testing

@testable import Connectors

/// The OAuth client by published numbers and tables, over real sockets where it sends.
struct OAuthTests {
    static let start = Timestamp(milliseconds: 1_700_000_000_000)
    static let canary = "canary-d41f-secret"
    static let keys = [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32)]

    static func client(_ base: String = "https://id.example.com") -> OAuthClient {
        OAuthClient(
            id: "s6BhdRkqt3",
            secret: canary,
            authorizationURL: "\(base)/authorize?tenant=7&state=theirs",
            tokenURL: "\(base)/token",
            scopes: ["read", "write all"],
        )
    }

    static func problem(_ body: () async throws -> Void) async throws -> Problem {
        do {
            try await body()
        } catch let problem as Problem {
            return problem
        }
        Issue.record("it went well")
        throw Problem(.runtime)
    }

    static func same(_ body: () throws -> Void) -> String? {
        do { try body() } catch let problem as Problem { return problem.code } catch {
            return "\(error)"
        }
        return nil
    }

    // MARK: The authorization URL

    /// RFC 7636, appendix B.
    @Test func `verifier and challenge are those of the RFC`() {
        let random: [UInt8] = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37,
            77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ]
        let verifier = ProofKey.verifier(random)
        #expect(verifier == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(ProofKey.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        #expect(ProofKey.isVerifier(verifier))
        #expect(!ProofKey.isVerifier(String(verifier.dropLast())))
        #expect(!ProofKey.isVerifier(verifier + "/"))
    }

    @Test func `the address has what the RFC wants, and nothing of it can be replaced`() throws {
        var client = Self.client()
        client.authorizationParameters = ["prompt": "consent", "state": "x", "client_id": "y"]
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let request = AuthorizationRequest(
            client: client,
            redirectURI: "https://p.example.com/back?a=1",
            state: "v1.s",
            verifier: verifier,
        )
        #expect(
            try AuthorizationAddress.make(request)
                == "https://id.example.com/authorize?tenant=7&response_type=code"
                + "&client_id=s6BhdRkqt3&redirect_uri=https%3A%2F%2Fp.example.com%2Fback%3Fa%3D1"
                + "&scope=read%20write%20all&state=v1.s"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                + "&code_challenge_method=S256&prompt=consent"
        )
    }

    @Test(arguments: [
        "http://id.example.com/a", "http://127.evil.example/a", "ftp://id.example.com", "nothing",
        "http://localhost.example.com",
    ])
    func `only https, or this machine, may be an authorization server`(_ text: String) {
        #expect(Self.same { _ = try OAuthEndpoint.url(text, named: "URL") } == "B2620")
    }

    @Test(arguments: [
        "https://a.example.com", "http://127.0.0.1:80/x", "http://[::1]/", "http://localhost",
    ])
    func `these may`(_ text: String) {
        #expect(Self.same { _ = try OAuthEndpoint.url(text, named: "URL") } == nil)
    }

    // MARK: The state

    static let state = AuthorizationState(
        subject: "aut_7/é",
        nonce: "n-1",
        expiresAt: start + TimeSpan(milliseconds: 600_000),
    )

    @Test func `a state comes back as it was`() throws {
        let text = SignedState.make(Self.state, keys: Self.keys)
        #expect(try SignedState.read(text, keys: Self.keys, now: Self.start) == Self.state)
        #expect(text.utf8.allSatisfy { PercentEncoding.isUnreserved($0) })
        // Signed before the keys were rotated.
        let old = SignedState.make(Self.state, keys: [Self.keys[1]])
        #expect(try SignedState.read(old, keys: Self.keys, now: Self.start) == Self.state)
    }

    @Test func `a state that is changed anywhere is refused`() {
        let text = SignedState.make(Self.state, keys: Self.keys)
        var count = 0
        for place in text.indices {
            for letter in "A9.-=+/ é" where text[place] != letter {
                var other = text
                other.replaceSubrange(place...place, with: String(letter))
                let code = Self.same {
                    _ = try SignedState.read(other, keys: Self.keys, now: Self.start)
                }
                #expect(code == "B2617", "\(other)")
                count += 1
            }
        }
        #expect(count >= 8 * text.count)
    }

    @Test func `a state of another key, of no key and cut short is refused`() {
        let text = SignedState.make(Self.state, keys: Self.keys)
        let other = [[UInt8](repeating: 3, count: 32)]
        let unsigned = SignedState.make(Self.state, keys: [])
        for (text, keys) in [
            (text, other), (text, []), (unsigned, [[]]), (unsigned, Self.keys), ("", Self.keys),
            (String(repeating: "a", count: 100_000), Self.keys), (text + "=", Self.keys),
        ] {
            #expect(
                Self.same { _ = try SignedState.read(text, keys: keys, now: Self.start) } == "B2617"
            )
        }
        for end in text.indices {
            let short = String(text[..<end])
            let code = Self.same {
                _ = try SignedState.read(short, keys: Self.keys, now: Self.start)
            }
            #expect(code == "B2617")
        }
    }

    @Test func `a state ends at its time`() {
        let text = SignedState.make(Self.state, keys: Self.keys)
        let end = Self.state.expiresAt
        let before = end - TimeSpan(milliseconds: 1)
        #expect(Self.same { _ = try SignedState.read(text, keys: Self.keys, now: before) } == nil)
        #expect(Self.same { _ = try SignedState.read(text, keys: Self.keys, now: end) } == "B2618")
    }

    // MARK: The answer of the authorization

    struct Answer: Sendable {
        var query: JSONObject
        var issuer: String?
        var code: String?
        var action: ProblemAction?
    }

    static let answers = [
        Answer(query: ["code": "abc"]),
        Answer(query: ["code": "abc", "iss": "https://i"], issuer: "https://i"),
        Answer(query: ["code": "abc"], issuer: "https://i", code: "B2619", action: .reconnect),
        Answer(query: ["error": "x", "iss": "j"], issuer: "https://i", code: "B2619"),
        Answer(query: [:], code: "B2619"),
        Answer(query: ["code": ""], code: "B2619"),
        Answer(query: ["code": "a\nb"], code: "B2619"),
        Answer(query: ["code": ["a", "b"]], code: "B2619"),
        Answer(query: ["error": "access_denied"], code: "B2616", action: .reconnect),
        Answer(query: ["error": "temporarily_unavailable"], code: "B2614", action: .wait),
        Answer(query: ["error": "server_error", "code": "abc"], code: "B2614"),
        Answer(query: ["error": "invalid_scope"], code: "B2613", action: .fixConfig),
        Answer(query: ["error": "unauthorized_client"], code: "B2612", action: .fixConfig),
        Answer(query: ["error": "made <up>"], code: "B2613"),
    ]

    @Test(arguments: answers) func `what the user comes back with is read`(_ answer: Answer) throws
    {
        var client = Self.client()
        client.issuer = answer.issuer
        do throws(Problem) {
            #expect(try AuthorizationAnswer.code(answer.query, client: client) == "abc")
            #expect(answer.code == nil)
        } catch {
            #expect(error.code == answer.code)
            if let action = answer.action { #expect(error.action == action) }
        }
    }

    // MARK: Token requests

    /// RFC 6749, section 2.3.1.
    @Test func `the client's proof is that of the RFC`() {
        var client = Self.client()
        client.secret = "gX1fBat3bV"
        let request = TokenRequest(client: client, grant: .clientCredentials)
        #expect(request.authorization == "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW")
        client.id = "a:b"
        client.secret = "c d/é"
        #expect(
            TokenRequest(client: client, grant: .clientCredentials).authorization
                == "Basic " + Base64.encoded(Array("a%3Ab:c+d%2F%C3%A9".utf8))
        )
    }

    @Test func `each grant has its fields, and further ones cannot replace them`() throws {
        func body(_ client: OAuthClient, _ grant: TokenRequest.Grant) throws -> String {
            let request = try TokenRequest(client: client, grant: grant).request()
            return String(decoding: request.body ?? [], as: UTF8.self)
        }
        var client = Self.client()
        client.tokenParameters = ["audience": "a b", "grant_type": "x", "client_secret": "y"]
        let code = TokenRequest.Grant.authorizationCode(
            code: "c&d",
            verifier: "v",
            redirectURI: "https://p/b",
        )
        #expect(
            try body(client, code)
                == "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fp%2Fb"
                + "&code_verifier=v&audience=a+b"
        )
        client.proof = .body
        #expect(
            try body(client, .refreshToken("r"))
                == "grant_type=refresh_token&refresh_token=r&client_id=s6BhdRkqt3"
                + "&client_secret=\(Self.canary)&audience=a+b"
        )
        client.secret = nil
        client.proof = .basic
        #expect(
            try body(client, .clientCredentials)
                == "grant_type=client_credentials&scope=read+write+all&client_id=s6BhdRkqt3"
                + "&audience=a+b"
        )
    }

    // MARK: Descriptions

    @Test func `neither clients nor tokens show themselves`() {
        let tokens = TokenSet(
            accessToken: Self.canary,
            refreshToken: Self.canary,
            obtainedAt: Self.start,
            extra: ["x": .string(Self.canary)],
        )
        var dumped = ""
        dump(tokens, to: &dumped)
        dump(Self.client(), to: &dumped)
        dump([Self.client()], to: &dumped)
        dumped += "\(tokens) \(Self.client()) \([tokens]) \(String(reflecting: Self.client()))"
        #expect(!dumped.contains("canary") && dumped.contains("s6BhdRkqt3"))
    }

    @Test func `a token set is stored and read back`() throws {
        let tokens = TokenSet(
            accessToken: "a",
            refreshToken: "r",
            expiresAt: Self.start,
            obtainedAt: Self.start,
            scopes: ["x"],
            missingScopes: ["y"],
            extra: ["instance_url": "https://x"],
        )
        #expect(TokenSet(json: tokens.json) == tokens)
        let least = TokenSet(accessToken: "a", obtainedAt: Self.start)
        #expect(TokenSet(json: least.json) == least)
        #expect(TokenSet(json: ["access_token": "a"]) == nil)
    }

    @Test(arguments: [
        (3600, 3539, true), (3600, 3540, false), (60, 29, true), (60, 30, false), (1, 0, true),
        (1, 1, false), (0, 0, false),
    ])
    func `a token ends a minute early, or half its life`(_ row: (Int64, Int64, Bool)) {
        let tokens = TokenSet(
            accessToken: "a",
            expiresAt: Self.start + TimeSpan(milliseconds: row.0 * 1000),
            obtainedAt: Self.start,
        )
        #expect(tokens.isFresh(at: Self.start + TimeSpan(milliseconds: row.1 * 1000)) == row.2)
    }
}
