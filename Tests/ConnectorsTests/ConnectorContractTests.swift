import ConnectorKit
import Definitions
import Logging
import Model
import Testing

@testable import Connectors

/// What holds for every connector of the registry, whatever it connects to.
struct ConnectorContractTests {
    struct Member: Sendable, CustomTestStringConvertible {
        var connector: String
        var operation: OperationSpec
        var testDescription: String { "\(connector).\(operation.name)" }
    }

    static let members = BuiltInConnectors.catalog.flatMap { spec in
        spec.operations.map { Member(connector: spec.name, operation: $0) }
    }

    @Test func `the registry holds exactly the catalog`() async throws {
        try await TestConnectors.run { connectors in
            let names = connectors.connectors.registry.catalog.map(\.name)
            #expect(names == BuiltInConnectors.catalog.map(\.name))
            #expect(names == names.sorted())
        }
        for spec in BuiltInConnectors.catalog { #expect(spec.mistakes() == []) }
    }

    @Test(arguments: members)
    func `an operation declares what the documentation needs`(_ member: Member) throws {
        let operation = member.operation
        #expect(operation.summary.hasSuffix("."))
        #expect(!operation.examples.isEmpty)
        #expect(!operation.problems.isEmpty)
        #expect(operation.parameters["additionalProperties"] == false)
        let schema = try JSONSchema(operation.parameters)
        #expect(BuiltInConnectors.schemas["\(member.connector).\(operation.name)"] != nil)
        for example in operation.examples { #expect(schema.accepts(example)) }
        #expect(!schema.accepts(["no_such_parameter": 1]))
    }

    @Test(arguments: members)
    func `an operation that is cancelled ends`(_ member: Member) async throws {
        try await TestConnectors.run { connectors in
            for example in member.operation.examples {
                let call = Task { () throws -> JSONValue in
                    try await connectors.call(
                        "\(member.connector).\(member.operation.name)",
                        example,
                    )
                }
                call.cancel()
                _ = await call.result
            }
        }
    }

    @Test(arguments: BuiltInConnectors.catalog.map(\.name))
    func `an operation that does not exist is a problem`(_ name: String) async throws {
        try await TestConnectors.run { connectors in
            let problem = try await connectors.problem("\(name).no_such_operation", ["id": "x"])
            #expect([.validation, .configuration].contains(problem.type))
        }
    }

    @Test func `every problem type that http declares can be provoked`() async throws {
        var provoked: Set<ProblemType> = []
        let statuses = [400, 401, 403, 404, 409, 413, 422, 429, 500]
        try await FaultServer.run({ _, count in .json(statuses[(count - 1) % statuses.count], "1") }
        ) { server in
            try await TestConnectors.run { connectors in
                let url = JSONValue.string(server.base)
                for _ in statuses {
                    provoked.insert(try await connectors.problem("http.get", ["url": url]).type)
                }
                let inputs: [JSONValue] = [
                    ["url": "http://10.0.0.1/"],
                    ["url": url, "fails_when": "$response."],
                ]
                for input in inputs {
                    provoked.insert(try await connectors.problem("http.get", input).type)
                }
            }
        }
        try await TestConnectors.run { connectors in
            let refused = try await connectors.problem("http.get", ["url": "http://127.0.0.1:1/"])
            provoked.insert(refused.type)
        }
        #expect(provoked == HTTPConnector.problems)
    }

    @Test(arguments: HTTPFailureTests.cases)
    func `no failure shows a secret`(_ test: HTTPFailureTests.Case) async throws {
        let secret = "sk_live_0123456789"
        try await FaultServer.run({ _, _ in test.reply }) { server in
            try await TestConnectors.run { connectors in
                var connectors = connectors
                connectors.authentication = Authentication(
                    name: "crm",
                    credential: .apiKey(key: secret, header: nil, query: "key"),
                )
                var input = test.input
                input["url"] = .string(server.base)
                input["json"] = ["password": .string(secret)]
                let problem = try await connectors.problem("http.post", .object(input))
                #expect(!JSONWriter.string(problem.json).contains(secret))
            }
        }
    }

    @Test func `an answer that echoes the request shows no secret in any form`() async throws {
        let secret = "p/w d&\"0123456789"
        let echo: FaultServer.Behaviour = { request, _ in
            let authorization = request.headers["authorization"] ?? ""
            let text = "\(request.target)\n\(authorization)\n\(request.body)"
            return .raw(
                "HTTP/1.1 400 X\r\nContent-Type: text/plain\r\nX-Request-Id: \(authorization)\r\n"
                    + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
            )
        }
        try await FaultServer.run(echo) { server in
            try await TestConnectors.run { connectors in
                var connectors = connectors
                connectors.authentication = Authentication(
                    name: "crm",
                    credential: .basic(user: "ada", password: secret),
                )
                let problem = try await connectors.problem(
                    "http.post",
                    [
                        "url": .string(server.base), "query": ["q": .string(secret)],
                        "json": ["a": .string(secret)],
                    ],
                )
                let text = JSONWriter.string(problem.json)
                let encoded = Base64.encoded(Array("ada:\(secret)".utf8))
                for form in [
                    secret, encoded, PercentEncoding.component(secret), #"p/w d&\"0"#,
                    #"p/w d&\\\"0"#,
                ] {
                    #expect(!text.contains(form), "\(form)")
                }
                #expect(text.contains(Redactor.replacement))
            }
        }
    }
}
