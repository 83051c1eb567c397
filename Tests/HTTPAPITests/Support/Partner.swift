import Language
import Model
import Testing

/// A partner that embeds the solution `leads`, and every answer that it got.
actor Partner {
    static let files = ProjectFiles([
        .init(path: "solutions/leads/solution.yaml", text: solution("1.0.0", more: "")),
        .init(path: "solutions/leads/push.yaml", text: workflow),
    ])

    /// The next version: it needs a region.
    static let nextFiles = ProjectFiles([
        .init(
            path: "solutions/leads/solution.yaml",
            text: solution("2.0.0", more: "  region: { type: string, required: true }"),
        ),
        .init(path: "solutions/leads/push.yaml", text: workflow),
    ])

    private static func solution(_ version: String, more: String) -> String {
        """
        solution: leads
        version: \(version)
        auth:
          crm: { service: crm }
        config:
          list_id: { type: string, required: true }
          pin: { type: string, secret: true, maxLength: 60 }
        \(more)
        """
    }

    private static let workflow = """
        workflow: push
        trigger: { webhook: { respond: when_finished } }
        steps:
          - run: crm.push
            with: { auth: crm, list: "${ $config.list_id }", pin: "${ $config.pin }" }
          - reply: { status: 200, body: { list: "${ $config.list_id }", user: "${ $user.external_id }" } }
        """

    let api: RunningAPI
    private(set) var answers: [RunningAPI.Answer] = []

    init(_ api: RunningAPI) { self.api = api }

    @discardableResult
    func ask(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        headers: [(String, String)] = [],
    ) async throws -> RunningAPI.Answer {
        let isHook = path.hasPrefix("/hooks/")
        let answer = try await api.ask(
            method,
            path,
            body: body,
            headers: headers,
            asAdmin: !isHook,
        )
        answers.append(answer)
        return answer
    }

    /// The id of what is made.
    @discardableResult
    func make(_ path: String, _ body: String, status: Int = 201) async throws -> String {
        let answer = try await ask("POST", path, body)
        #expect(answer.status == status, "\(path) \(answer.text)")
        let id = try #require(try answer.json["id"]?.stringValue)
        if status == 201 { #expect(answer.headers["location"] == "\(path)/\(id)") }
        return id
    }

    /// An end user with a credential and an enabled instance.
    func setUp(
        _ name: String,
        token: String,
        pin: String = "1234",
    ) async throws -> (user: String, authentication: String, instance: String) {
        let user = try await make("/v1/end-users", #"{"external_id": "\#(name)"}"#)
        let authentication = try await make(
            "/v1/authentications",
            """
            {"owner": "ext:\(name)", "service": "crm", "name": "CRM", "kind": "bearer",
             "fields": {"token": "\(token)"}}
            """,
        )
        let instance = try await make(
            "/v1/instances",
            """
            {"end_user": "\(user)", "solution": "leads",
             "config": {"list_id": "list-\(name)", "pin": "\(pin)"},
             "auth": {"crm": "\(authentication)"}, "enable": true}
            """,
        )
        return (user, authentication, instance)
    }
}
