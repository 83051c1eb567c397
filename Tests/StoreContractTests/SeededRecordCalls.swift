import Model
import StorePort

/// A sequence of calls of the record port that a seed decides, and what a store answered to each.
struct SeededRecordCalls {
    private var state: UInt64
    private var now = start
    private(set) var answers: [String] = []

    private static let owners = ["", "eu_1", "eu_2"]
    private static let kinds = [thing, thing, thing, other]

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    private mutating func any<T>(_ values: [T]) -> T { values[below(values.count)] }
    private mutating func someID() -> String { any(["a", "A", "b.", "k:", "z"]) + "\(below(6))" }
    private mutating func soon() -> Timestamp {
        now + TimeSpan(milliseconds: Int64(below(4_000)) - 1_000)
    }
    private mutating func scope() -> RecordScope {
        below(3) == 0 ? .account : .owner(any(Self.owners))
    }
    private mutating func labels() -> [String: String] {
        var labels: [String: String] = [:]
        for name in ["state", "solution", "tag"] where below(2) == 0 {
            labels[name] = any(["x", "y", "\u{e9}", "e\u{301}"])
        }
        return labels
    }

    private mutating func expectation(_ current: Int64?) -> RecordExpectation {
        switch below(6) {
        case 0: .absent
        case 1: .version(Int64(below(4)))
        case 2: current.map { .version($0) } ?? .absent
        default: .any
        }
    }

    mutating func run(_ count: Int, on store: any RecordStore) async {
        for _ in 0..<count {
            now = now + TimeSpan(milliseconds: Int64(below(500)))
            switch below(8) {
            case 0...3: await change(store)
            case 4: await due(store)
            default: await read(store)
            }
        }
    }

    private mutating func note(_ call: () async throws -> String) async {
        do { answers.append(try await call()) } catch { answers.append("\(error)") }
    }

    private mutating func someChange(_ store: any RecordStore) async -> RecordChange {
        let (kind, id) = (any(Self.kinds), someID())
        var current: Int64?
        do {
            current = try await store.record(kind, id: id, scope: .account)?.version
        } catch { answers.append("\(error)") }
        let expected = expectation(current)
        guard below(5) > 0 else { return .delete(kind, id: id, expected: expected) }
        var unique: [String: String] = [:]
        if below(2) == 0 { unique["key"] = "k\(below(25))" }
        if below(3) == 0 { unique["external_id"] = "x\(below(25))" }
        // One in thirty breaks a limit.
        let owner = below(30) == 0 ? "no owner" : any(Self.owners)
        let (text, labels, dueAt) = ("\(below(1_000))", labels(), below(2) == 0 ? soon() : nil)
        return put(
            id,
            kind: kind,
            owner: owner,
            text,
            unique: unique,
            labels: labels,
            dueAt: dueAt,
            expected: expected,
        )
    }

    private mutating func change(_ store: any RecordStore) async {
        var changes: [RecordChange] = []
        for _ in 0..<(below(2) == 0 ? 1 : 1 + below(5)) { changes.append(await someChange(store)) }
        let (made, now) = (changes, now)
        await note { "\(try await store.change(made, now: now))" }
    }

    private mutating func due(_ store: any RecordStore) async {
        let (kind, now, until, limit) = (any(Self.kinds), now, soon(), 1 + below(5))
        await note { "\(String(describing: try await store.nextDue(kind)))" }
        await note {
            "\(try await store.claimDue(kind, now: now, hideUntil: until, limit: limit))"
        }
    }

    private mutating func read(_ store: any RecordStore) async {
        let (kind, scope, id, labels) = (any(Self.kinds), scope(), someID(), labels())
        let value = "k\(below(25))"
        let query = RecordQuery(
            kind: kind,
            scope: scope,
            labels: labels,
            after: below(2) == 0 ? someID() : nil,
            limit: 1 + below(8),
            newestFirst: below(2) == 0,
        )
        await note { "\(try await store.records(query))" }
        await note { "\(try await store.countRecords(kind, scope: scope, labels: labels))" }
        await note { "\(String(describing: try await store.record(kind, id: id, scope: scope)))" }
        await note {
            let found = try await store.record(kind, unique: "key", value: value, scope: scope)
            return "\(String(describing: found))"
        }
    }
}
