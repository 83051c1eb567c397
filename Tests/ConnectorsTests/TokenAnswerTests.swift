import ConnectorKit
import Model
import Testing

@testable import Connectors

/// What token endpoints answer, over real sockets.
struct TokenAnswerTests {
    static let canary = OAuthTests.canary

    /// Asks once for each kind of grant's worth of `kept`.
    static func ask(
        _ reply: FaultServer.Reply,
        kept: TokenSet? = nil,
        allowed: [String] = ["127.0.0.1"],
    ) async throws -> (Result<TokenSet, Problem>, [FaultServer.Received]) {
        var answer: Result<TokenSet, Problem> = .failure(Problem(.runtime))
        var requests: [FaultServer.Received] = []
        try await FaultServer.run({ _, _ in reply }) { server in
            try await TestConnectors.run(allowed: allowed) { test in
                let service = test.connectors.tokens
                let client = OAuthTests.client(server.base)
                do throws(Problem) {
                    let tokens =
                        if let kept {
                            try await service.refresh(kept, client: client, clock: test.services)
                        } else {
                            try await service.clientCredentials(
                                client: client,
                                clock: test.services,
                            )
                        }
                    answer = .success(tokens)
                } catch {
                    answer = .failure(error)
                }
            }
            requests = server.requests
        }
        return (answer, requests)
    }

    // MARK: Failures

    struct Failure: Sendable, CustomTestStringConvertible {
        var reply: FaultServer.Reply
        var code: String
        var type: ProblemType
        var action: ProblemAction
        var actor: ProblemActor
        var retry: RetryKind = .terminal
        var after: Int64?
        var testDescription: String { "\(reply)".prefix(160) + " \(code)" }
    }

    static func oauth(_ status: Int, _ error: String, headers: String = "") -> FaultServer.Reply {
        .json(
            status,
            "{\"error\":\"\(error)\",\"error_description\":\"no: \(canary)\","
                + "\"refresh_token\":\"\(canary)\"}",
            headers: headers,
        )
    }

    static let failures = [
        Failure(
            reply: oauth(400, "invalid_grant"),
            code: "B2611",
            type: .authentication,
            action: .reconnect,
            actor: .client,
        ),
        Failure(
            reply: oauth(200, "bad_refresh_token"),
            code: "B2611",
            type: .authentication,
            action: .reconnect,
            actor: .client,
        ),
        Failure(
            reply: .raw(
                "HTTP/1.1 200 X\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: 43\r\n\r\nerror=bad_verification_code&error_uri=a%2Fb"
            ),
            code: "B2611",
            type: .authentication,
            action: .reconnect,
            actor: .client,
        ),
        Failure(
            reply: oauth(401, "invalid_client"),
            code: "B2612",
            type: .configuration,
            action: .fixConfig,
            actor: .builder,
        ),
        Failure(
            reply: .status(401),
            code: "B2612",
            type: .configuration,
            action: .fixConfig,
            actor: .builder,
        ),
        Failure(
            reply: oauth(400, "invalid_scope"),
            code: "B2613",
            type: .configuration,
            action: .fixConfig,
            actor: .builder,
        ),
        Failure(
            reply: oauth(400, "something_new"),
            code: "B2613",
            type: .configuration,
            action: .fixConfig,
            actor: .builder,
        ),
        Failure(
            reply: .json(404, "{\"message\":\"\(canary)\"}"),
            code: "B2613",
            type: .configuration,
            action: .fixConfig,
            actor: .builder,
        ),
        Failure(
            reply: oauth(400, "temporarily_unavailable", headers: "Retry-After: 7\r\n"),
            code: "B2614",
            type: .service,
            action: .wait,
            actor: .vendor,
            retry: .after,
            after: 7000,
        ),
        Failure(
            reply: oauth(503, "invalid_grant", headers: "Retry-After: 9\r\n"),
            code: "B2614",
            type: .service,
            action: .wait,
            actor: .vendor,
            retry: .after,
            after: 9000,
        ),
        Failure(
            reply: .json(500, "<html>\(canary)"),
            code: "B2614",
            type: .service,
            action: .wait,
            actor: .vendor,
            retry: .transient,
        ),
        Failure(
            reply: .status(429, headers: "Retry-After: 120\r\n"),
            code: "B2614",
            type: .rateLimit,
            action: .wait,
            actor: .vendor,
            retry: .after,
            after: 120_000,
        ),
        Failure(
            reply: .json(200, "{\"token\":\"\(canary)\"}"),
            code: "B2615",
            type: .service,
            action: .contact,
            actor: .builder,
        ),
        Failure(
            reply: .json(200, "\"\(canary)\""),
            code: "B2615",
            type: .service,
            action: .contact,
            actor: .builder,
        ),
        Failure(
            reply: .json(200, "{\"access_token\":\"\(canary)\",\"token_type\":\"mac\"}"),
            code: "B2615",
            type: .service,
            action: .contact,
            actor: .builder,
        ),
        Failure(
            reply: .json(200, "{\"access_token\":\"a\\r\\nX: \(canary)\"}"),
            code: "B2615",
            type: .service,
            action: .contact,
            actor: .builder,
        ),
        Failure(
            reply: .json(200, "{\"access_token\":\"\"}"),
            code: "B2615",
            type: .service,
            action: .contact,
            actor: .builder,
        ),
        Failure(
            reply: .status(307, headers: "Location: /elsewhere?t=\(canary)\r\n"),
            code: "B2613",
            type: .configuration,
            action: .fixConfig,
            actor: .builder,
        ),
        Failure(
            reply: .close,
            code: "B2416",
            type: .communication,
            action: .retry,
            actor: .vendor,
            retry: .transient,
        ),
    ]

