import Embedding
import Model
import Testing

@testable import HTTPAPI

/// Plan and apply over HTTP.
@Suite struct ProjectAPITests {
    private static func run(_ body: @escaping @Sendable (Partner) async throws -> Void) async throws
    {
        try await RunningAPI.run(on: .init(takesProjects: true)) { try await body(Partner($0)) }
    }

    private static func body(_ version: String, revision: Int? = nil, more: String = "") -> String {
        let files: JSONValue = [
            "backstop.yaml": "title: Acme\nconfig: { api_key: canary-of-the-config }\n",
            "solutions/leads/solution.yaml": .string(
                "solution: leads\nversion: \(version)\nauth:\n  crm: { service: crm }\n\(more)"
            ),
            "solutions/leads/push.yaml":
                "workflow: push\ntrigger: { webhook: { respond: when_finished } }\nsteps:\n  - { reply: { status: 200, body: pushed } }\n",
        ]
        var object: JSONObject = ["files": files]
        object["revision"] = revision.map { .integer(Int64($0)) }
        return JSONWriter.string(.object(object))
    }

    @Test func `plan says what apply does, and applies nothing itself`() async throws {
        try await Self.run { partner in
            let none = try await partner.ask("GET", "/v1/project")
            #expect(try none.json["revision"] == 0)
            let plan = try await partner.ask("POST", "/v1/project/plan", Self.body("1.0.0"))
            #expect(plan.status == 200, "\(plan.text)")
            let text = try #require(try plan.json["text"]?.stringValue)
            #expect(text.contains("+ solution leads\n") && text.contains("Plan: "))
            #expect(!plan.text.contains("canary-of-the-config"))
            #expect(try plan.json["applied"] == false)
            #expect(try await partner.ask("POST", "/hooks/leads/push", "{}").status == 404)

            let body = Self.body("1.0.0", revision: 0)
            let applied = try await partner.ask("POST", "/v1/project/apply", body)
            #expect(try applied.json["applied"] == true)
            #expect(try applied.json["changes"] == (try plan.json)["changes"])
            #expect(try await partner.ask("POST", "/hooks/leads/push", "{}").status == 200)
            let now = try await partner.ask("GET", "/v1/project")
            #expect(try now.json["revision"] == 1)
            #expect(try now.json["digest"] == (try plan.json)["digest"])
            let audit = try await partner.ask("GET", "/v1/audit?target=project")
            #expect(try audit.json["audit"]?[0]?["action"] == "project.apply")
            #expect(!audit.text.contains("canary-of-the-config"))
        }
    }

    @Test func `what cannot be applied says why, with its number`() async throws {
        try await Self.run { partner in
            let first = Self.body("1.0.0")
            try await partner.ask("POST", "/v1/project/apply", first)
            let cases = [
                (409, "B2800", Self.body("2.0.0", revision: 0)),
                (409, "B2514", Self.body("1.0.0", more: "title: Other\n")),
                (422, "B2801", #"{"files": {"backstop.yaml": "titel: Acme"}}"#),
                (422, "B2803", #"{"files": {"../x.yaml": ""}}"#),
                (400, "B3124", #"{"files": {"x.yaml": 1}}"#),
                (400, "B3124", #"{"files": []}"#),
                (400, "B3124", #"{"files": {"x.yaml": ""}, "revision": -1}"#),
            ]
            for (status, code, body) in cases {
                let answer = try await partner.ask("POST", "/v1/project/apply", body)
                #expect(answer.status == status && answer.isProblem, "\(answer.text)")
                #expect(try answer.json["code"] == .string(code))
            }
            let findings = try await partner.ask("POST", "/v1/project/plan", cases[2].2)
            let finding = try findings.json["data"]?["findings"]?[0]
            #expect(finding?["file"] == "backstop.yaml" && finding?["line"] == 1)
            #expect(try await partner.ask("GET", "/v1/project").json["revision"] == 1)
        }
    }

    @Test func `a large body is read from who may apply, and up to its limit`() async throws {
        try await Self.run { partner in
            let padding = String(repeating: "#", count: ProjectUpload.fileBytes - 1) + "\n"
            var files: JSONObject = ["backstop.yaml": "title: Acme\n"]
            for number in 0..<8 {
                files["solutions/s\(number)/solution.yaml"] = .string(
                    "solution: s\(number)\nversion: 1.0.0\n" + padding.dropLast(200)
                )
            }
            let body = JSONWriter.string(["files": .object(files)])
            #expect(body.utf8.count > 1 << 20)
            let refused = try await partner.api.ask("POST", "/v1/project/plan", body: body)
            #expect(refused.status == 401)
            let answer = try await partner.ask("POST", "/v1/project/plan", body)
            #expect(answer.status == 200, "\(answer.text.prefix(300))")
            let other = try await partner.ask("POST", "/v1/end-users", body)
            #expect(other.status == 413)
        }
    }

    @Test func `a server that follows a folder plans, and takes no project`() async throws {
        try await RunningAPI.run { api in
            let partner = Partner(api)
            let head = try await partner.ask("GET", "/v1/project")
            #expect(try head.json["source"] == "folder")
            let answer = try await partner.ask("POST", "/v1/project/apply", Self.body("1.0.0"))
            #expect(answer.status == 409)
            #expect(try answer.json["code"] == "B2804")
        }
    }
}
