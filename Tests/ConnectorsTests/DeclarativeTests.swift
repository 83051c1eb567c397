import ConnectorKit
import Definitions
import Expressions
import Model
import Testing

@testable import Connectors

/// Connectors that a project declares, against a server.
struct DeclarativeTests {
    private func with(
        _ operations: [OperationDefinition],
        failsWhen: String? = nil,
        errors: [ErrorRule] = [],
        triggers: [PollingTriggerDefinition] = [],
        _ reply: @escaping FaultServer.Behaviour,
        _ body: (FaultServer, TestConnectors) async throws -> Void,
    ) async throws {
        let definition = try Declare.connector(
            base: "${ $config.base }/v1/",
            headers: ["X-All": "all", "X-Both": "connector"],
            failsWhen: failsWhen,
            errors: errors,
            operations: operations,
            triggers: triggers,
        )
        try await FaultServer.run(reply) { server in
            try await TestConnectors.run(declarative: [definition]) { connectors in
                var connectors = connectors
                connectors.config = ["base": .string(server.base)]
                try await body(server, connectors)
            }
        }
    }

    @Test func `a request is made from path, query, headers, body and key`() async throws {
        let operation = try Declare.operation(
            method: "post",
            path: "/things/${ $input.id }/parts",
            query: ["q": "${ $input.q }", "list": ["a", "${ $input.id }"], "none": "${ null }"],
            headers: ["X-Both": "operation", "X-Id": "${ $input.id }"],
            body: ["id": "${ $input.id }", "text": "n ${ $input.n }"],
            idempotencyHeader: "X-Key",
            sideEffect: .write,
            result: "$response.status",
        )
        try await with([operation], { _, _ in .json(201, "{}") }) { server, connectors in
            var connectors = connectors
            connectors.authentication = Authentication(
                name: "a",
                credential: .bearer(token: "t0ken-abc"),
            )
            let output = try await connectors.call("own.do", ["id": "a/b", "q": "x&y", "n": 7])
            #expect(output == 201)
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/v1/things/a%2Fb/parts?list=a&list=a%2Fb&q=x%26y")
            #expect(request.headers["x-all"] == "all")
            #expect(request.headers["x-both"] == "operation")
            #expect(request.headers["x-id"] == "a/b")
            #expect(request.headers["x-key"] == "exe:1")
            #expect(request.headers["authorization"] == "Bearer t0ken-abc")
            #expect(request.body == #"{"id":"a/b","text":"n 7"}"#)
        }
    }

