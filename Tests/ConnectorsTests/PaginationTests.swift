import ConnectorKit
import Definitions
import Model
import Testing

@testable import Connectors

struct PaginationTests {
    private func with(
        next: String,
        maxPages: Int = 3,
        result: String? = nil,
        _ reply: @escaping FaultServer.Behaviour,
        _ body: (FaultServer, TestConnectors) async throws -> Void,
    ) async throws {
        let operation = try Declare.operation(
            "list",
            path: "/list",
            query: ["limit": 2],
            result: result,
            pagination: PaginationDefinition(
                items: try Declare.program("$response.body.items"),
                next: try Declare.program(next),
                maxPages: maxPages,
            ),
        )
        let trigger = PollingTriggerDefinition(
            name: "created",
            operation: "list",
            input: try Declare.template(["since": "${ $cursor // 0 }"]),
            every: TimeSpan(milliseconds: 60_000),
            items: try Declare.program("."),
            key: try Declare.program("$item.id"),
            cursor: try Declare.program("$items[-1].id // $cursor"),
        )
        let definition = try Declare.connector(
            base: "${ $config.base }",
            operations: [operation],
            triggers: [trigger],
        )
        try await FaultServer.run(reply) { server in
            try await TestConnectors.run(declarative: [definition]) { connectors in
                var connectors = connectors
                connectors.config = ["base": .string(server.base)]
                try await body(server, connectors)
            }
        }
    }

    private static let byCursor =
        "if $response.body.next then {after: $response.body.next} else null end"

    @Test func `pages are read until there is no next one`() async throws {
        try await with(
            next: Self.byCursor,
            { request, _ in
                request.target.contains("after=b%26")
                    ? .json(200, #"{"items":[3]}"#)
                    : .json(200, #"{"items":[1,2],"next":"b&"}"#)
            },
        ) { server, connectors in
            let output = try await connectors.call("own.list", [:])
            #expect(output == [1, 2, 3])
            #expect(server.requests.map(\.target) == ["/list?limit=2", "/list?limit=2&after=b%26"])
        }
    }

    @Test func `a next page may be a URL of the same origin`() async throws {
        try await with(
            next: "$response.body.next",
            result: "{all: $items, n: $response.status}",
            {
                _,
                count in
                .json(
                    200,
                    count == 1 ? #"{"items":[1],"next":"/list?page=2"}"# : #"{"items":[2]}"#,
                )
            },
        ) { server, connectors in
            let output = try await connectors.call("own.list", [:])
            #expect(output == ["all": [1, 2], "n": 200])
            #expect(server.requests.last?.target == "/list?page=2")
        }
    }

    @Test func `credentials do not follow to another origin`() async throws {
        try await with(
            next: "$response.body.next",
            { _, _ in
                .json(200, #"{"items":[1],"next":"http://127.0.0.1:1/list"}"#)
            },
        ) { server, connectors in
            let problem = try await connectors.problem("own.list", [:])
            #expect(problem.code == "B2485")
            #expect(server.requests.count == 1)
        }
    }

    @Test func `more pages than allowed are a failure, not a short list`() async throws {
        try await with(
            next: "{after: ($response.body.n + 1)}",
            { _, count in
                .json(200, #"{"items":[1],"n":\#(count)}"#)
            },
        ) { server, connectors in
            let problem = try await connectors.problem("own.list", [:])
            #expect(problem.type == .limit)
            #expect(problem.code == "B2484")
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a page that leads to itself ends`() async throws {
        try await with(next: "{limit: 2}", { _, _ in .json(200, #"{"items":[1]}"#) }) {
            server,
            connectors in
            let problem = try await connectors.problem("own.list", [:])
            #expect(problem.code == "B2485")
            #expect(server.requests.count == 1)
        }
    }

    @Test func `items that are no list are the service's fault`() async throws {
        try await with(next: "null", { _, _ in .json(200, #"{"items":7}"#) }) { _, connectors in
            let problem = try await connectors.problem("own.list", [:])
            #expect(problem.code == "B2487")
        }
    }

    private func poll(
        _ connectors: TestConnectors,
        _ trigger: String = "created",
        cursor: JSONValue,
    ) async throws(Problem) -> PollResult {
        guard let connector = connectors.connectors.registry["own"] as? any PollingConnector else {
            throw Problem(.runtime)
        }
        return try await connector.poll(
            trigger,
            cursor: cursor,
            call: OperationCall(
                operation: "",
                input: [:],
                config: connectors.config,
                idempotencyKey: "poll:1",
                timeout: TimeSpan(milliseconds: 5000),
                execution: connectors.facts,
                services: connectors.services,
            ),
        )
    }

    @Test func `a poll gives events once each and the cursor for the next`() async throws {
        try await with(
            next: "null",
            { _, count in
                count == 1
                    ? .json(200, #"{"items":[{"id":1},{"id":2,"a":1},{"id":2,"a":2}]}"#)
                    : .json(200, #"{"items":[]}"#)
            },
        ) { _, connectors in
            let first = try await poll(connectors, cursor: nil)
            #expect(first.events.map(\.key) == ["1", "2"])
            #expect(first.events.last?.value == ["id": 2, "a": 1])
            #expect(first.cursor == 2)
            let second = try await poll(connectors, cursor: first.cursor)
            #expect(second.events.isEmpty)
            #expect(second.cursor == 2)
        }
    }

    @Test func `a poll leaves the pages beyond the limit to the next one`() async throws {
        try await with(
            next: "{after: ($response.body.items[-1].id)}",
            { _, count in
                .json(200, #"{"items":[{"id":\#(count)}]}"#)
            },
        ) { server, connectors in
            let result = try await poll(connectors, cursor: nil)
            #expect(result.events.map(\.key) == ["1", "2", "3"])
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a poll that fails keeps the problem of the service`() async throws {
        try await with(next: "null", { _, _ in .status(401) }) { _, connectors in
            await #expect { try await poll(connectors, cursor: nil) } throws: { error in
                (error as? Problem)?.type == .authentication
            }
            await #expect { try await poll(connectors, "unknown", cursor: nil) } throws: {
                ($0 as? Problem)?.code == "B2488"
            }
        }
    }
}
