import ConnectorKit
import Model
import Synchronization

/// The engine as connectors see it, in memory.
final class TestServices: ConnectorServices, DataStorage, ExecutionStarter {
    struct Record: Sendable {
        var level: LogLevel
        var message: String
        var fields: JSONObject
    }
    private struct State {
        var items: [String: DataItem] = [:]
        var ttls: [String: TimeSpan] = [:]
        var records: [Record] = []
        var started: [(workflow: String, input: JSONValue, key: String)] = []
        var interferences = 0
    }

    /// When true, time passes at once.
    let sleepsNot: Bool
    let time: Timestamp
    let outcome: Result<JSONValue, Problem>
    private let state = Mutex(State())

    init(
        sleepsNot: Bool = false,
        time: Timestamp = Timestamp(milliseconds: 1_700_000_000_000),
        outcome: Result<JSONValue, Problem> = .success(["done": true]),
    ) {
        self.sleepsNot = sleepsNot
        self.time = time
        self.outcome = outcome
    }

    var storage: any DataStorage { self }
    var executions: any ExecutionStarter { self }
    var records: [Record] { state.withLock { $0.records } }
    var started: [(workflow: String, input: JSONValue, key: String)] {
        state.withLock { $0.started }
    }
    func ttl(_ scope: StorageScope, _ key: String) -> TimeSpan? {
        state.withLock { $0.ttls["\(scope)/\(key)"] }
    }
    /// Makes the next compare-and-sets fail, as if another execution had written.
    func interfere(times: Int) { state.withLock { $0.interferences = times } }

    func log(level: LogLevel, message: String, fields: JSONObject) {
        state.withLock {
            $0.records.append(Record(level: level, message: message, fields: fields))
        }
    }
    func now() -> Timestamp { time }

    // tidy: it is the fake clock, which ends at once or with the task
    func sleep(for span: TimeSpan) async throws(Problem) {
        if sleepsNot { return }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        continuation.finish()
        throw Problem(.cancelled)
    }

    func get(_ scope: StorageScope, _ key: String) async throws(Problem) -> DataItem? {
        state.withLock { $0.items["\(scope)/\(key)"] }
    }
    func set(
        _ scope: StorageScope,
        _ key: String,
        to value: JSONValue,
        ttl: TimeSpan?,
        expected: Int64?,
    ) async throws(Problem) -> Int64? {
        state.withLock { state in
            let name = "\(scope)/\(key)"
            let current = state.items[name]?.version ?? 0
            if expected != nil, state.interferences > 0 {
                state.interferences -= 1
                return nil
            }
            if let expected, expected != current { return nil }
            state.items[name] = DataItem(value: value, version: current + 1)
            state.ttls[name] = ttl
            return current + 1
        }
    }
    func remove(
        _ scope: StorageScope,
        _ key: String,
        expected: Int64?,
    ) async throws(Problem) -> Bool {
        state.withLock { state in
            guard let item = state.items["\(scope)/\(key)"],
                expected == nil || expected == item.version
            else { return false }
            state.items["\(scope)/\(key)"] = nil
            return true
        }
    }
    func keys(
        _ scope: StorageScope,
        prefix: String,
        after: String?,
        limit: Int,
    ) async throws(Problem) -> [String] {
        state.withLock { state in
            let start = "\(scope)/"
            let keys = state.items.keys.filter { $0.hasPrefix(start) }
                .map { String($0.dropFirst(start.count)) }
            return Array(
                keys.filter { $0.hasPrefix(prefix) && $0 > after ?? "" }
                    .sorted().prefix(limit)
            )
        }
    }

    func start(
        workflow: String,
        input: JSONValue,
        idempotencyKey: String,
    ) async throws(Problem) -> ExecutionID {
        state.withLock { $0.started.append((workflow, input, idempotencyKey)) }
        return ExecutionID(rawValue: 7)
    }
    func wait(for id: ExecutionID) async throws(Problem) -> JSONValue { try outcome.get() }
}
