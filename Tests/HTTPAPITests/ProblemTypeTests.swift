import Language
import Model
import Testing

/// Every problem type, provoked: by a service's answer, by the network, by the workflow, by a limit, by
/// a person, by the engine.
@Suite(.timeLimit(.minutes(3))) struct ProblemTypeTests {
    private static let workflows = [
        "service":
            "- { run: http.post, with: { url: \"${ $trigger.body.url }\", json: {} }, retry: { times: 0 } }",
        "expression": "- { set: \"${ \\\"a\\\" | tonumber }\" }",
        "configuration":
            "- { run: http.get, with: { url: \"${ $trigger.body.url }\", auth: crm } }",
        "limit": """
        - { id: one, run: mock.answer, with: { value: 1 } }
          - { run: mock.answer, with: { value: 2 } }
          - { run: mock.answer, with: { value: 3 } }
        """,
        "raised": "- { raise: { title: \"No\", client: \"Not today\" } }",
        "held": "- { wait: 1h }",
        "runtime": """
        - { reply: { status: 200, body: 1 } }
          - { reply: { status: 200, body: 2 } }
        """,
    ]

    private static var files: ProjectFiles {
        var files: [ProjectFiles.File] = [
            .init(
                path: "backstop.yaml",
                text: "allowed_hosts: [127.0.0.1]\nlimits: { attempts_per_execution: 2 }\n",
            ),
            .init(
                path: "solutions/t/solution.yaml",
                text: "solution: t\nauth:\n  crm: { service: http }\n",
            ),
            .init(
                path: "solutions/t/answers.yaml",
                text: """
                    workflow: answers
                    trigger: { webhook: { respond: when_finished } }
                    steps:
                      - reply: { status: "${ $trigger.query.status | tonumber }", body: { e: 1 } }
                    """,
            ),
        ]
        for (name, steps) in workflows.sorted(by: { $0.key < $1.key }) {
            files.append(
                .init(
                    path: "solutions/t/\(name).yaml",
                    text: """
                        workflow: \(name)
                        trigger: { webhook: { respond: immediately } }
                        steps:
                          \(steps)
                        """,
                )
            )
        }
        return ProjectFiles(files)
    }

    private static let statuses: [ProblemType: Int] = [
        .authentication: 401, .authorization: 403, .rateLimit: 429, .timeout: 408, .service: 500,
        .request: 400, .notFound: 404, .conflict: 409, .tooLarge: 413, .validation: 422,
    ]

    /// Which workflow gives the type, and what it is told to ask.
    private static func provocation(_ type: ProblemType, _ port: Int) -> (String, String) {
        if let status = statuses[type] {
            return ("service", "http://127.0.0.1:\(port)/hooks/answers?status=\(status)")
        }
        switch type {
        case .communication: return ("service", "http://127.0.0.1:1/")
        case .cancelled: return ("held", "")
        default: return (type.rawValue, "http://127.0.0.1:\(port)/")
        }
    }

    @Test(arguments: ProblemType.allCases)
    func `each type happens, and says who can do what`(type: ProblemType) async throws {
        try await RunningAPI.run(on: .init(project: Self.files)) { api in
            let (workflow, url) = Self.provocation(type, api.port)
            let started = try await api.ask(
                "POST",
                "/hooks/t/\(workflow)",
                body: #"{"url": "\#(url)"}"#,
            )
            let id = try #require(try started.json["id"]?.stringValue)
            if type == .cancelled {
                let path = "/v1/executions/\(id)/cancel"
                #expect(try await api.ask("POST", path, asAdmin: true).status <= 202)
            }
            // The stream ends with the execution.
            _ = try await api.ask("GET", "/v1/executions/\(id)/events", asAdmin: true)
            let whole = try await api.ask("GET", "/v1/executions/\(id)", asAdmin: true)
            let found = try #require(
                try whole.json["problem"].flatMap(Problem.init(json:)),
                "\(whole.text)",
            )
            #expect(found.type == type, "\(whole.text)")
            #expect(found.occurredAt != nil && found.ids["execution"] == .string(id))
            #expect(found.ids["workflow"] == .string(workflow) && found.ids["solution"] == "t")
            for text in ProblemText.allCases { #expect(!found[text].isEmpty) }
            if workflow == "service" {
                #expect(found.path == "steps[0]" && found.attempt == 1 && found.maxAttempts == 1)
                #expect(found.connector == "http" && found.operation == "post")
                #expect(found.connectorVersion != nil)
                #expect((found.response == nil) == (type == .communication))
            }
        }
    }
}
