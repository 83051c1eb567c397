import Engine
import Model
import Testing

@testable import HTTPAPI

/// Calls about many objects at once.
@Suite struct ManyTests {
    private static func run(_ body: @escaping @Sendable (Partner) async throws -> Void) async throws
    {
        try await RunningAPI.run(
            on: .init(project: Partner.files, connectors: [CRMConnector()])
        ) { try await body(Partner($0)) }
    }

    private static func users(_ range: Range<Int>) -> String {
        let items = range.map { #"{"external_id": "u\#($0)", "name": "User \#($0)"}"# }
        return #"{"items": [\#(items.joined(separator: ","))]}"#
    }

    private static func instances(_ range: Range<Int>) -> String {
        let items = range.map {
            #"{"end_user": "ext:u\#($0)", "solution": "leads", "config": {"list_id": "L\#($0)"}}"#
        }
        return #"{"items": [\#(items.joined(separator: ","))]}"#
    }

    private static func counts(_ answer: RunningAPI.Answer, _ names: [String]) throws -> [Int64?] {
        let json = try answer.json
        return names.map { json[$0]?.integerValue }
    }

    @Test func `five hundred end users and instances in a call each, and again is the same`()
        async throws
    {
        try await Self.run { partner in
            let outcome = ["created", "found", "failed"]
            for (path, body) in [
                ("/v1/end-users/bulk", Self.users(0..<500)),
                ("/v1/instances/bulk", Self.instances(0..<500)),
            ] {
                let made = try await partner.ask("POST", path, body)
                #expect(
                    try Self.counts(made, outcome) == [500, 0, 0],
                    "\(made.text.prefix(400))",
                )
                let again = try await partner.ask("POST", path, body)
                #expect(try Self.counts(again, outcome) == [0, 500, 0])
                func ids(_ answer: RunningAPI.Answer) throws -> [String?] {
                    try answer.json["results"]?.arrayValue?.map { $0["id"]?.stringValue } ?? []
                }
                #expect(try ids(made) == ids(again))
                #expect(try Set(ids(made)).count == 500)
            }
            let seventh = try await partner.ask("GET", "/v1/instances?end_user=ext:u7")
            #expect(try seventh.json["instances"]?[0]?["config"]?["list_id"] == "L7")
        }
    }

