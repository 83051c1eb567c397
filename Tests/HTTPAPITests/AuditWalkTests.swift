import Engine
import Foundation
import Model
import Testing

@testable import HTTPAPI

/// Every route that changes something leaves an audit record: walked from the table of routes, so
/// that a new one cannot be forgotten.
@Suite(.timeLimit(.minutes(2))) struct AuditWalkTests {
    /// What there is to be changed, made anew for each route.
    private struct Things: Sendable {
        var user: String
        var authentication: String
        var instance: String
        var execution: String
    }

    private static let held = ProjectFilesWithHeld.files

    /// The call of a route that changes something: its path after the route's own, and a body.
    private static func call(
        _ route: Route,
        _ things: Things,
        _ partner: Partner,
    ) async throws -> (path: String, body: String?)? {
        func path(_ id: String) -> String { route.path.replacing("{id}", with: id) }
        switch route {
        case .startWorkflow, .startSolutionWorkflow:
            let named = route.path.replacing("{solution}", with: "leads")
            return (named.replacing("{workflow}", with: "push"), "{}")
        case .cancel: return (path(things.execution), nil)
        case .resumeExecution, .createReplay, .pauseReplay, .resumeReplay, .cancelReplay:
            return try await replayCall(route, things, partner)
        case .createEndUser: return (route.path, #"{"external_id": "new"}"#)
        case .createEndUsers: return (route.path, #"{"items": [{"external_id": "many"}]}"#)
        case .deleteEndUser: return (path(things.user), nil)
        case .createInstance:
            return (
                route.path,
                #"{"end_user": "\#(things.user)", "solution": "leads", "name": "new"}"#,
            )
        case .deleteInstance, .disableInstance: return (path(things.instance), nil)
        case .enableInstance:
            try await partner.ask("POST", "/v1/instances/\(things.instance)/disable")
            return (path(things.instance), nil)
        case .configureInstance: return (path(things.instance), #"{"list_id": "other"}"#)
        case .connectInstance:
            try await partner.ask("POST", "/v1/instances/\(things.instance)/disable")
            return (path(things.instance), #"{"crm": null}"#)
        case .upgradeInstance:
            return (path(things.instance), #"{"version": "2.0.0", "config": {"region": "eu"}}"#)
        case .createInstances:
            let item = #"{"end_user": "\#(things.user)", "solution": "leads", "name": "many"}"#
            return (route.path, #"{"items": [\#(item)]}"#)
        case .enableInstances:
            try await partner.ask("POST", "/v1/instances/\(things.instance)/disable")
            return (route.path, #"{"solution": "leads", "end_user": "\#(things.user)"}"#)
        case .disableInstances:
            return (route.path, #"{"solution": "leads", "end_user": "\#(things.user)"}"#)
        case .applyProject:
            let files = held.files.map { ($0.path, JSONValue.string($0.text)) }
            return (route.path, JSONWriter.string(["files": .object(JSONObject(files))]))
        case .upgradeInstances:
            try await partner.ask("POST", "/v1/instances/\(things.instance)/disable")
            return (route.path, #"{"solution": "leads", "to": "2.0.0"}"#)
        case .createAuthentication:
            return (
                route.path,
                """
                {"owner": "\(things.user)", "service": "crm", "name": "n", "kind": "bearer",
                 "fields": {"token": "t"}}
                """,
            )
        case .replaceCredential:
            return (path(things.authentication), #"{"kind": "bearer", "fields": {"token": "t"}}"#)
        case .deleteAuthentication: return (path(things.authentication), nil)
        case .probeConnection, .closeConnection: return (path(things.authentication), nil)
        case .createAPIKey: return (route.path, #"{"name": "n", "role": "support"}"#)
        case .revokeAPIKey:
            return (
                path(try await partner.make("/v1/api-keys", #"{"name": "n", "role": "client"}"#)),
                nil,
            )
        case .createSigningKey: return (route.path, #"{"algorithm": "HS256"}"#)
        case .deleteSigningKey:
            let id = try await partner.make("/v1/signing-keys", #"{"algorithm": "HS256"}"#)
            return (path(id), nil)
        case .rotateVault: return (route.path, "{}")
        case .createConnectLink: return (route.path, #"{"end_user": "\#(things.user)"}"#)
        case .revokeConnectLink:
            let body = #"{"end_user": "\#(things.user)"}"#
            return (path(try await partner.make("/v1/connect-links", body)), nil)
        case .createSilence: return (route.path, silence)
        case .expireSilence: return (path(try await partner.make("/v1/silences", silence)), nil)
        default: return nil
        }
    }

    private static var silence: String {
        let end = SystemClock().now() + TimeSpan(milliseconds: 3_600_000)
        return #"{"matchers": {"type": "service"}, "expires_at": "\#(end)", "comment": "c"}"#
    }

    private static func replayCall(
        _ route: Route,
        _ things: Things,
        _ partner: Partner,
    ) async throws -> (path: String, body: String?) {
        let order = #""start": "beginning", "unfinished": true, "rate": 1"#
        switch route {
        case .createReplay:
            return (route.path, #"{"ids": ["\#(things.execution)"], \#(order)}"#)
        case .resumeExecution:
            let path = "/v1/executions/\(things.execution)"
            try await partner.ask("POST", path + "/cancel")
            while try await partner.ask("GET", path).json["status"] != "finished" {}
            return (path + "/resume", nil)
        default:
            // More than are worked on at once: the job is still open.
            for _ in 0..<25 {
                try await partner.ask("POST", "/hooks/instances/\(things.instance)/held", "{}")
            }
            let filter = #"{"instance": "\#(things.instance)"}"#
            let id = try await partner.make(
                Route.replays.path,
                #"{"filter": \#(filter), \#(order)}"#,
            )
            if route == .resumeReplay {
                try await partner.ask("POST", "/v1/replays/\(id)/pause")
            }
            return (route.path.replacing("{id}", with: id), nil)
        }
    }

    private static func things(_ partner: Partner, _ name: String) async throws -> Things {
        let made = try await partner.setUp(name, token: "t")
        let held = try await partner.ask(
            "POST",
            "/hooks/instances/\(made.instance)/held",
            "{}",
        )
        return Things(
            user: made.user,
            authentication: made.authentication,
            instance: made.instance,
            execution: try #require(try held.json["id"]?.stringValue),
        )
    }

    private static func count(_ partner: Partner) async throws -> [JSONValue] {
        let page = try await partner.ask("GET", "/v1/audit?limit=500")
        return try page.json["audit"]?.arrayValue ?? []
    }

    @Test func `every change leaves a record of who did it`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "audit-\(SystemRandom().bytes(8).map(String.init).joined()).key"
        )
        let crm = CRMConnector()
        let setup = RunningAPI.Setup(
            project: Self.held,
            connectors: [crm],
            keys: .ownFile(file.path),
            takesProjects: true,
        )
        try await RunningAPI.run(on: setup) { api in
            let partner = Partner(api)
            // Two versions, the older one first and live.
            try await api.engine.deploy(RunningAPI.load(ProjectFilesWithHeld.next, [crm]))
            try await api.engine.deploy(RunningAPI.load(Self.held, [crm]))
            var walked = 0
            for route in Route.allCases where Self.isChange(route) {
                let things = try await Self.things(partner, "\(route)")
                guard let (path, body) = try await Self.call(route, things, partner) else {
                    Issue.record("\(route) changes something: say how, so that its record is found")
                    continue
                }
                let before = try await Self.count(partner).count
                let answer = try await partner.ask(route.methods[0], path, body)
                #expect((200...299).contains(answer.status), "\(route): \(answer.text)")
                let records = try await Self.count(partner)
                #expect(records.count > before, "\(route) leaves no record")
                let newest = try #require(records.first)
                #expect(newest["actor"]?["kind"] == "admin_token", "\(route)")
                #expect(newest["target"]?["id"]?.stringValue?.isEmpty == false, "\(route)")
                walked += 1
            }
            #expect(walked >= 20)
        }
        try FileManager.default.removeItem(at: file)
    }

    /// Callers of webhooks are no actors, and what the connect page does is in its own tests.
    /// A look of the doctor changes nothing, and what is done to issues and alerts needs a failure:
    /// LadderTests look for their records.
    private static let elsewhere: Set<Route> = [
        .planProject, .doctor, .changeIssue, .resendAlert, .dismissAlert,
    ]

    private static func isChange(_ route: Route) -> Bool {
        route.access != .everybody && !elsewhere.contains(route)
            && !route.methods.allSatisfy { ["GET", "HEAD"].contains($0) }
    }
}
