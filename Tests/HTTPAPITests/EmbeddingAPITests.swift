import Model
import Testing

@testable import HTTPAPI

/// What a partner's backend does with end users, instances and authentications.
@Suite struct EmbeddingAPITests {
    private static func run(
        _ body: @escaping @Sendable (Partner, CRMConnector) async throws -> Void
    ) async throws {
        let crm = CRMConnector()
        try await RunningAPI.run(
            on: .init(project: Partner.files, connectors: [crm])
        ) { api in
            try await body(Partner(api), crm)
        }
    }

    @Test func `a partner's whole walk`() async throws {
        try await Self.run { partner, crm in
            let user = try await partner.make(
                "/v1/end-users",
                #"{"external_id": "acme/1", "name": "Acme", "metadata": {"plan": "gold"}}"#,
            )
            let found = try await partner.ask("GET", "/v1/end-users/ext:acme%2F1")
            #expect(try found.json["id"] == .string(user))
            let instance = try await partner.make(
                "/v1/instances",
                #"{"end_user": "ext:acme/1", "solution": "leads"}"#,
            )
            let path = "/v1/instances/\(instance)"
            let early = try await partner.ask("POST", "\(path)/enable")
            #expect(early.status == 409)
            #expect(try early.json["code"] == "B2501")
            #expect(early.text.contains("/config/list_id") && early.text.contains("/auth/crm"))

            let config = try await partner.ask(
                "PATCH",
                "\(path)/config",
                #"{"list_id": "L-1", "pin": "hush"}"#,
            )
            #expect(try config.json["config"] == ["list_id": "L-1", "pin": ["set": true]])
            let authentication = try await partner.make(
                "/v1/authentications",
                """
                {"owner": "\(user)", "service": "crm", "name": "CRM", "kind": "bearer",
                 "fields": {"token": "token-of-acme"}}
                """,
            )
            let auth = try await partner.ask(
                "PATCH",
                "\(path)/auth",
                #"{"crm": "\#(authentication)"}"#,
            )
            #expect(auth.status == 200)
            let enabled = try await partner.ask("POST", "\(path)/enable")
            #expect(try enabled.json["state"] == "enabled")

            let hook = "/hooks/instances/\(instance)/push"
            let pushed = try await partner.ask("POST", hook, "{}")
            #expect(pushed.status == 200)
            #expect(try pushed.json == ["list": "L-1", "user": "acme/1"])
            #expect(crm.tokens == ["token-of-acme"])
            let runs = try await partner.ask("GET", "/v1/executions?instance=\(instance)")
            #expect(try runs.json["executions"]?.arrayValue?.count == 1)

            let replaced = try await partner.ask(
                "PUT",
                "/v1/authentications/\(authentication)",
                #"{"kind": "bearer", "fields": {"token": "second-token"}}"#,
            )
            #expect(try replaced.json["generation"] == 2)
            try await partner.ask("POST", hook, "{}")
            #expect(crm.tokens == ["token-of-acme", "second-token"])

            let disabled = try await partner.ask("POST", "\(path)/disable")
            #expect(try disabled.json["state"] == "disabled")
            #expect(try await partner.ask("POST", hook, "{}").status == 404)

            #expect(try await partner.ask("DELETE", path).status == 204)
            #expect(try await partner.ask("GET", path).status == 404)
            let rest = try await partner.ask("GET", "/v1/instances?end_user=\(user)")
            #expect(try rest.json["instances"] == [])
            #expect(try await partner.ask("DELETE", "/v1/end-users/\(user)").status == 204)
            #expect(try await partner.ask("GET", "/v1/end-users/\(user)").status == 404)
            let kept = try await partner.ask("GET", "/v1/authentications")
            #expect(try kept.json["authentications"] == [])

            let audit = try await partner.ask("GET", "/v1/audit?target=\(instance)")
            let actions = try audit.json["audit"]?.arrayValue?.map { $0["action"] }
            #expect(
                actions == [
                    "instance.delete", "instance.disable", "instance.enable", "instance.connect",
                    "instance.configure", "instance.create",
                ]
            )
        }
    }

    @Test func `an upgrade is shown first, then done, one by one or all at once`() async throws {
        try await Self.run { partner, crm in
            let first = try await partner.setUp("a", token: "t-1")
            let second = try await partner.setUp("b", token: "t-2")
            try await partner.api.engine.deploy(RunningAPI.load(Partner.nextFiles, [crm]))
            let versions = try await partner.ask("GET", "/v1/solutions/leads/versions")
            #expect(try versions.json["versions"]?.arrayValue?.count == 2)
            let path = "/v1/instances/\(first.instance)"
            let plan = try await partner.ask(
                "POST",
                "\(path)/upgrade",
                #"{"version": "2.0.0", "dry_run": true}"#,
            )
            #expect(plan.status == 200)
            #expect(try plan.json["blocked"] == true)
            let refused = try await partner.ask(
                "POST",
                "\(path)/upgrade",
                #"{"version": "2.0.0"}"#,
            )
            #expect(refused.status == 409)
            #expect(try refused.json["code"] == "B2511")
            let all = #"{"solution": "leads", "to": "2.0.0", "dry_run": true}"#
            let blocked = try await partner.ask("POST", "/v1/instances/upgrade", all)
            #expect(try blocked.json["blocked"] == 2)
            #expect(try await partner.ask("GET", path).json["version"] == "1.0.0")

            let done = try await partner.ask(
                "POST",
                "\(path)/upgrade",
                #"{"version": "2.0.0", "config": {"region": "eu"}}"#,
            )
            #expect(done.status == 200)
            #expect(try await partner.ask("GET", path).json["version"] == "2.0.0")
            let rest = try await partner.ask(
                "POST",
                "/v1/instances/upgrade",
                #"{"solution": "leads", "from": "1.0.0", "to": "2.0.0"}"#,
            )
            #expect(try rest.json["total"] == 1)
            let lacking = try rest.json["blocked_instances"]?[0]
            #expect(lacking?["instance"] == .string(second.instance))
            #expect(lacking?["missing"] == ["/config/region"])
        }
    }

    @Test func `making the same twice finds the first, and making another is a conflict`()
        async throws
    {
        try await Self.run { partner, _ in
            let user = #"{"external_id": "acme", "name": "Acme"}"#
            let id = try await partner.make("/v1/end-users", user)
            #expect(try await partner.make("/v1/end-users", user, status: 200) == id)
            let other = try await partner.ask(
                "POST",
                "/v1/end-users",
                #"{"external_id": "acme", "name": "Emca"}"#,
            )
            #expect(other.status == 409)
            #expect(try other.json["code"] == "B2703")

            let given = #""solution": "leads", "config": {"list_id": "L", "pin": "p"}"#
            let instance = try await partner.make(
                "/v1/instances",
                #"{"end_user": "\#(id)", \#(given)}"#,
            )
            let again = try await partner.make(
                "/v1/instances",
                #"{"end_user": "ext:acme", \#(given)}"#,
                status: 200,
            )
            #expect(again == instance)
            for config in [#"{"list_id": "M"}"#, #"{"pin": "q"}"#] {
                let answer = try await partner.ask(
                    "POST",
                    "/v1/instances",
                    #"{"end_user": "\#(id)", "solution": "leads", "config": \#(config)}"#,
                )
                #expect(answer.status == 409, "\(config)")
                #expect(try answer.json["code"] == "B2704")
            }
            let named = try await partner.make(
                "/v1/instances",
                #"{"end_user": "\#(id)", "name": "second", \#(given)}"#,
            )
            #expect(named != instance)
        }
    }

    @Test func `an instance that cannot be enabled at once is not made`() async throws {
        try await Self.run { partner, _ in
            try await partner.make("/v1/end-users", #"{"external_id": "acme"}"#)
            let answer = try await partner.ask(
                "POST",
                "/v1/instances",
                #"{"end_user": "ext:acme", "solution": "leads", "enable": true}"#,
            )
            #expect(answer.status == 409)
            #expect(try answer.json["code"] == "B2501")
            let list = try await partner.ask("GET", "/v1/instances")
            #expect(try list.json["instances"] == [])
        }
    }

    @Test func `a body with an unknown member, or one of another type, is refused by name`()
        async throws
    {
        let wrong = [
            ("POST", "/v1/end-users", #"{"external_id": "a", "colour": 1}"#, "B3123", "colour"),
            ("POST", "/v1/end-users", #"{"external_id": 1}"#, "B3124", "external_id"),
            ("POST", "/v1/end-users", #"{"name": "a"}"#, "B3124", "external_id"),
            ("POST", "/v1/end-users", "[]", "B3113", "object"),
            ("POST", "/v1/end-users", "{", "B3113", "JSON"),
            (
                "POST", "/v1/instances",
                #"{"end_user": "ext:a", "solution": "leads", "enable": "yes"}"#, "B3124", "enable",
            ),
            (
                "POST", "/v1/authentications",
                #"{"service": "crm", "name": "n", "kind": "none", "fields": {}}"#, "B3124",
                "kind",
            ),
            (
                "POST", "/v1/authentications",
                #"{"service": "crm", "name": "n", "kind": "basic", "fields": {"user": "u"}}"#,
                "B3124", "fields",
            ),
            ("POST", "/v1/api-keys", #"{"name": "n", "role": "king"}"#, "B3124", "role"),
        ]
        try await Self.run { partner, _ in
            for (method, path, body, code, word) in wrong {
                let answer = try await partner.ask(method, path, body)
                #expect(answer.status == 400 && answer.isProblem, "\(body)")
                #expect(try answer.json["code"]?.stringValue == code, "\(body)")
                #expect(try answer.json["detail"]?.stringValue?.contains(word) == true, "\(body)")
            }
        }
    }

    @Test func `a list is walked page by page`() async throws {
        try await Self.run { partner, _ in
            var made: [String] = []
            for number in 1...5 {
                made.append(
                    try await partner.make("/v1/end-users", #"{"external_id": "u\#(number)"}"#)
                )
            }
            var seen: [String] = []
            var path: String? = "/v1/end-users?limit=2"
            while let next = path {
                let page = try await partner.ask("GET", next).json
                seen += page["end_users"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
                path = page["next_cursor"]?.stringValue.map { "/v1/end-users?limit=2&cursor=\($0)" }
            }
            #expect(seen == made)
        }
    }

    @Test func `an idempotency key is the instance's own`() async throws {
        try await Self.run { partner, crm in
            let first = try await partner.setUp("a", token: "t-1")
            let second = try await partner.setUp("b", token: "t-2")
            for instance in [first.instance, second.instance, first.instance] {
                let answer = try await partner.ask(
                    "POST",
                    "/hooks/instances/\(instance)/push",
                    "{}",
                    headers: [("Idempotency-Key", "k")],
                )
                #expect(answer.status == 200)
            }
            #expect(crm.tokens == ["t-1", "t-2"])
        }
    }

    @Test func `the webhook of an instance that is unknown, disabled or deleted is the same 404`()
        async throws
    {
        try await Self.run { partner, _ in
            let first = try await partner.setUp("a", token: "t-1")
            let second = try await partner.setUp("b", token: "t-2")
            try await partner.ask("POST", "/v1/instances/\(first.instance)/disable")
            try await partner.ask("DELETE", "/v1/instances/\(second.instance)")
            var texts: Set<String> = []
            for name in [first.instance, second.instance, "ins_0000000000001", "nonsense"] {
                let answer = try await partner.ask("POST", "/hooks/instances/\(name)/push", "{}")
                #expect(answer.status == 404, "\(name)")
                texts.insert(answer.text.replacing(name, with: "NAME"))
            }
            #expect(texts.count == 1, "\(texts)")
        }
    }
}