    @Test(
        arguments: [
            (
                "form", ["a": 1, "b": ["x", "y"]], "a=1&b=x&b=y",
                "application/x-www-form-urlencoded",
            ),
            ("raw", "plain text", "plain text", "text/plain; charset=utf-8"),
            ("raw", ["a": 1], #"{"a":1}"#, "application/json"),
        ] as [(String, JSONValue, String, String)]
    )
    func `a body is written as its kind`(
        kind: String,
        body: JSONValue,
        sent: String,
        type: String,
    ) async throws {
        let operation = try Declare.operation(method: "POST", body: body, bodyKind: kind)
        try await with([operation], { _, _ in .json(200, "1") }) { server, connectors in
            _ = try await connectors.call("own.do", [:])
            #expect(server.requests.first?.body == sent)
            #expect(server.requests.first?.headers["content-type"] == type)
        }
    }

    @Test func `the output is the body by default`() async throws {
        try await with([try Declare.operation()], { _, _ in .json(200, #"{"a":1}"#) }) {
            _,
            connectors in
            let output = try await connectors.call("own.do", [:])
            #expect(output == ["a": 1])
        }
    }

    @Test func `fails_when makes a failure of a good status`() async throws {
        try await with(
            [try Declare.operation()],
            failsWhen: "$response.body.ok? == false",
            { _, count in .json(200, count == 1 ? #"{"ok":false}"# : #"{"ok":true}"#) },
        ) { _, connectors in
            let problem = try await connectors.problem("own.do", [:])
            #expect(problem.code == "B2431")
            #expect(problem.connector == "own")
            #expect(problem.operation == "do")
            #expect(try await connectors.call("own.do", [:]) == ["ok": true])
        }
    }

    @Test func `the first rule that holds names the problem`() async throws {
        let rules = [
            // It cannot be evaluated on an object, so it does not hold.
            ErrorRule(when: try Declare.program("$response.body[0].code == 1"), type: .runtime),
            ErrorRule(
                when: try Declare.program(#"$response.body.code == "gone""#),
                type: .notFound,
                title: try Declare.template("No ${ $input.id }"),
                detail: try Declare.template("${ $response.body.message }"),
                client: try Declare.template("It is gone."),
                actor: .support,
                action: .contact,
            ),
            ErrorRule(
                when: try Declare.program("$response.status == 418"),
                type: .service,
                retry: .transient,
            ),
        ]
        try await with(
            [try Declare.operation()],
            errors: rules,
            { _, count in
                count == 1
                    ? .json(400, #"{"code":"gone","message":"why not"}"#)
                    : .status(418, headers: "Retry-After: 3\r\n")
            },
        ) { _, connectors in
            let problem = try await connectors.problem("own.do", ["id": 7])
            #expect(problem.type == .notFound)
            #expect(problem.title == "No 7")
            #expect(problem.detail == "why not")
            #expect(problem.audience.client == "It is gone.")
            #expect(problem.actor == .support)
            #expect(problem.action == .contact)
            #expect(problem.response?.status == 400)
            let second = try await connectors.problem("own.do", [:])
            #expect(second.type == .service)
            #expect(second.retry.after == TimeSpan(milliseconds: 3000))
        }
    }

    @Test func `a rule of the operation comes before the connector's`() async throws {
        let when = try Declare.program("true")
        let operation = try Declare.operation(errors: [ErrorRule(when: when, type: .conflict)])
        try await with(
            [operation],
            errors: [ErrorRule(when: when, type: .service)],
            { _, _ in .json(200, "1") },
        ) { _, connectors in
            let problem = try await connectors.problem("own.do", [:])
            #expect(problem.type == .conflict)
        }
    }

    @Test func `without a rule the table decides, and broken JSON is a failure`() async throws {
        try await with(
            [try Declare.operation()],
            { _, count in
                count == 1 ? .status(404) : .json(200, "{")
            },
        ) { _, connectors in
            let first = try await connectors.problem("own.do", [:])
            #expect(first.type == .notFound)
            #expect(try await connectors.problem("own.do", [:]).code == "B2422")
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:1/?a=b", "ftp://a/", "", "http://u:p@a/",
    ])
    func `a base URL that is not accepted is a configuration problem`(base: String) async throws {
        try await with([try Declare.operation()], { _, _ in .status(200) }) { _, connectors in
            var connectors = connectors
            connectors.config = ["base": .string(base)]
            let problem = try await connectors.problem("own.do", [:])
            #expect(problem.type == .configuration)
        }
    }

    @Test func `a base URL from an end user cannot lead inside`() async throws {
        try await with([try Declare.operation()], { _, _ in .status(200) }) { _, connectors in
            var connectors = connectors
            connectors.config = ["base": "http://169.254.169.254"]
            let problem = try await connectors.problem("own.do", [:])
            #expect(problem.code == "B2404")
        }
    }

    @Test func `the declaration is a specification without mistakes`() throws {
        let operations = [
            try Declare.operation("read"),
            try Declare.operation("create", method: "POST", sideEffect: .write),
            try Declare.operation(
                "order",
                method: "POST",
                idempotencyHeader: "K",
                sideEffect: .write,
            ),
            try Declare.operation("replace", method: "PUT", sideEffect: .write),
        ]
        let definition = try Declare.connector(base: "http://a", operations: operations)
        let spec = DeclarativeConnector.spec(of: definition)
        #expect(spec.mistakes() == [])
        #expect(spec.operations.map(\.idempotency) == [.natural, .none, .key, .natural])
    }
}
