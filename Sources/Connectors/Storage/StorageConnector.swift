import ConnectorKit
import Model

/// Data storage: a key-value store with four scopes, time to live and compare-and-set.
struct StorageConnector: Connector {
    static let keyLimit = 512
    static let valueLimit = 262_144
    static let listLimit = 1000
    /// How often `increment` tries again when others write the same key.
    static let incrementTries = 32

    var spec: ConnectorSpec { Self.declared }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        let scope = try Self.scope(call.input)
        switch call.operation {
        case "get": return try await get(call, scope)
        case "set": return try await set(call, scope)
        case "delete": return try await delete(call, scope)
        case "increment": return try await increment(call, scope)
        case "list": return try await list(call, scope)
        default:
            throw Problem(
                .configuration,
                detail: "there is no operation storage.\(call.operation)",
                code: "B2441",
            )
        }
    }

    private func get(
        _ call: OperationCall,
        _ scope: StorageScope,
    ) async throws(Problem) -> JSONValue {
        let key = try Self.key(call.input["key"])
        guard let item = try await call.services.storage.get(scope, key) else {
            return ["found": false, "value": call.input["default"] ?? .null, "version": 0]
        }
        return ["found": true, "value": item.value, "version": .integer(item.version)]
    }

    private func set(
        _ call: OperationCall,
        _ scope: StorageScope,
    ) async throws(Problem) -> JSONValue {
        let key = try Self.key(call.input["key"])
        let value = call.input["value"] ?? .null
        try Self.check(value, key)
        let expected = call.input["if_version"]?.integerValue
        let version = try await call.services.storage.set(
            scope,
            key,
            to: value,
            ttl: try Self.ttl(call.input),
            expected: expected,
        )
        guard let version else { throw Self.conflict(key, expected) }
        return ["version": .integer(version)]
    }

    private func delete(
        _ call: OperationCall,
        _ scope: StorageScope,
    ) async throws(Problem) -> JSONValue {
        let key = try Self.key(call.input["key"])
        let expected = call.input["if_version"]?.integerValue
        let removed = try await call.services.storage.remove(scope, key, expected: expected)
        if !removed, let expected, expected > 0 { throw Self.conflict(key, expected) }
        return ["deleted": .bool(removed)]
    }

    /// A loop of read and compare-and-set.
    ///
    /// Twice is not as once: a retried step may count twice.
    private func increment(
        _ call: OperationCall,
        _ scope: StorageScope,
    ) async throws(Problem) -> JSONValue {
        let key = try Self.key(call.input["key"])
        let amount = call.input["by"]?.integerValue ?? 1
        let ttl = try Self.ttl(call.input)
        let storage = call.services.storage
        for _ in 0..<Self.incrementTries {
            guard !Task.isCancelled else { throw Problem(.cancelled) }
            let item = try await storage.get(scope, key)
            guard let current = item?.value.integerValue ?? (item == nil ? 0 : nil) else {
                throw Problem(
                    .validation,
                    detail: "the value of \(key) is no whole number",
                    code: "B2445",
                )
            }
            let (sum, overflow) = current.addingReportingOverflow(amount)
            guard !overflow else {
                throw Problem(
                    .validation,
                    detail: "the sum of \(key) does not fit 64 bits",
                    code: "B2445",
                )
            }
            let version = try await storage.set(
                scope,
                key,
                to: .integer(sum),
                ttl: ttl,
                expected: item?.version ?? 0,
            )
            if let version { return ["value": .integer(sum), "version": .integer(version)] }
        }
        var problem = Self.conflict(key, nil)
        problem.retry = RetryAdvice(kind: .transient)
        throw problem
    }

    private func list(
        _ call: OperationCall,
        _ scope: StorageScope,
    ) async throws(Problem) -> JSONValue {
        let limit = min(max(1, call.input["limit"]?.integerValue ?? 100), Int64(Self.listLimit))
        let keys = try await call.services.storage.keys(
            scope,
            prefix: call.input["prefix"]?.stringValue ?? "",
            after: call.input["after"]?.stringValue,
            limit: Int(limit),
        )
        let isFull = keys.count == Int(limit)
        return [
            "keys": .array(keys.map(JSONValue.string)),
            "next": isFull ? keys.last.map(JSONValue.string) ?? .null : .null,
        ]
    }
}

extension StorageConnector {
    private static func scope(_ input: JSONValue) throws(Problem) -> StorageScope {
        guard let text = input["scope"]?.stringValue else { return .instance }
        guard let scope = StorageScope(rawValue: text) else {
            throw Problem(.validation, detail: "there is no scope \(text)", code: "B2442")
        }
        return scope
    }

    private static func key(_ value: JSONValue?) throws(Problem) -> String {
        guard let key = value?.stringValue, !key.isEmpty, !key.utf8.contains(0) else {
            throw Problem(.validation, detail: "key must be a text", code: "B2442")
        }
        guard key.utf8.count <= keyLimit else {
            throw Problem(
                .tooLarge,
                detail: "the key has \(key.utf8.count) bytes, the limit is \(keyLimit)",
                code: "B2443",
            )
        }
        return key
    }

    private static func check(_ value: JSONValue, _ key: String) throws(Problem) {
        let size = JSONWriter.encodedSize(value)
        guard size <= valueLimit else {
            throw Problem(
                .tooLarge,
                detail: "the value of \(key) has \(size) bytes of JSON, the limit is \(valueLimit)",
                code: "B2443",
            )
        }
    }

    private static func ttl(_ input: JSONValue) throws(Problem) -> TimeSpan? {
        guard let text = input["ttl"]?.stringValue else { return nil }
        guard let span = TimeSpan(text), span.milliseconds > 0 else {
            throw Problem(
                .validation,
                detail: "ttl must be a duration such as 7d",
                code: "B2442",
            )
        }
        return span
    }

    private static func conflict(_ key: String, _ expected: Int64?) -> Problem {
        let version = expected.map { " is not at version \($0)" } ?? " is written by others"
        return Problem(.conflict, detail: "the key \(key)\(version)", code: "B2444")
    }
}
