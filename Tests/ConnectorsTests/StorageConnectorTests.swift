import ConnectorKit
import Model
import Testing

@testable import Connectors

struct StorageConnectorTests {
    @Test func `a value is written, read, replaced and removed`() async throws {
        try await TestConnectors.run { connectors in
            let key: JSONValue = ["key": "a"]
            let absent = try await connectors.call("storage.get", key)
            #expect(absent == ["found": false, "value": nil, "version": 0])
            let set: JSONValue = ["key": "a", "value": ["x": 1], "ttl": "7d"]
            #expect(try await connectors.call("storage.set", set) == ["version": 1])
            #expect(
                try await connectors.call("storage.get", key)
                    == ["found": true, "value": ["x": 1], "version": 1]
            )
            #expect(connectors.services.ttl(.instance, "a")?.description == "7d")
            #expect(try await connectors.call("storage.delete", key) == ["deleted": true])
            #expect(try await connectors.call("storage.delete", key) == ["deleted": false])
            let other: JSONValue = ["key": "a", "default": 7]
            #expect(
                try await connectors.call("storage.get", other)
                    == ["found": false, "value": 7, "version": 0]
            )
        }
    }

    @Test func `scopes do not see one another`() async throws {
        try await TestConnectors.run { connectors in
            for scope in StorageScope.allCases {
                _ = try await connectors.call(
                    "storage.set",
                    [
                        "scope": .string(scope.rawValue), "key": "k",
                        "value": .string(scope.rawValue),
                    ],
                )
            }
            for scope in StorageScope.allCases {
                let item = try await connectors.call(
                    "storage.get",
                    ["scope": .string(scope.rawValue), "key": "k"],
                )
                #expect(item["value"] == .string(scope.rawValue))
            }
        }
    }

    @Test func `a compare-and-set that comes too late is a conflict`() async throws {
        try await TestConnectors.run { connectors in
            let first: JSONValue = ["key": "a", "value": 1, "if_version": 0]
            _ = try await connectors.call("storage.set", first)
            #expect(try await connectors.problem("storage.set", first).type == .conflict)
            let next: JSONValue = ["key": "a", "value": 2, "if_version": 1]
            #expect(try await connectors.call("storage.set", next) == ["version": 2])
            let late = try await connectors.problem(
                "storage.delete",
                ["key": "a", "if_version": 1],
            )
            #expect(late.code == "B2444")
        }
    }

    @Test func `increment counts on from zero, tries again, and gives up in the end`() async throws
    {
        try await TestConnectors.run { connectors in
            #expect(try await connectors.call("storage.increment", ["key": "n"])["value"] == 1)
            connectors.services.interfere(times: 5)
            let second = try await connectors.call("storage.increment", ["key": "n", "by": 10])
            #expect(second["value"] == 11)
            connectors.services.interfere(times: StorageConnector.incrementTries)
            let problem = try await connectors.problem("storage.increment", ["key": "n"])
            #expect(problem.type == .conflict)
            #expect(problem.isRetryable)
            _ = try await connectors.call("storage.set", ["key": "t", "value": "text"])
            #expect(
                try await connectors.problem("storage.increment", ["key": "t"]).type
                    == .validation
            )
            _ = try await connectors.call(
                "storage.set",
                ["key": "max", "value": .integer(.max)],
            )
            #expect(
                try await connectors.problem("storage.increment", ["key": "max"]).code == "B2445"
            )
        }
    }

    @Test func `keys are listed a page at a time`() async throws {
        try await TestConnectors.run { connectors in
            for key in ["a/1", "a/2", "a/3", "b/1"] {
                _ = try await connectors.call(
                    "storage.set",
                    ["key": .string(key), "value": nil],
                )
            }
            let first = try await connectors.call("storage.list", ["prefix": "a/", "limit": 2])
            #expect(first == ["keys": ["a/1", "a/2"], "next": "a/2"])
            let second = try await connectors.call(
                "storage.list",
                ["prefix": "a/", "limit": 2, "after": "a/2"],
            )
            #expect(second == ["keys": ["a/3"], "next": nil])
        }
    }

    @Test func `keys and values have limits`() async throws {
        try await TestConnectors.run { connectors in
            let fits = String(repeating: "k", count: StorageConnector.keyLimit)
            _ = try await connectors.call("storage.get", ["key": .string(fits)])
            let long = try await connectors.problem("storage.get", ["key": .string(fits + "k")])
            #expect(long.type == .tooLarge)
            let value = String(repeating: "v", count: StorageConnector.valueLimit - 2)
            _ = try await connectors.call("storage.set", ["key": "v", "value": .string(value)])
            let large = try await connectors.problem(
                "storage.set",
                ["key": "v", "value": .string(value + "v")],
            )
            #expect(large.code == "B2443")
            for input in [["key": ""], ["key": "a\0"], ["key": "a", "scope": "world"]]
                as [JSONValue]
            {
                #expect(try await connectors.problem("storage.get", input).code == "B2442")
            }
            let ttl: JSONValue = ["key": "a", "value": 1, "ttl": "0s"]
            #expect(try await connectors.problem("storage.set", ttl).type == .validation)
        }
    }
}
