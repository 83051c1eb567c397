import Embedding
import Engine
import Logging
import Model
import StorePort
import Testing

@testable import HTTPAPI

/// Who may call what, and what is not for the caller looks as if it were not there.
@Suite struct AccessTests {
    private static func run(
        _ body: @escaping @Sendable (Partner, [Role: String]) async throws -> Void
    ) async throws {
        try await RunningAPI.run(
            on: .init(project: Partner.files, connectors: [CRMConnector()])
        ) { api in
            var keys: [Role: String] = [:]
            for role in Role.allCases {
                let made = try await api.engine.directory.createKey(
                    name: role.rawValue,
                    role: role,
                    by: .adminToken,
                )
                keys[role] = made.text
            }
            try await body(Partner(api), keys)
        }
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

    private static func path(_ route: Route, id: String) -> String {
        route.path.replacing("{id}", with: id).replacing("{workflow}", with: "push")
            .replacing("{solution}", with: "leads")
    }

    private static func permits(_ role: Role, _ route: Route) -> Bool {
        switch route.access {
        case .everybody: true
        case .admin: role == .admin
        case .permission(let permission): role.permissions.contains(permission)
        case .capability: role.permissions.contains(.readExecutions)
        }
    }

    @Test func `each role gets through to the routes of its permissions and to no other`()
        async throws
    {
        try await Self.run { partner, keys in
            var passed: [Role: Int] = [:]
            for route in Route.allCases where route.access != .everybody {
                for (role, key) in keys {
                    let answer = try await partner.api.ask(
                        route.methods[0],
                        Self.path(route, id: "nothing"),
                        body: Self.body(route),
                        key: key,
                    )
                    let isRefused = answer.status == 403
                    #expect(isRefused == !Self.permits(role, route), "\(role) \(route)")
                    #expect(answer.status != 401, "\(role) \(route)")
                    if isRefused { #expect(try answer.json["code"] == "B2517") }
                    if !isRefused { passed[role, default: 0] += 1 }
                }
            }
            let all = Route.allCases.count { $0.access != .everybody }
            #expect(passed[.admin] == all)
            for role in [Role.builder, .support, .client] {
                #expect((1..<all).contains(passed[role] ?? 0), "\(role)")
            }
        }
    }

    @Test func `what is somebody else's, what is nobody's and what is no id are the same 404`()
        async throws
    {
        try await Self.run { partner, keys in
            let other = try await partner.setUp("other", token: "t-1")
            try await partner.ask("POST", "/hooks/instances/\(other.instance)/push", "{}")
            let list = try await partner.ask("GET", "/v1/executions")
            let execution = try #require(
                try list.json["executions"]?[0]?["id"]?.stringValue
            )
            let client = try #require(keys[.client])
            var asked = 0
            for route in Route.allCases where route.path.contains("{id}") {
                guard Self.permits(.client, route) else { continue }
                let known =
                    switch route {
                    case .execution, .status, .events, .cancel: execution
                    case .replaceCredential, .deleteAuthentication: other.authentication
                    default: other.instance
                    }
                var texts: Set<String> = []
                let never = String(known.prefix(4)) + "0000000000001"
                for id in [known, never, "nonsense", String(known.dropLast())] {
                    let answer = try await partner.api.ask(
                        route.methods[0],
                        Self.path(route, id: id),
                        body: Self.body(route),
                        key: client,
                    )
                    #expect(answer.status == 404, "\(route) \(id)")
                    texts.insert(Self.bare(answer.text, id))
                }
                #expect(texts.count == 1, "\(route) \(texts)")
                asked += 1
            }
            #expect(asked >= 10)
            // Nothing of it happened.
            let instance = try await partner.ask("GET", "/v1/instances/\(other.instance)")
            #expect(try instance.json["state"] == "enabled")
            let rest = try await partner.ask("GET", "/v1/authentications")
            #expect(try rest.json["authentications"]?[0]?["generation"] == 1)
        }
    }

    /// Without what names the request.
    private static func bare(_ text: String, _ id: String) -> String {
        text.replacing(/"instance":"[^"]*"/, with: "").replacing(id, with: "ID")
    }

    @Test func `for the admin too what is nobody's and what is no id are the same 404`()
        async throws
    {
        try await Self.run { partner, _ in
            for route in Route.allCases where route.path.contains("{id}") {
                var texts: Set<String> = []
                let prefixes = ["usr", "ins", "aut", "key", "exe"]
                for id in prefixes.map({ $0 + "_0000000000001" }) + ["nonsense", "ext:nobody"] {
                    let answer = try await partner.api.ask(
                        route.methods[0],
                        Self.path(route, id: id),
                        body: Self.body(route),
                        asAdmin: true,
                    )
                    #expect(answer.status == 404, "\(route) \(id)")
                    texts.insert(Self.bare(answer.text, id))
                }
                #expect(texts.count == 1, "\(route) \(texts)")
            }
        }
    }

    @Test func `lists are empty for a client's key, whatever there is`() async throws {
        try await Self.run { partner, keys in
            let other = try await partner.setUp("other", token: "t-1")
            try await partner.ask("POST", "/hooks/instances/\(other.instance)/push", "{}")
            for (path, name) in [
                ("/v1/instances", "instances"), ("/v1/authentications", "authentications"),
                ("/v1/executions", "executions"),
                ("/v1/executions?instance=\(other.instance)", "executions"),
                ("/v1/instances?end_user=\(other.user)", "instances"),
            ] {
                let full = try await partner.ask("GET", path)
                #expect(try full.json[name]?.arrayValue?.count == 1, "\(path)")
                let answer = try await partner.api.ask("GET", path, key: keys[.client])
                #expect(try answer.json[name] == [], "\(path)")
            }
        }
    }

    @Test func `an end user sees executions of its own instances and no others`() async throws {
        try await Self.run { partner, _ in
            let own = try await partner.setUp("own", token: "t-1")
            let other = try await partner.setUp("other", token: "t-2")
            for instance in [own.instance, other.instance] {
                try await partner.ask("POST", "/hooks/instances/\(instance)/push", "{}")
            }
            let engine = partner.api.engine
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let handlers = APIHandlers(
                engine: engine,
                projects: Projects(engine: engine),
                ingress: WebhookIngress(engine: engine, logger: logger),
                gate: AdminGate(engine: engine, given: nil),
                configuration: HTTPAPIConfiguration(),
            )
            let actor = Actor.endUser(try #require(ObjectID(.endUser, own.user)))
            var query = ExecutionQuery()
            await #expect(throws: APIFault.self) { try await handlers.list(query, for: actor) }
            query.instance = other.instance
            await #expect(throws: APIFault.problem(Access.absent)) {
                try await handlers.list(query, for: actor)
            }
            let foreign = try #require(try await engine.executions(query).first).head.id
            await #expect(throws: APIFault.unknownExecution(foreign.description)) {
                try await handlers.show(foreign, for: actor, [])
            }
            query.instance = own.instance
            let list = try JSONParser.parse(try await handlers.list(query, for: actor).body)
            #expect(list["executions"]?.arrayValue?.count == 1)
            let mine = try #require(try await engine.executions(query).first).head.id
            let shown = try JSONParser.parse(try await handlers.show(mine, for: actor, []).body)
            #expect(shown["status"] == "finished")
            #expect(shown["steps"] == nil && shown["output"] == nil)
        }
    }