    @Test func `an item that fails stops no other, and is told in its place`() async throws {
        try await Self.run { partner in
            try await partner.ask("POST", "/v1/end-users", #"{"external_id": "a", "name": "A"}"#)
            let body = """
                {"items": [{"external_id": "a", "name": "B"}, {"external_id": "b"},
                 {"name": "no id"}, {"external_id": "c", "colour": 1}, {"external_id": "b"}]}
                """
            let answer = try await partner.ask("POST", "/v1/end-users/bulk", body)
            let results = try #require(try answer.json["results"]?.arrayValue)
            let codes = results.map { $0["problem"]?["code"]?.stringValue }
            #expect(codes == ["B2703", nil, "B3124", "B3123", nil])
            let words = Set([1, 4].map { results[$0]["result"]?.stringValue })
            #expect(words == ["created", "found"])
            #expect(results[1]["id"] == results[4]["id"])
            for bad in [#"{"items": []}"#, #"{"items": [1]}"#, "{}", Self.users(0..<501)] {
                let refused = try await partner.ask("POST", "/v1/end-users/bulk", bad)
                #expect(refused.status == 400, "\(bad.prefix(80))")
            }
        }
    }

    @Test func `instances are switched by filter, page by page, and who lacks something is named`()
        async throws
    {
        try await Self.run { partner in
            let ready = try await partner.setUp("ready", token: "t")
            try await partner.ask("POST", "/v1/instances/\(ready.instance)/disable")
            try await partner.ask("POST", "/v1/end-users/bulk", Self.users(0..<5))
            try await partner.ask("POST", "/v1/instances/bulk", Self.instances(0..<5))
            let names = ["total", "changed", "unchanged", "refused"]
            let dry = try await partner.ask(
                "POST",
                "/v1/instances/enable",
                #"{"solution": "leads", "dry_run": true}"#,
            )
            #expect(try Self.counts(dry, names) == [6, 1, 0, 5])
            let state = try await partner.ask("GET", "/v1/instances/\(ready.instance)")
            #expect(try state.json["state"] == "disabled")

            var cursor = ""
            var sums: [Int64] = [0, 0, 0, 0]
            var pages = 0
            while pages < 9 {
                let body = #"{"solution": "leads", "limit": 2\#(cursor)}"#
                let page = try await partner.ask("POST", "/v1/instances/enable", body)
                pages += 1
                for (index, count) in try Self.counts(page, names).enumerated() {
                    sums[index] += count ?? 0
                }
                for refusal in try page.json["refused_instances"]?.arrayValue ?? [] {
                    #expect(refusal["missing"] == ["/auth/crm"] && refusal["code"] == "B2501")
                }
                guard let next = try page.json["next_cursor"]?.stringValue else { break }
                cursor = #", "cursor": "\#(next)""#
            }
            #expect(sums == [6, 1, 0, 5] && (3...4).contains(pages))
            let one = try await partner.ask(
                "POST",
                "/v1/instances/disable",
                #"{"solution": "leads", "end_user": "ext:ready", "state": "enabled"}"#,
            )
            #expect(try Self.counts(one, names) == [1, 1, 0, 0])
            let nobody = try await partner.ask(
                "POST",
                "/v1/instances/disable",
                #"{"solution": "leads", "end_user": "ext:nobody"}"#,
            )
            #expect(nobody.status == 404)
        }
    }

    @Test func `a bulk upgrade says who lacks what, and takes values for all`() async throws {
        try await Self.run { partner in
            var ids: [String] = []
            for name in ["a", "b", "c"] {
                ids.append(try await partner.setUp(name, token: "t").instance)
            }
            let next = try RunningAPI.load(Partner.nextFiles, [CRMConnector()])
            try await partner.api.engine.deploy(next)
            let names = ["total", "ready", "unchanged", "blocked"]
            let body = #"{"solution": "leads", "to": "2.0.0", "dry_run": true}"#
            let dry = try await partner.ask("POST", "/v1/instances/upgrade", body)
            #expect(try Self.counts(dry, names) == [3, 0, 0, 3])
            #expect(try dry.json["slots"]?["/config/region"]?["change"] == "added")
            #expect(try dry.json["slots"]?["/config/region"]?["values"]?["missing"] == 3)
            let blocked = try #require(try dry.json["blocked_instances"]?.arrayValue)
            #expect(blocked.compactMap { $0["instance"]?.stringValue } == ids)
            #expect(blocked.allSatisfy { $0["missing"] == ["/config/region"] })
            let given = #"{"solution": "leads", "to": "2.0.0", "config": {"region": "eu"}}"#
            let done = try await partner.ask("POST", "/v1/instances/upgrade", given)
            #expect(try Self.counts(done, names) == [3, 3, 0, 0])
            for id in ids {
                let instance = try await partner.ask("GET", "/v1/instances/\(id)")
                #expect(try instance.json["version"] == "2.0.0")
                #expect(try instance.json["config"]?["region"] == "eu")
            }
            let again = try await partner.ask("POST", "/v1/instances/upgrade", given)
            #expect(try Self.counts(again, names) == [3, 0, 3, 0])
        }
    }

    @Test func `an authentication made twice under one key is made once, for each caller`()
        async throws
    {
        try await Self.run { partner in
            func make(
                _ token: String,
                _ idempotencyKey: String,
                _ key: String? = nil,
            ) async throws -> (status: Int, id: String?, text: String) {
                let body = """
                    {"service": "crm", "name": "n", "kind": "bearer", "fields": {"token": "\(token)"}}
                    """
                let answer = try await partner.api.ask(
                    "POST",
                    "/v1/authentications",
                    body: body,
                    headers: [("Idempotency-Key", idempotencyKey)],
                    asAdmin: key == nil,
                    key: key,
                )
                return (answer.status, try answer.json["id"]?.stringValue, answer.text)
            }
            let first = try await make("t-1", "k")
            let again = try await make("t-1", "k")
            #expect(first.status == 201 && again.status == 200 && first.id == again.id)
            let other = try await make("t-2", "k")
            #expect(other.status == 422 && other.text.contains("B2806"))
            #expect(!other.text.contains("t-1") && !again.text.contains("idempotency"))
            #expect(try await make("t-1", "k2").status == 201)
            #expect(try await make("t-1", "").status == 400)
            let made = try await partner.api.engine.directory.createKey(
                name: "other",
                role: .admin,
                by: .adminToken,
            )
            let theirs = try await make("t-1", "k", made.text)
            #expect(theirs.status == 201 && theirs.id != first.id)
            // After its credential was replaced, too.
            try await partner.ask(
                "PUT",
                "/v1/authentications/\(try #require(first.id))",
                #"{"kind": "bearer", "fields": {"token": "t-9"}}"#,
            )
            #expect(try await make("t-1", "k").id == first.id)
            try await partner.ask("DELETE", "/v1/authentications/\(try #require(first.id))")
            #expect(try await make("t-1", "k").status == 201)
        }
    }

    @Test func `an outcome stands at its item's place, however many are worked on at a time`()
        async throws
    {
        try await RunningAPI.run { api in
            let items = Array(0..<200)
            let outcomes = await api.engine.directory.each(items) { $0 * 2 }
            #expect(outcomes == items.map { $0 * 2 })
            let none = await api.engine.directory.each([Int]()) { $0 }
            #expect(none.isEmpty)
        }
    }
}