    @Test(arguments: failures)
    func `every failure is a problem with its actor and its action, and no secret`(
        _ expected: Failure
    ) async throws {
        let kept = TokenSet(
            accessToken: Self.canary,
            refreshToken: "\(Self.canary)-refresh",
            obtainedAt: OAuthTests.start,
        )
        for kept in [kept, nil] {
            let (answer, requests) = try await Self.ask(expected.reply, kept: kept)
            guard case .failure(let problem) = answer else {
                Issue.record("it went well")
                continue
            }
            #expect(problem.code == expected.code)
            #expect(problem.type == expected.type)
            #expect(problem.action == expected.action)
            #expect(problem.actor == expected.actor)
            #expect(problem.retry.kind == expected.retry)
            #expect(problem.retry.after?.milliseconds == expected.after)
            #expect(!JSONWriter.string(problem.json).contains("canary"))
            #expect(requests.count == 1)
        }
    }

    @Test func `a token endpoint in a private network is refused as any address`() async throws {
        let (answer, requests) = try await Self.ask(.json(200, "{}"), allowed: [])
        guard case .failure(let problem) = answer else {
            Issue.record("it went well")
            return
        }
        #expect(problem.code == "B2404" && requests.isEmpty)
    }

    @Test func `without a refresh token nothing is asked`() async throws {
        let kept = TokenSet(accessToken: "a", obtainedAt: OAuthTests.start)
        let (answer, requests) = try await Self.ask(.json(200, "{}"), kept: kept)
        guard case .failure(let problem) = answer else {
            Issue.record("it went well")
            return
        }
        #expect(problem.code == "B2621" && problem.action == .reconnect && requests.isEmpty)
    }

    // MARK: Tokens

    struct Success: Sendable, CustomTestStringConvertible {
        var body: String
        var isRefresh = false
        var refresh: String?
        var life: Int64?
        var scopes = ["read", "write all"]
        var missing: [String] = []
        var testDescription: String { body }
    }

