import Foundation
import Language
import Logging
import Model
import SQLiteStore
import Testing

@testable import HTTPAPI

/// Secrets that are given to the API are not found anywhere afterwards.
@Suite struct CanaryTests {
    private static let token = "canary-token-9f2c61d07b"
    private static let second = "canary-second-5b81ee20aa"
    private static let pin = "canary-pin-c3a94ff812"
    private static let refused = "canary-refused-" + String(repeating: "7", count: 60)

    @Test func `a credential and a secret setting are in no answer, no record and no file`()
        async throws
    {
        let folder = try FileManager.default.url(
            for: .itemReplacementDirectory,
            in: .userDomainMask,
            appropriateFor: FileManager.default.temporaryDirectory,
            create: true,
        )
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch {
                Issue.record("\(error)")
            }
        }
        let store = try SQLiteStore.open(
            at: folder.appending(path: "store.db").path,
            now: Timestamp(milliseconds: ExecutionID.epoch),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        )
        let crm = CRMConnector()
        try await RunningAPI.run(
            on: .init(project: Partner.files, store: store, connectors: [crm])
        ) { api in
            let partner = Partner(api)
            let key = try await Self.walk(partner, crm)
            let answers = await partner.answers
            #expect(answers.count > 15)
            for answer in answers {
                for canary in [Self.token, Self.second, Self.pin, Self.refused] {
                    #expect(!answer.text.contains(canary), "\(canary): \(answer.text)")
                }
            }
            #expect(crm.tokens == [Self.token, Self.second])
            // While everything is still there, and not yet tidied away by closing.
            let bytes = try Self.bytes(in: folder)
            #expect(Self.contains(bytes, "list-acme"), "the search finds what is stored")
            for canary in [Self.token, Self.second, Self.pin, Self.refused, key] {
                #expect(!Self.contains(bytes, canary), "\(canary)")
            }
        }
    }

    /// Gives the secrets wherever secrets are given, and asks for everything; gives an API key.
    private static func walk(_ partner: Partner, _ crm: CRMConnector) async throws -> String {
        let made = try await partner.setUp("acme", token: token, pin: pin)
        let path = "/v1/instances/\(made.instance)"
        try await partner.ask("POST", "/hooks/instances/\(made.instance)/push", "{}")
        try await partner.ask(
            "PUT",
            "/v1/authentications/\(made.authentication)",
            #"{"kind": "bearer", "fields": {"token": "\#(second)"}}"#,
        )
        try await partner.ask("POST", "/hooks/instances/\(made.instance)/push", "{}")
        let long = try await partner.ask("PATCH", "\(path)/config", #"{"pin": "\#(refused)"}"#)
        #expect(long.status == 422)
        let wrong = try await partner.ask(
            "PUT",
            "/v1/authentications/\(made.authentication)",
            #"{"kind": "basic", "fields": {"token": "\#(refused)"}}"#,
        )
        #expect(wrong.status == 400)
        try await partner.api.engine.deploy(RunningAPI.load(Partner.nextFiles, [crm]))
        try await partner.ask(
            "POST",
            "\(path)/upgrade",
            #"{"version": "2.0.0", "config": {"pin": "\#(pin)"}, "dry_run": true}"#,
        )
        let list = try await partner.ask("GET", "/v1/executions")
        for view in try list.json["executions"]?.arrayValue ?? [] {
            let id = try #require(view["id"]?.stringValue)
            let whole = try await partner.ask("GET", "/v1/executions/\(id)")
            #expect(try whole.json["steps"]?[0]?["attempts"]?[0]?["output"] != nil)
        }
        for path in [
            path, "/v1/instances", "/v1/authentications", "/v1/end-users", "/v1/audit",
            "/v1/solutions", "/v1/solutions/leads/versions", "/metrics",
        ] {
            #expect(try await partner.ask("GET", path).status == 200, "\(path)")
        }
        let answer = try await partner.api.ask(
            "POST",
            "/v1/api-keys",
            body: #"{"name": "n", "role": "support"}"#,
            asAdmin: true,
        )
        return try #require(try answer.json["key"]?.stringValue)
    }

    private static func bytes(in folder: URL) throws -> [Data] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try Data(contentsOf: $0) }
    }

    private static func contains(_ files: [Data], _ text: String) -> Bool {
        files.contains { $0.range(of: Data(text.utf8)) != nil }
    }
}
