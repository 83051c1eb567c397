import ConnectorKit
import Model
import Testing

@testable import Connectors

/// The OAuth client against django-oauth-toolkit, which knows nothing of us.
@Suite(WithOAuthServer(), .timeLimit(.minutes(5))) struct OAuthServerTests {
    static let keys = [[UInt8](repeating: 5, count: 32)]
    static let verifier = ProofKey.verifier([UInt8](1...32))
    static let scopes = ["read", "write"]

    private static func client(
        _ server: OAuthServer,
        _ name: String,
        proof: OAuthClient.Proof = .basic,
        scopes: [String] = scopes,
    ) throws -> OAuthClient {
        let known = try #require(server.clients[name])
        return OAuthClient(
            id: known.id,
            secret: name == "open" ? nil : known.secret,
            proof: proof,
            authorizationURL: "\(server.base)/authorize/",
            tokenURL: "\(server.base)/token/",
            scopes: scopes,
        )
    }

    private func run(
        _ body: (TestConnectors, any TokenService, OAuthServer) async throws -> Void
    ) async throws {
        let server = try #require(OAuthServer.current)
        try await TestConnectors.run { test in
            try await body(test, test.connectors.tokens, server)
        }
    }

    /// Logs the user in and lets them agree, or refuse; gives what the service sends back.
    private func answer(
        _ test: TestConnectors,
        _ server: OAuthServer,
        _ client: OAuthClient,
        agrees: Bool = true,
        state: String = "s",
    ) async throws -> JSONObject {
        let address = try test.connectors.tokens.authorizationURL(
            AuthorizationRequest(
                client: client,
                redirectURI: server.redirect,
                state: state,
                verifier: Self.verifier,
            )
        )
        let browser = Browser(test, base: server.base)
        let login = try #require(try await browser.get(address).location)
        #expect(login.hasPrefix("/login/"))
        var form = try await browser.get(login).hidden
        form["username"] = server.user
        form["password"] = server.password
        let back = try await browser.post(login, form)
        #expect(back.status == 302)
        let page = try await browser.get(try #require(back.location))
        #expect(page.status == 200)
        var consent = page.hidden
        #expect(consent["code_challenge_method"] == "S256")
        if agrees { consent["allow"] = "Authorize" }
        let end = try #require(try await browser.post(address, consent).location)
        #expect(end.hasPrefix(server.redirect + "?"))
        var query = JSONObject()
        for pair in end.dropFirst(server.redirect.count + 1).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            query[String(parts[0])] =
                parts.count == 2 ? PercentEncoding.formDecoded(parts[1]).map(JSONValue.string) : nil
        }
        return query
    }

    private func tokens(
        _ test: TestConnectors,
        _ server: OAuthServer,
        _ client: OAuthClient,
    ) async throws -> TokenSet {
        let code = try test.connectors.tokens.code(
            inAnswer: try await answer(test, server, client),
            client: client,
        )
        return try await test.connectors.tokens.exchange(
            code: code,
            verifier: Self.verifier,
            redirectURI: server.redirect,
            client: client,
            clock: test.services,
        )
    }

    private func problem(
        _ client: OAuthClient? = nil,
        _ body: () async throws -> TokenSet,
    ) async throws -> Problem {
        do {
            _ = try await body()
        } catch let problem as Problem {
            let text = JSONWriter.string(problem.json)
            #expect(!text.contains("canary"))
            #expect(!text.contains(Self.verifier))
            return problem
        }
        Issue.record("it went well")
        throw Problem(.runtime)
    }

    private func user(
        _ test: TestConnectors,
        _ server: OAuthServer,
        _ token: String,
    ) async throws
        -> String?
    {
        var test = test
        test.authentication = Authentication(name: "t", credential: .bearer(token: token))
        let answer = try await test.call("http.get", ["url": .string("\(server.base)/me/")])
        return answer["body"]?["user"]?.stringValue
    }

    @Test(arguments: OAuthClient.Proof.allCases)
    func `a code with PKCE becomes tokens that work`(_ proof: OAuthClient.Proof) async throws {
        try await run { test, service, server in
            let client = try Self.client(server, "code", proof: proof)
            let end = test.services.now() + TimeSpan(milliseconds: 600_000)
            let state = AuthorizationState(subject: "aut_1", nonce: "n", expiresAt: end)
            let query = try await answer(
                test,
                server,
                client,
                state: service.signedState(state, keys: Self.keys),
            )
            let returned = try service.state(
                query["state"]?.stringValue ?? "",
                keys: Self.keys,
                now: test.services.now(),
            )
            #expect(returned == state)
            let tokens = try await service.exchange(
                code: try service.code(inAnswer: query, client: client),
                verifier: Self.verifier,
                redirectURI: server.redirect,
                client: client,
                clock: test.services,
            )
            #expect(tokens.scopes == Self.scopes && tokens.missingScopes.isEmpty)
            #expect(tokens.expiresAt == test.services.now() + TimeSpan(milliseconds: 3_600_000))
            #expect(tokens.refreshToken != nil)
            #expect(try await user(test, server, tokens.accessToken) == server.user)
        }
    }

    @Test func `a client without a secret is protected by PKCE alone`() async throws {
        try await run { test, _, server in
            let tokens = try await tokens(test, server, try Self.client(server, "open"))
            #expect(try await user(test, server, tokens.accessToken) == server.user)
        }
    }

    @Test func `a wrong verifier is refused`() async throws {
        try await run { test, service, server in
            let client = try Self.client(server, "code")
            let query = try await answer(test, server, client)
            let code = try service.code(inAnswer: query, client: client)
            let problem = try await problem {
                try await service.exchange(
                    code: code,
                    verifier: ProofKey.verifier([UInt8](2...33)),
                    redirectURI: server.redirect,
                    client: client,
                    clock: test.services,
                )
            }
            #expect(problem.type == .authentication && problem.code == "B2611")
            #expect(!JSONWriter.string(problem.json).contains(code))
        }
    }

    @Test func `a user who refuses is told apart`() async throws {
        try await run { test, service, server in
            let client = try Self.client(server, "code")
            let query = try await answer(test, server, client, agrees: false)
            #expect(throws: Problem.self) { try service.code(inAnswer: query, client: client) }
            do throws(Problem) {
                _ = try service.code(inAnswer: query, client: client)
            } catch {
                #expect(error.code == "B2616" && error.action == .reconnect)
            }
        }
    }

    @Test func `a refresh gives new tokens, and the old refresh token is spent`() async throws {
        try await run { test, service, server in
            let client = try Self.client(server, "code")
            let first = try await tokens(test, server, client)
            let second = try await service.refresh(first, client: client, clock: test.services)
            #expect(second.accessToken != first.accessToken)
            #expect(second.refreshToken != first.refreshToken)
            #expect(second.scopes == Self.scopes)
            #expect(try await user(test, server, second.accessToken) == server.user)
            let problem = try await problem {
                try await service.refresh(first, client: client, clock: test.services)
            }
            #expect(problem.type == .authentication && problem.code == "B2611")
        }
    }

    @Test func `a revoked refresh token asks the client to reconnect`() async throws {
        try await run { test, service, server in
            let client = try Self.client(server, "code")
            let tokens = try await tokens(test, server, client)
            let refresh = try #require(tokens.refreshToken)
            _ = try await test.call(
                "http.post",
                [
                    "url": .string("\(server.base)/revoke/"),
                    "form": [
                        "token": .string(refresh), "client_id": .string(client.id),
                        "client_secret": .string(client.secret ?? ""),
                    ],
                ],
            )
            let problem = try await problem {
                try await service.refresh(tokens, client: client, clock: test.services)
            }
            #expect(problem.type == .authentication && !problem.isRetryable)
            #expect(problem.actor == .client && problem.action == .reconnect)
            #expect(problem.data == ["error": "invalid_grant"])
            #expect(!JSONWriter.string(problem.json).contains(refresh))
        }
    }

    @Test(arguments: OAuthClient.Proof.allCases)
    func `a client gets tokens for itself`(_ proof: OAuthClient.Proof) async throws {
        try await run { test, service, server in
            let client = try Self.client(server, "machine", proof: proof, scopes: ["read"])
            let tokens = try await service.clientCredentials(client: client, clock: test.services)
            #expect(tokens.refreshToken == nil && tokens.scopes == ["read"])
            #expect(tokens.isFresh(at: test.services.now()))
        }
    }

    @Test(arguments: OAuthClient.Proof.allCases)
    func `a wrong client secret is the builder's`(_ proof: OAuthClient.Proof) async throws {
        try await run { test, service, server in
            var client = try Self.client(server, "machine", proof: proof)
            client.secret = "canary, and wrong"
            let problem = try await problem {
                try await service.clientCredentials(client: client, clock: test.services)
            }
            #expect(problem.type == .configuration && problem.code == "B2612")
            #expect(problem.actor == .builder && !problem.isRetryable)
        }
    }

    @Test func `a scope that the client may not have is the builder's`() async throws {
        try await run { test, service, server in
            let client = try Self.client(server, "machine", scopes: ["admin"])
            let problem = try await problem {
                try await service.clientCredentials(client: client, clock: test.services)
            }
            #expect(problem.type == .configuration && problem.code == "B2613")
            #expect(problem.data == ["error": "invalid_scope"])
        }
    }

    @Test func `a server that is down may be up later`() async throws {
        var gone: OAuthClient?
        try await OAuthServer.run { gone = try Self.client($0, "machine") }
        let client = try #require(gone)
        try await TestConnectors.run { test in
            let problem = try await problem {
                try await test.connectors.tokens.clientCredentials(
                    client: client,
                    clock: test.services,
                )
            }
            #expect(problem.type == .communication && problem.isRetryable)
            #expect(problem.code == "B2408")
        }
    }
}