    static let successes = [
        Success(body: "{\"access_token\":\"new\",\"token_type\":\"Bearer\"}"),
        Success(
            body: "{\"access_token\":\"new\",\"expires_in\":3600,\"refresh_token\":\"r2\"}",
            refresh: "r2",
            life: 3_600_000,
        ),
        Success(body: "{\"access_token\":\"new\",\"expires_in\":\"60\"}", life: 60_000),
        Success(body: "{\"access_token\":\"new\",\"expires_in\":-5}", life: 0),
        Success(body: "{\"access_token\":\"new\",\"expires_in\":59.9}", life: 59_000),
        Success(
            body: "{\"access_token\":\"new\",\"expires_in\":1e300}",
            life: TimeSpan.longest.milliseconds,
        ),
        Success(body: "{\"access_token\":\"new\",\"expires_in\":null}"),
        Success(body: "{\"access_token\":\"new\",\"expires_in\":\"soon\"}"),
        Success(
            body: "{\"access_token\":\"new\",\"scope\":\"read\"}",
            scopes: ["read"],
            missing: ["write all"],
        ),
        Success(
            body: "{\"access_token\":\"new\",\"scope\":\"a,b c\"}",
            scopes: ["a", "b", "c"],
            missing: ["read", "write all"],
        ),
        Success(
            body: "{\"access_token\":\"new\",\"scope\":[\"read\"]}",
            scopes: ["read"],
            missing: ["write all"],
        ),
        Success(
            body: "{\"access_token\":\"new\"}",
            isRefresh: true,
            refresh: "old",
            scopes: ["x", "y"],
            missing: ["z"],
        ),
        Success(
            body: "{\"access_token\":\"new\",\"refresh_token\":\"\"}",
            isRefresh: true,
            refresh: "old",
            scopes: ["x", "y"],
            missing: ["z"],
        ),
        Success(
            body: "{\"access_token\":\"new\",\"refresh_token\":\"r2\",\"scope\":\"x\"}",
            isRefresh: true,
            refresh: "r2",
            scopes: ["x"],
            missing: ["y", "z"],
        ),
    ]

    @Test(arguments: successes) func `tokens are read`(_ expected: Success) async throws {
        let kept = TokenSet(
            accessToken: "before",
            refreshToken: "old",
            obtainedAt: OAuthTests.start,
            scopes: ["x", "y"],
            missingScopes: ["z"],
            extra: ["instance_url": "https://x"],
        )
        let (answer, requests) = try await Self.ask(
            .json(200, expected.body),
            kept: expected.isRefresh ? kept : nil,
        )
        let tokens = try answer.get()
        #expect(tokens.accessToken == "new")
        #expect(tokens.refreshToken == expected.refresh)
        #expect(tokens.expiresAt.map { ($0 - OAuthTests.start).milliseconds } == expected.life)
        #expect(tokens.scopes == expected.scopes)
        #expect(tokens.missingScopes == expected.missing)
        #expect(tokens.extra == (expected.isRefresh ? kept.extra : JSONObject()))
        #expect(requests.first?.method == "POST" && requests.first?.path == "/token")
        #expect(requests.first?.headers["accept"] == "application/json")
    }

    @Test func `what the service says besides is kept, an identity token is not`() async throws {
        let body =
            "{\"access_token\":\"new\",\"id_token\":\"\(Self.canary)\",\"instance_url\":\"https://y\"}"
        let (answer, _) = try await Self.ask(.json(200, body))
        #expect(try answer.get().extra == ["instance_url": "https://y"])
    }

    @Test func `a form is read like JSON`() async throws {
        let text = "access_token=gho_1&scope=repo%2Cgist&token_type=bearer"
        let (answer, _) = try await Self.ask(
            .raw(
                "HTTP/1.1 200 X\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
            )
        )
        #expect(try answer.get().accessToken == "gho_1")
        #expect(try answer.get().scopes == ["repo", "gist"])
    }
}
