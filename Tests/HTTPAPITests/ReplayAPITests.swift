import Embedding
import Engine
import Foundation
import Kernel
import Model
import Testing

@testable import HTTPAPI

@Suite(.timeLimit(.minutes(2))) struct ReplayAPITests {
    private static func run(
        _ body: @escaping @Sendable (Partner, String) async throws -> Void
    ) async throws {
        let setup = RunningAPI.Setup(project: Partner.files, connectors: [CRMConnector()])
        try await RunningAPI.run(on: setup) { api in
            let partner = Partner(api)
            let made = try await partner.setUp("ada", token: "t")
            try await partner.ask("POST", "/hooks/instances/\(made.instance)/push", "{}")
            let runs = try await partner.ask("GET", "/v1/executions")
            try await body(
                partner,
                try #require(try runs.json["executions"]?[0]?["id"]?.stringValue),
            )
        }
    }

    @Test func `a replay is a new execution, and each of the two names the other`() async throws {
        try await Self.run { partner, source in
            let order = #"{"ids": ["\#(source)"], "start": "beginning", "keys": "new"}"#
            let answer = try await partner.ask("POST", "/v1/replays", order)
            #expect(answer.status == 201)
            let job = try answer.json
            #expect(job["state"] == "finished" && job["started"] == 1 && job["total"] == 1)
            let item = try #require(job["items"]?[0])
            let id = try #require(item["result"]?.stringValue)
            #expect(item["execution"] == .string(source) && item["state"] == "started")
            while try await partner.ask("GET", "/v1/executions/\(id)").json["reason"] == nil {}
            let replay = try await partner.ask("GET", "/v1/executions/\(id)").json
            #expect(replay["replay_of"] == .string(source) && replay["root"] == .string(source))
            #expect(replay["reason"] == "succeeded")
            let first = try await partner.ask("GET", "/v1/executions/\(source)").json
            #expect(first["replays"] == [.string(id)])
            let list = try await partner.ask("GET", "/v1/executions?replay_of=\(source)").json
            #expect(list["executions"]?.arrayValue?.count == 1)
            let name = try #require(job["id"]?.stringValue)
            let items = try await partner.ask("GET", "/v1/replays/\(name)/items?state=started").json
            #expect(items["items"]?.arrayValue?.count == 1)
            let refused = try await partner.ask("GET", "/v1/replays/\(name)/items?state=refused")
            #expect(try refused.json["items"] == [])
            let jobs = try await partner.ask("GET", "/v1/replays").json
            #expect(jobs["replays"]?[0]?["id"] == .string(name))
            let late = try await partner.ask("POST", "/v1/replays/\(name)/pause")
            #expect(late.status == 409)
            #expect(try late.json["code"]?.stringValue == ReplayFault.jobEnded.rawValue)
        }
    }

    @Test func `a dry run says what would be, and nothing is`() async throws {
        try await Self.run { partner, source in
            let filter = #"{"filter": {"workflow": "push"}, "start": "beginning", "dry_run": true}"#
            let plan = try await partner.ask("POST", "/v1/replays", filter)
            #expect(plan.status == 200)
            #expect(try plan.json["would_start"] == 1 && plan.json["would_refuse"] == 0)
            let resume = #"{"ids": ["\#(source)"], "mode": "resume", "dry_run": true}"#
            let other = try await partner.ask("POST", "/v1/replays", resume)
            #expect(try other.json["would_refuse"] == 1)
            let code = try other.json["items"]?[0]?["problem"]?["code"]
            #expect(code == .string(ReplayFault.nothingFailed.rawValue))
            #expect(try await partner.ask("GET", "/v1/replays").json["replays"] == [])
            let list = try await partner.ask("GET", "/v1/executions").json
            #expect(list["executions"]?.arrayValue?.count == 1)
        }
    }

    @Test func `each way to ask wrongly has its number`() async throws {
        try await Self.run { partner, source in
            let requests: [(String, String)] = [
                (#"{}"#, "B3195"), (#"{"ids": ["\#(source)"], "issue": "iss_1"}"#, "B3195"),
                (#"{"ids": ["x"]}"#, "B3124"), (#"{"ids": []}"#, "B3124"),
                (#"{"filter": {"colour": "red"}}"#, "B3103"),
                (#"{"filter": {"workflow": "nothing"}}"#, "B3192"),
                (#"{"ids": ["\#(source)"], "rate": 0}"#, "B3124"),
                (#"{"ids": ["\#(source)"], "mode": "resume", "keys": "new"}"#, "B3195"),
                (#"{"ids": ["\#(source)"], "colour": "red"}"#, "B3123"),
                (#"{"ids": ["exe_0000000000001"]}"#, "B3200"),
            ]
            for (body, code) in requests {
                let answer = try await partner.ask("POST", "/v1/replays", body)
                #expect(try answer.json["code"] == .string(code), "\(body) \(answer.text)")
            }
            let resume = try await partner.ask("POST", "/v1/executions/\(source)/resume")
            #expect(resume.status == 409)
            #expect(try resume.json["code"] == "B3181")
        }
    }

    @Test func `every refusal has a row on its page`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/reference/resume-and-replay.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for fault in ReplayFault.allCases {
            let start = "| `\(fault.rawValue)` | \(fault.status) | \(fault.title) | "
            #expect(rows.contains { $0.hasPrefix(start) }, "\(start)")
        }
    }
}
