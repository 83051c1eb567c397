import Crypto
import Language
import Model
import Testing

@testable import HTTPAPI

/// The connect page as a browser sees it.
@Suite(.timeLimit(.minutes(2))) struct ConnectPageTests {
    private static let account = """
        title: Ada & Co <b>
        services:
          crm:
            title: Acme "CRM"
            kinds: [oauth2, bearer, api_key]
            header: X-Key
            help: Look under <Settings>.
            oauth:
              client_id: partner
              authorization_url: https://id.test/authorize
              token_url: https://id.test/token
          erp:
            kinds: [headers, basic]
            headers: [X-App, X-Key]
        connect:
          return_urls: ["https://app.test/integrations"]
        """

    private static let files: ProjectFiles = {
        var files = Partner.files.files
        files.append(.init(path: "backstop.yaml", text: account))
        return ProjectFiles(files)
    }()

    private static func run(
        grant: @escaping @Sendable (String) throws(Problem) -> String = { code in "t-\(code)" },
        _ change: (inout HTTPAPIConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Partner, CRMConnector) async throws -> Void,
    ) async throws {
        let crm = CRMConnector()
        let setup = RunningAPI.Setup(
            project: files,
            connectors: [crm],
            tokens: { GrantingTokens(base: $0, grant: grant) },
        )
        try await RunningAPI.run(on: setup, change) { try await body(Partner($0), crm) }
    }

    /// An instance that lacks its connection alone, and a link for it.
    private static func setUp(
        _ partner: Partner,
        returnURL: String? = "https://app.test/integrations?tab=crm",
    ) async throws -> (instance: String, url: String, link: String) {
        try await partner.make("/v1/end-users", #"{"external_id": "ada"}"#)
        let instance = try await partner.make(
            "/v1/instances",
            #"{"end_user": "ext:ada", "solution": "leads", "config": {"list_id": "L"}}"#,
        )
        let back = returnURL.map { #", "return_url": "\#($0)""# } ?? ""
        let made = try await partner.ask(
            "POST",
            "/v1/connect-links",
            #"{"end_user": "ext:ada", "instance": "\#(instance)"\#(back)}"#,
        )
        #expect(made.status == 201 && made.headers["cache-control"] == "no-store")
        let url = try #require(try made.json["url"]?.stringValue)
        let link = try #require(try made.json["id"]?.stringValue)
        #expect(url.contains("/connect/bscl_"))
        return (instance, url, link)
    }

    private static func state(_ partner: Partner, _ instance: String) async throws -> JSONValue? {
        try await partner.ask("POST", "/v1/instances/\(instance)/enable").json["state"]
    }

    @Test func `an end user gives a key, and the integration works with it`() async throws {
        try await Self.run { partner, crm in
            let (instance, url, link) = try await Self.setUp(partner)
            let visitor = Visitor(partner.api)
            let page = try await visitor.get(url)
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["set-cookie"] == nil)
            #expect(page.text.contains("Acme &quot;CRM&quot;"))
            #expect(page.text.contains("Look under &lt;Settings&gt;."))
            #expect(page.text.contains("Ada &amp; Co &lt;b&gt;"))
            #expect(page.text.contains("status=cancelled"))
            let sent = try await visitor.post(
                url,
                [("item", "\(instance):crm"), ("kind", "bearer"), ("token", "  canary-7 \n")],
            )
            #expect(sent.status == 303)
            #expect(sent.headers["location"] == "/connect/\(link)")
            let end = try await visitor.get("/connect/\(link)")
            #expect(end.status == 200 && end.text.contains("You are connected"))
            #expect(
                end.text.contains(
                    "https://app.test/integrations?tab=crm&amp;connect_link=\(link)&amp;status=connected"
                )
            )
            #expect(!end.text.contains("<form") && !end.text.contains("canary"))
            #expect(try await Self.state(partner, instance) == "enabled")
            try await partner.ask("POST", "/hooks/instances/\(instance)/push", "{}")
            #expect(crm.tokens == ["canary-7"])
            let links = try await partner.ask("GET", "/v1/connect-links")
            #expect(try links.json["connect_links"]?[0]?["used"] == true)
            #expect(try links.json["connect_links"]?[0]?["closed_at"] != nil)
            let token = try #require(url.split(separator: "/").last)
            for answer in await partner.answers.dropFirst(3) {
                #expect(!answer.text.contains("canary") && !answer.text.contains(token))
            }
        }
    }

    @Test func `an end user agrees at the service and comes back connected`() async throws {
        try await Self.run { partner, crm in
            let (instance, url, link) = try await Self.setUp(partner)
            let visitor = Visitor(partner.api)
            let page = try await visitor.get(url)
            let path = try #require(
                page.text.firstMatch(of: /href="(\/connect\/[^"]*\/start[^"]*)"/)
            ).1
            let start = try await visitor.get(String(path))
            #expect(start.status == 303)
            let address = try #require(start.headers["location"])
            #expect(address.hasPrefix("https://id.test/authorize?response_type=code"))
            #expect(address.contains("code_challenge_method=S256"))
            let port = partner.api.port
            #expect(
                address.contains("redirect_uri=http%3A%2F%2F127.0.0.1%3A\(port)%2Foauth%2Fcallback")
            )
            let state = try #require(address.firstMatch(of: /state=([^&]*)/)).1
            // The service adds parameters of its own.
            let back = "/oauth/callback?code=c-1&state=\(state)&session_state=x&scope=a+b"
            let stranger = try await Visitor(partner.api).get(back)
            #expect(stranger.status == 410 && !stranger.text.contains("Acme"))
            let end = try await visitor.get(back)
            #expect(end.status == 303 && end.headers["location"] == "/connect/\(link)")
            #expect(try await visitor.get("/connect/\(link)").text.contains("You are connected"))
            #expect(try await visitor.get(back).status == 410)
            #expect(try await Self.state(partner, instance) == "enabled")
            try await partner.ask("POST", "/hooks/instances/\(instance)/push", "{}")
            #expect(crm.tokens == ["t-c-1"])
        }
    }

    @Test func `what went wrong is told in the client's words, and can be tried again`()
        async throws
    {
        try await Self.run(grant: { _ throws(Problem) in
            throw Problem(.authentication, detail: "POST https://id.test/token: invalid_grant")
        }) { partner, _ in
            let (instance, url, _) = try await Self.setUp(partner)
            let visitor = Visitor(partner.api)
            for query in ["code=c", "error=access_denied&error_description=canary", ""] {
                let start = try await visitor.get("\(url)/start?item=\(instance)%3Acrm")
                let address = try #require(start.headers["location"])
                let state = try #require(address.firstMatch(of: /state=([^&]*)/)).1
                let end = try await visitor.get("/oauth/callback?state=\(state)&\(query)")
                #expect((400...599).contains(end.status), "\(query)")
                #expect(end.text.contains(#"role="alert""#), "\(query)")
                #expect(end.text.contains("/start?item="), "\(query)")
                #expect(!end.text.contains("invalid_grant") && !end.text.contains("canary"))
            }
            let forged = try await visitor.get("/oauth/callback?state=v1.a.b.1.c&code=x")
            #expect(forged.status == 400 && forged.text.contains("This link is not valid"))
            #expect(try await visitor.get("/oauth/callback?%ff=1&state=a&state=b").status == 400)
        }
    }

    @Test func `a form that is not whole, of another site or of nobody connects nothing`()
        async throws
    {
        try await Self.run { partner, _ in
            let (instance, url, _) = try await Self.setUp(partner)
            let item = ("item", "\(instance):crm")
            let visitor = Visitor(partner.api)
            let wrong: [[(String, String)]] = [
                [item], [item, ("kind", "bearer")], [item, ("kind", "bearer"), ("token", " ")],
                [item, ("kind", "bearer"), ("token", "a\u{0}b")],
                [item, ("kind", "basic"), ("user", "u"), ("password", "p")],
                [item, ("kind", "oauth2")], [item, ("kind", "king"), ("token", "t")],
                [item, ("kind", "bearer"), ("token", "t"), ("header", "X")],
                [item, ("kind", "bearer"), ("token", String(repeating: "x", count: 20_000))],
                [item, item, ("kind", "bearer"), ("token", "t")],
                [("item", "\(instance):else"), ("kind", "bearer"), ("token", "t")],
            ]
            for form in wrong {
                let answer = try await visitor.post(url, form)
                #expect((400...499).contains(answer.status), "\(form)")
                #expect(answer.text.contains(#"role="alert""#), "\(form)")
                #expect(answer.headers["set-cookie"] == nil, "\(form)")
            }
            let good = [item, ("kind", "bearer"), ("token", "t")]
            for site in ["cross-site", "same-site"] {
                #expect(try await visitor.post(url, good, site: site).status == 410)
            }
            let evil = try await partner.api.ask(
                "POST",
                url.replacing("http://127.0.0.1:\(partner.api.port)", with: ""),
                body: "item=\(instance)%3Acrm&kind=bearer&token=t",
                headers: [
                    ("Content-Type", "application/x-www-form-urlencoded"),
                    ("Origin", "https://evil.test"),
                ],
            )
            #expect(evil.status == 410)
            let none = try await partner.ask("GET", "/v1/authentications")
            #expect(try none.json["authentications"] == [])
            #expect(try await visitor.post(url, good, site: nil).status == 303)
        }
    }

    @Test func `a page loads nothing, runs nothing, is framed by nobody and kept by nobody`()
        async throws
    {
        try await Self.run { partner, _ in
            let (instance, url, link) = try await Self.setUp(partner)
            let visitor = Visitor(partner.api)
            let answers = [
                try await visitor.get(url), try await visitor.get("/connect/nonsense"),
                try await visitor.get("/oauth/callback"),
                try await visitor.get("\(url)/start?item=\(instance)%3Acrm"),
                try await visitor.get("/connect/\(link)"),
            ]
            #expect(answers.map(\.status) == [200, 404, 400, 303, 200])
            for answer in answers {
                let policy = try #require(answer.headers["content-security-policy"])
                #expect(policy.contains("default-src 'none'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(policy.contains("form-action 'self'") && policy.contains("base-uri 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.headers["referrer-policy"] == "same-origin")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                guard let style = answer.text.firstMatch(of: /<style>([^<]*)<\/style>/)?.1 else {
                    #expect(answer.status == 303)
                    continue
                }
                let digest = Base64.encoded(Array(SHA256.hash(data: Array(style.utf8))))
                #expect(policy.contains("'sha256-\(digest)'"))
                for word in ["<script", "src=", " on", "javascript:", "<img", "style=\""] {
                    let rest = answer.text.replacing(style, with: "")
                    let markup = rest.matches(of: /<[^>]*>/).map { String($0.0) }.joined()
                    #expect(!markup.contains(word), "\(word)")
                }
            }
        }
    }

    @Test func `behind a public address, links and cookies are of that address`() async throws {
        try await Self.run({ $0.publicURL = "https://hooks.partner.test" }) { partner, _ in
            let (instance, url, link) = try await Self.setUp(partner)
            #expect(url.hasPrefix("https://hooks.partner.test/connect/bscl_"))
            let path = url.replacing("https://hooks.partner.test", with: "")
            let start = try await partner.api.ask("GET", "\(path)/start?item=\(instance)%3Acrm")
            let cookie = try #require(start.headers["set-cookie"])
            #expect(cookie.hasPrefix("__Host-backstop_\(link)="))
            #expect(cookie.hasSuffix("; Secure") && cookie.contains("Path=/;"))
            let address = try #require(start.headers["location"])
            #expect(address.contains("https%3A%2F%2Fhooks.partner.test%2Foauth%2Fcallback"))
        }
    }

    @Test func `a server that others reach without knowing its address makes no links`()
        async throws
    {
        try await Self.run({ $0.isLocal = false }) { partner, _ in
            try await partner.make("/v1/end-users", #"{"external_id": "ada"}"#)
            let answer = try await partner.ask(
                "POST",
                "/v1/connect-links",
                #"{"end_user": "ext:ada"}"#,
            )
            #expect(answer.status == 500)
            #expect(try answer.json["code"] == "B2834")
        }
    }

    @Test func `a link says for how long, and its bounds are told`() async throws {
        try await Self.run { partner, _ in
            try await partner.make("/v1/end-users", #"{"external_id": "ada"}"#)
            for (seconds, status) in [(59, 422), (60, 201), (604_800, 201), (604_801, 422)] {
                let answer = try await partner.ask(
                    "POST",
                    "/v1/connect-links",
                    #"{"end_user": "ext:ada", "service": "crm", "expires_in": \#(seconds)}"#,
                )
                #expect(answer.status == status, "\(seconds)")
            }
            let wrong = try await partner.ask(
                "POST",
                "/v1/connect-links",
                #"{"end_user": "ext:ada", "slot": "crm"}"#,
            )
            #expect(wrong.status == 400)
            let evil = try await partner.ask(
                "POST",
                "/v1/connect-links",
                #"{"end_user": "ext:ada", "return_url": "https://evil.test/"}"#,
            )
            #expect(try evil.json["code"] == "B2832")
        }
    }
}
