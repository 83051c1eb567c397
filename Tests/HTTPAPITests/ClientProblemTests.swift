import ConnectorKit
import Embedding
import Engine
import Language
import Model
import Testing

@testable import HTTPAPI

/// Whatever a problem holds, an end user and the caller of a webhook read its title, its text for
/// them, who can act, what to do, ids and times (G7).
@Suite(.timeLimit(.minutes(2))) struct ClientProblemTests {
    private static let canary = "canary-4c1d77e0"
    private static let members: Set<String> = [
        "type", "title", "status", "detail", "actor", "action", "ids", "occurred_at", "next_at",
        "instance", "code", "status_url", "audience",
    ]

    private static let files = ProjectFiles([
        .init(path: "backstop.yaml", text: "language: en\n"),
        .init(
            path: "solutions/leads/solution.yaml",
            text: """
                solution: leads
                version: 1.0.0
                auth:
                  crm: { service: crm }
                texts:
                  client:
                    service: "The ${ $service } is down."
                  languages:
                    de:
                      client: { service: "Das ${ $service } ist ausgefallen." }
                """,
        ),
        .init(
            path: "solutions/leads/push.yaml",
            text: """
                workflow: push
                trigger: { webhook: { respond: when_finished } }
                steps:
                  - { run: crm.push, with: { auth: crm }, retry: { times: 0 } }
                """,
        ),
        .init(
            path: "solutions/leads/later.yaml",
            text: """
                workflow: later
                trigger: { webhook: { respond: immediately } }
                steps:
                  - { run: crm.push, with: { auth: crm }, retry: { times: 0 } }
                """,
        ),
    ])

    /// Fails with the canary in every member that is not for clients.
    private struct Broken: Connector {
        var spec: ConnectorSpec { CRMConnector().spec }

        func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
            var problem = Problem(.service, detail: canary, code: canary)
            problem.instance = canary
            problem.step = canary
            problem.path = canary
            problem.connectorVersion = canary
            problem.response = ProblemResponse(
                status: 500,
                headers: ["x": .string(canary)],
                body: .string(canary),
            )
            problem.audience.support = canary
            problem.ids = [
                "execution_note": .string(canary), "workflow": .string("\(canary) with blanks"),
                "child": ["deep": .string(canary)],
            ]
            problem.data = .string(canary)
            problem.fingerprint = canary
            var cause = Problem(.request, detail: canary)
            cause.audience.client = canary
            problem.cause = cause
            throw problem
        }
    }

    private static func run(
        _ body:
            @escaping @Sendable (Partner, _ instance: String, _ user: String) async throws
            -> Void
    ) async throws {
        let setup = RunningAPI.Setup(project: files, connectors: [Broken()])
        try await RunningAPI.run(on: setup) { api in
            let partner = Partner(api)
            let signer = try await EndUserSigner(partner)
            try await partner.make(
                "/v1/end-users",
                #"{"external_id": "ada", "metadata": {"locale": "de-AT"}}"#,
            )
            let authentication = try await partner.make(
                "/v1/authentications",
                """
                {"owner": "ext:ada", "service": "crm", "name": "CRM", "kind": "bearer",
                 "fields": {"token": "a-token-of-ada"}}
                """,
            )
            let instance = try await partner.make(
                "/v1/instances",
                """
                {"end_user": "ext:ada", "solution": "leads",
                 "auth": {"crm": "\(authentication)"}, "enable": true}
                """,
            )
            let user = try await signer.token("ada", now: api.engine.clock.now().milliseconds)
            try await body(partner, instance, user)
        }
    }

    @Test func `every answer to a client and to a caller holds nothing else`() async throws {
        try await Self.run { partner, instance, user in
            let api = partner.api
            let held = try await api.ask(
                "POST",
                "/hooks/instances/\(instance)/push",
                body: "{}",
            )
            #expect(held.status == 502)
            var answers = [held]
            let accepted = try await api.ask(
                "POST",
                "/hooks/instances/\(instance)/later",
                body: "{}",
            )
            let id = try #require(try accepted.json["id"]?.stringValue)
            let events = try #require(try accepted.json["events_url"]?.stringValue)
            let status = try #require(try accepted.json["status_url"]?.stringValue)
            answers.append(try await api.ask("GET", events))
            answers.append(try await api.ask("GET", status))
            for route in Route.allCases where route.methods[0] == "GET" {
                let path = route.path.replacing("{id}", with: id)
                    .replacing("{instance}", with: instance)
                for path in [path, route.path.replacing("{id}", with: instance)] {
                    let answer = try await api.ask("GET", path, key: user)
                    answers.append(answer)
                }
            }
            answers.append(
                try await api.ask("GET", "/v1/executions?instance=\(instance)", key: user)
            )
            for answer in answers { #expect(!answer.text.contains(Self.canary), "\(answer.text)") }
            // The partner's people do see it.
            let whole = try await partner.ask("GET", "/v1/executions/\(id)")
            #expect(whole.text.contains(Self.canary))
            let mine = try await api.ask("GET", "/v1/executions/\(id)", key: user)
            let problem = try #require(try mine.json["problem"]?.objectValue)
            #expect(Set(problem.keys).isSubset(of: Self.members))
            #expect(problem["detail"] == "Das crm ist ausgefallen.")
            #expect(Set(try #require(try held.json.objectValue).keys).isSubset(of: Self.members))
        }
    }

    @Test(arguments: [
        (nil, "Das crm ist ausgefallen.", "Der Dienst hat einen eigenen Fehler gemeldet"),
        ("en-GB, de;q=0.5", "The crm is down.", "The service reported an error of its own"),
        (
            "pt, fr;q=0.8",
            "Le service connecté rencontre un problème. Nous allons réessayer.",
            "Le service a signalé une erreur interne",
        ),
        ("pt", "The crm is down.", "The service reported an error of its own"),
    ])
    func `the words are in the reader's language, else in the end user's, else the account's`(
        accepted: String?,
        text: String,
        title: String,
    ) async throws {
        try await Self.run { partner, instance, user in
            let headers = accepted.map { [("Accept-Language", $0)] } ?? []
            let held = try await partner.api.ask(
                "POST",
                "/hooks/instances/\(instance)/push",
                body: "{}",
                headers: headers,
            )
            #expect(try held.json["detail"]?.stringValue == text)
            #expect(try held.json["title"]?.stringValue == title)
        }
    }

    @Test func `a fault behind an end user's call is told in the client's words`() {
        var problem = Problem(.runtime, detail: "the store: \(Self.canary)", code: "B2204")
        problem.data = .string(Self.canary)
        let told = APIFault.problem(problem).told(ClientWords()).answer(instance: "urn:x")
        let text = String(decoding: told.body, as: UTF8.self)
        #expect(told.status == 500 && !text.contains(Self.canary))
        #expect(text.contains("Something went wrong on our side"))
        // What is wrong with the call itself is for who made it.
        let own = EmbeddingFault.metadataSize.problem(detail: "too much")
        let refused = APIFault.problem(own).told(ClientWords()).answer()
        #expect(String(decoding: refused.body, as: UTF8.self).contains("too much"))
    }
}