    @Test func `without the permission for payloads an execution is shown without them`()
        async throws
    {
        try await Self.run { partner, keys in
            let other = try await partner.setUp("plover", token: "t-1")
            try await partner.ask(
                "POST",
                "/hooks/instances/\(other.instance)/push",
                #"{"word": "plover"}"#,
            )
            let list = try await partner.ask("GET", "/v1/executions")
            let id = try #require(try list.json["executions"]?[0]?["id"]?.stringValue)
            for path in ["", "/status", "/events"].map({ "/v1/executions/\(id)\($0)" }) {
                let support = try await partner.api.ask("GET", path, key: keys[.support])
                #expect(support.status == 200, "\(path)")
                #expect(!support.text.contains("plover"), "\(path)")
            }
            let support = try await partner.api.ask(
                "GET",
                "/v1/executions/\(id)",
                key: keys[.support],
            )
            #expect(try support.json["steps"]?[0]?["kind"] == "crm.push")
            let builder = try await partner.api.ask(
                "GET",
                "/v1/executions/\(id)",
                key: keys[.builder],
            )
            #expect(builder.text.contains("plover"))
        }
    }

    @Test func `an admin token that somebody chose may look like anything`() async throws {
        let token = "my.admin.token-of-2026"
        try await RunningAPI.run({ $0.adminToken = token }) { api in
            for (text, status) in [(token, 200), (token + ".x", 401)] {
                let answer = try await api.ask("GET", "/v1/workflows", key: text)
                #expect(answer.status == status, "\(text)")
            }
        }
    }

    @Test func `a key is seen once, counts at once, and is refused as soon as it is revoked`()
        async throws
    {
        try await Self.run { partner, _ in
            let made = try await partner.ask(
                "POST",
                "/v1/api-keys",
                #"{"name": "ci", "role": "builder"}"#,
            )
            let key = try #require(try made.json["key"]?.stringValue)
            let id = try #require(try made.json["id"]?.stringValue)
            #expect(key.wholeMatch(of: /bstk_[A-Za-z0-9_-]{43}/) != nil)
            #expect(made.headers["cache-control"] == "no-store")
            #expect(try await partner.api.ask("GET", "/v1/workflows", key: key).status == 200)
            for wrong in [String(key.dropLast()), key + "A", "bstk_", Digest.hex(Array(key.utf8))] {
                let answer = try await partner.api.ask("GET", "/v1/workflows", key: wrong)
                #expect(answer.status == 401, "\(wrong)")
            }
            let list = try await partner.ask("GET", "/v1/api-keys")
            let audit = try await partner.ask("GET", "/v1/audit?target=\(id)")
            for text in [list.text, audit.text] {
                #expect(text.contains(id))
                #expect(!text.contains(key) && !text.contains(Digest.hex(Array(key.utf8))))
            }
            for _ in 1...2 {
                #expect(try await partner.ask("DELETE", "/v1/api-keys/\(id)").status == 204)
                let answer = try await partner.api.ask("GET", "/v1/workflows", key: key)
                #expect(answer.status == 401)
                #expect(try answer.json["code"] == "B3102")
            }
        }
    }
}
