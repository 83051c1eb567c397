import ConnectorKit
import Model
import StorePort

/// Data storage as one execution sees it: the scope is made here, never by the connector's input.
struct ScopedStorage: DataStorage {
    let engine: Engine
    let facts: ExecutionFacts
    let known: KnownSecrets

    func get(_ scope: StorageScope, _ key: String) async throws(Problem) -> DataItem? {
        let stored: StoredValue?
        do throws(StoreError) {
            stored = try await engine.store.value(dataKey(scope, key), now: engine.clock.now())
        } catch {
            throw Problem(error)
        }
        guard let stored else { return nil }
        let json: JSONValue
        do { json = try JSONParser.parse(stored.value) } catch {
            throw Problem(.runtime, detail: "the stored value \(key) is not JSON", code: "B2203")
        }
        return DataItem(
            value: try engine.door.open(json, known, context: context(scope, key)),
            version: stored.version,
        )
    }

    func set(
        _ scope: StorageScope,
        _ key: String,
        to value: JSONValue,
        ttl: TimeSpan?,
        expected: Int64?,
    ) async throws(Problem) -> Int64? {
        let now = engine.clock.now()
        let expiry = ttl.map { Timestamp(milliseconds: now.milliseconds + $0.milliseconds) }
        do throws(StoreError) {
            return try await engine.store.setValue(
                dataKey(scope, key),
                to: engine.door.bytes(
                    known.cleaned(value),
                    known,
                    context: context(scope, key),
                ),
                expiresAt: expiry,
                expected: expected,
                now: now,
            )
        } catch {
            throw Problem(error)
        }
    }

    func remove(
        _ scope: StorageScope,
        _ key: String,
        expected: Int64?,
    )
        async throws(Problem) -> Bool
    {
        do throws(StoreError) {
            return try await engine.store.removeValue(
                dataKey(scope, key),
                expected: expected,
                now: engine.clock.now(),
            )
        } catch {
            throw Problem(error)
        }
    }

    func keys(
        _ scope: StorageScope,
        prefix: String,
        after: String?,
        limit: Int,
    )
        async throws(Problem) -> [String]
    {
        do throws(StoreError) {
            return try await engine.store.keys(
                scope: dataScope(scope),
                prefix: prefix,
                after: after,
                limit: limit,
                now: engine.clock.now(),
            )
        } catch {
            throw Problem(error)
        }
    }

    /// A value that is moved to another key or another owner does not open there.
    private func context(_ scope: StorageScope, _ key: String) -> String {
        "value:\(dataScope(scope).exactText.text):\(key)"
    }

    private func dataKey(_ scope: StorageScope, _ key: String) -> DataKey {
        DataKey(scope: dataScope(scope), key: key)
    }

    private func dataScope(_ scope: StorageScope) -> DataScope {
        switch scope {
        case .execution: .execution(facts.id)
        case .workflow:
            .workflow(
                instance: facts.instance,
                solution: facts.solution,
                name: facts.workflow,
            )
        case .instance: .instance(facts.instance)
        case .account: .account
        }
    }
}

extension Problem {
    /// The store's refusal as a problem of the step: transient, as the store may come back.
    init(_ error: StoreError) {
        self.init(.runtime, detail: "the store: \(error)", code: "B2204")
        if case .unavailable = error { self.retry = RetryAdvice(kind: .transient) }
    }
}
