import Embedding
import Engine
import MemoryStore
import Model
import StoreTestKit
import Testing

@testable import HTTPAPI

/// Every route, walked from the table of routes with every role and with other people's ids.
@Suite(.timeLimit(.minutes(5))) struct AccessWalkTests {
    private struct Walk: Sendable {
        var partner: Partner
        var store: FaultyStore
        var ada: Owned
        var bob: Owned
        var token: String
        var keys: [Role: String]
    }

    /// What one end user has.
    private struct Owned: Sendable {
        var user: String
        var authentication: String
        var instance: String
        var execution: String
        var link: String
        var replay: String

        /// The id that a route's `{id}` or `{instance}` takes.
        func id(_ route: Route) -> String {
            switch route {
            case .endUser, .deleteEndUser: user
            case .execution, .status, .events, .cancel, .resumeExecution: execution
            case .replay, .replayItems, .pauseReplay, .resumeReplay, .cancelReplay: replay
            case .replaceCredential, .deleteAuthentication, .connection, .probeConnection,
                .closeConnection:
                authentication
            case .revokeConnectLink: link
            case .revokeAPIKey: "key_0000000000002"
            case .deleteSigningKey: "sig_0000000000002"
            default: instance
            }
        }
    }

    private static func run(
        _ body: @escaping @Sendable (Walk) async throws -> Void
    ) async throws {
        let store = FaultyStore(MemoryStore()) { _, _ in false }
        let setup = RunningAPI.Setup(
            project: Partner.files,
            store: store,
            connectors: [CRMConnector()],
        )
        try await RunningAPI.run(on: setup) { api in
            let partner = Partner(api)
            let signer = try await EndUserSigner(partner)
            var keys: [Role: String] = [:]
            for role in Role.allCases {
                let made = try await partner.ask(
                    "POST",
                    "/v1/api-keys",
                    #"{"name": "k", "role": "\#(role.rawValue)"}"#,
                )
                keys[role] = try #require(try made.json["key"]?.stringValue)
            }
            let now = api.engine.clock.now().milliseconds
            let ada = try await owned(partner, "ada", try await signer.token("ada", now: now))
            try await body(
                Walk(
                    partner: partner,
                    store: store,
                    ada: ada,
                    bob: try await owned(
                        partner,
                        "bob",
                        try await signer.token("bob", now: now),
                    ),
                    token: try await signer.token("ada", now: now),
                    keys: keys,
                )
            )
        }
    }

    private static func owned(
        _ partner: Partner,
        _ name: String,
        _ token: String,
    ) async throws -> Owned {
        let made = try await partner.setUp(name, token: "canary-\(name)")
        try await partner.ask("POST", "/hooks/instances/\(made.instance)/push", "{}")
        let runs = try await partner.ask("GET", "/v1/executions?instance=\(made.instance)")
        let link = try await partner.ask(
            "POST",
            "/v1/connect-links",
            #"{"end_user": "ext:\#(name)"}"#,
        )
        let execution = try #require(try runs.json["executions"]?[0]?["id"]?.stringValue)
        let replay = try await partner.api.ask(
            "POST",
            "/v1/replays",
            body: #"{"ids": ["\#(execution)"], "start": "beginning"}"#,
            key: token,
        )
        #expect(replay.status == 201, "\(replay.text)")
        // Its execution reads the store too: it shall have ended before anybody counts reads.
        let repeated = try #require(try replay.json["items"]?[0]?["result"]?.stringValue)
        while try await partner.ask("GET", "/v1/executions/\(repeated)").json["reason"] == nil {}
        return Owned(
            user: made.user,
            authentication: made.authentication,
            instance: made.instance,
            execution: execution,
            link: try #require(try link.json["id"]?.stringValue),
            replay: try #require(try replay.json["id"]?.stringValue),
        )
    }

    private static func path(_ route: Route, id: String) -> String {
        route.path.replacing("{id}", with: id).replacing("{instance}", with: id)
            .replacing("{workflow}", with: "push").replacing("{solution}", with: "leads")
            .replacing("{link}", with: "bscl_nothing")
    }

    /// A body that the route takes.
    private static func body(_ route: Route) -> String? {
        switch route {
        case .configureInstance, .connectInstance: "{}"
        case .upgradeInstance: #"{"version": "1.0.0"}"#
        case .replaceCredential: #"{"kind": "bearer", "fields": {"token": "x"}}"#
        default: nil
        }
    }

    /// All that a caller sees of an answer, but for the id that was asked for, the name of the
    /// request and the time.
    private static func seen(_ answer: RunningAPI.Answer, _ id: String) -> [String] {
        let text = answer.text.replacing(id, with: "ID")
            .replacing(/urn:backstop:request:[0-9a-z-]*/, with: "REQUEST")
        let headers = answer.headers.filter { $0.key != "date" }
            .map { "\($0.key): \($0.value.replacing(id, with: "ID"))" }.sorted()
        // The name of the request differs in length.
        return ["\(answer.status)", text] + headers.filter { !$0.hasPrefix("content-length") }
    }

    /// Reads of the store by whoever answers requests; the engine's own work claims.
    private static func reads(_ store: FaultyStore) -> [String] {
        store.names.filter {
            ["record", "records", "countRecords", "execution", "executions", "journal"].contains($0)
        }
    }

    @Test func `another end user's ids are answered as ids that never were`() async throws {
        try await Self.run { walk in
            var walked: Set<Route> = []
            for route in Route.allCases where route.path.contains("{id}") {
                let known = walk.bob.id(route)
                let never = String(known.prefix(4)) + "0000000000001"
                var seen: [[String]] = []
                var reads: [[String]] = []
                for id in [known, never] {
                    let before = Self.reads(walk.store).count
                    let answer = try await walk.partner.api.ask(
                        route.methods[0],
                        Self.path(route, id: id),
                        body: Self.body(route),
                        key: walk.token,
                    )
                    seen.append(Self.seen(answer, id))
                    reads.append(Array(Self.reads(walk.store).dropFirst(before)))
                    #expect(answer.status == 404 || answer.status == 403, "\(route)")
                    #expect(!answer.text.contains("canary") && !answer.text.contains("bob"))
                }
                #expect(seen[0] == seen[1], "\(route)")
                #expect(reads[0] == reads[1], "\(route)")
                if seen[0][0] == "404" { walked.insert(route) }
            }
            #expect(walked.count >= 12, "\(walked)")
            // Nothing of it happened.
            let instance = try await walk.partner.ask("GET", "/v1/instances/\(walk.bob.instance)")
            #expect(try instance.json["state"] == "enabled")
            let user = try await walk.partner.ask("GET", "/v1/end-users/\(walk.bob.user)")
            #expect(user.status == 200)
        }
    }

    @Test
    func `an end user reaches its own by every route that the role has, and nobody else's in it`()
        async throws
    {
        try await Self.run { walk in
            let own = ["GET", "HEAD"]
            for route in Route.allCases where own.contains(route.methods[0]) && !route.isPage {
                var path = Self.path(route, id: walk.ada.id(route))
                if route == .executions { path += "?instance=\(walk.ada.instance)" }
                let answer = try await walk.partner.api.ask("GET", path, key: walk.token)
                let isPermitted =
                    switch route.access {
                    case .everybody: true
                    case .admin: false
                    case .permission(let permission): Role.client.permissions.contains(permission)
                    case .capability: true
                    }
                // Nothing has failed, and no service is subscribed to: there is nothing to look at.
                let found = [.failure, .serviceEvents].contains(route) ? 404 : 200
                #expect(answer.status == (isPermitted ? found : 403), "\(route)")
                for secret in ["bob", walk.bob.user, walk.bob.instance, "canary", "\"plan\":"] {
                    #expect(!answer.text.contains(secret), "\(route) \(secret)")
                }
            }
        }
    }

    @Test func `ids of another end user in a body or a query are as if they were not`() async throws
    {
        try await Self.run { walk in
            let ada = walk.ada
            func ask(_ method: String, _ path: String, _ body: String?) async throws -> [String] {
                let answer = try await walk.partner.api.ask(
                    method,
                    path,
                    body: body,
                    key: walk.token,
                )
                return ["\(answer.status)", answer.text.replacing(/"instance":"[^"]*"/, with: "")]
            }
            let requests: [(String, (String) -> (String, String?), String, String)] = [
                (
                    "POST",
                    { ("/v1/instances", #"{"end_user": "\#($0)", "solution": "leads"}"#) },
                    walk.bob.user, "usr_0000000000001",
                ),
                (
                    "POST",
                    { ("/v1/instances", #"{"end_user": "\#($0)", "solution": "leads"}"#) },
                    "ext:bob", "ext:nay",
                ),
                (
                    "POST",
                    {
                        (
                            "/v1/authentications",
                            """
                            {"owner": "\($0)", "service": "crm", "name": "n", "kind": "bearer",
                             "fields": {"token": "t"}}
                            """,
                        )
                    },
                    walk.bob.user, "usr_0000000000001",
                ),
                (
                    "PATCH", { ("/v1/instances/\(ada.instance)/auth", #"{"crm": "\#($0)"}"#) },
                    walk.bob.authentication, "aut_0000000000001",
                ),
                (
                    "GET", { ("/v1/executions?instance=\($0)", nil) }, walk.bob.instance,
                    "ins_0000000000001",
                ),
                (
                    "GET", { ("/v1/instances?end_user=\($0)", nil) }, walk.bob.user,
                    "usr_0000000000001",
                ),
                ("GET", { ("/v1/instances?end_user=\($0)", nil) }, "ext:bob", "ext:nay"),
            ]
            for (method, make, known, never) in requests {
                var seen: [[String]] = []
                var reads: [[String]] = []
                for id in [known, never] {
                    let before = Self.reads(walk.store).count
                    let (path, body) = make(id)
                    seen.append(
                        try await ask(method, path, body).map { $0.replacing(id, with: "ID") }
                    )
                    reads.append(Array(Self.reads(walk.store).dropFirst(before)))
                }
                let name = "\(method) \(make("ID").0) \(known)"
                #expect(seen[0] == seen[1], "\(name)")
                #expect(!seen[0][0].hasPrefix("2") || seen[0][1].contains("[]"), "\(name)")
                #expect(reads[0] == reads[1], "\(name)")
            }
        }
    }

    @Test func `what an end user makes is its own`() async throws {
        try await Self.run { walk in
            let api = walk.partner.api
            let authentication = try await api.ask(
                "POST",
                "/v1/authentications",
                body: """
                    {"service": "crm", "name": "mine", "kind": "bearer", "fields": {"token": "t"}}
                    """,
                key: walk.token,
            )
            #expect(authentication.status == 201)
            let instance = try await api.ask(
                "POST",
                "/v1/instances",
                body: #"{"solution": "leads", "name": "second"}"#,
                key: walk.token,
            )
            #expect(try instance.json["end_user"] == .string(walk.ada.user))
            let id = try #require(try authentication.json["id"]?.stringValue)
            let known = try await walk.partner.ask("GET", "/v1/authentications")
            let record = try known.json["authentications"]?.arrayValue?.first {
                $0["id"] == .string(id)
            }
            #expect(record?["owner"] == .string(walk.ada.user))
        }
    }

    @Test
    func `without a token that counts every route says the same, whatever id it is asked for`()
        async throws
    {
        try await Self.run { walk in
            for route in Route.allCases where route.access != .everybody {
                for credential in [nil, "nonsense", "a.b.c", walk.token + "x", "bstk_nothing"] {
                    var seen: Set<[String]> = []
                    for id in [walk.bob.id(route), "ins_0000000000001", "nonsense"] {
                        let answer = try await walk.partner.api.ask(
                            route.methods[0],
                            Self.path(route, id: id),
                            body: Self.body(route),
                            key: credential,
                        )
                        #expect(answer.status == 401, "\(route) \(credential ?? "none")")
                        #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
                        seen.insert(Self.seen(answer, id))
                    }
                    #expect(seen.count == 1, "\(route) \(seen)")
                }
            }
        }
    }

    @Test func `no role of the partner reads what its permissions do not say`() async throws {
        try await Self.run { walk in
            for route in Route.allCases where route.access != .everybody {
                for (role, key) in walk.keys {
                    let answer = try await walk.partner.api.ask(
                        route.methods[0],
                        Self.path(route, id: "nothing"),
                        body: Self.body(route),
                        key: key,
                    )
                    #expect(!answer.text.contains("canary"), "\(route) \(role)")
                    guard route.refusal(of: Self.actor(role)) != nil else { continue }
                    #expect(answer.status == 403, "\(route) \(role)")
                    #expect(try answer.json["code"] == "B2517", "\(route) \(role)")
                }
            }
        }
    }

    private static func actor(_ role: Role) -> Actor {
        .key(
            APIKey(
                id: ObjectID(.apiKey, rawValue: 1),
                name: "",
                role: role,
                hash: "",
                createdAt: Timestamp(milliseconds: 0),
            )
        )
    }
}
