import Model
import StorePort
import Testing

let thing = RecordKind(rawValue: "thing")
let other = RecordKind(rawValue: "other")

func put(
    _ id: String,
    kind: RecordKind = thing,
    owner: String = "",
    _ text: String = "{}",
    unique: [String: String] = [:],
    labels: [String: String] = [:],
    dueAt: Timestamp? = nil,
    expected: RecordExpectation = .any,
) -> RecordChange {
    .put(
        RecordPut(
            kind: kind,
            id: id,
            owner: owner,
            document: Array(text.utf8),
            unique: unique,
            labels: labels,
            dueAt: dueAt,
            expected: expected,
        )
    )
}

func delete(
    _ id: String,
    kind: RecordKind = thing,
    expected: RecordExpectation = .any,
) -> RecordChange {
    .delete(kind, id: id, expected: expected)
}

extension RecordStore {
    /// Makes changes that must succeed.
    @discardableResult
    func changed(_ changes: RecordChange..., at now: Timestamp = start) async throws -> [Int64] {
        let result = try await change(changes, now: now)
        guard case .done(let versions) = result else {
            Issue.record("\(result)")
            return []
        }
        return versions
    }

    func found(_ id: String, kind: RecordKind = thing) async throws -> Record {
        try #require(try await record(kind, id: id, scope: .account))
    }

    func ids(
        _ scope: RecordScope = .account,
        labels: [String: String] = [:],
        after: String? = nil,
        limit: Int = 1_000,
        newestFirst: Bool = false,
    ) async throws -> [String] {
        let query = RecordQuery(
            kind: thing,
            scope: scope,
            labels: labels,
            after: after,
            limit: limit,
            newestFirst: newestFirst,
        )
        return try await records(query).map(\.id)
    }

    func claimedDue(
        at now: Timestamp,
        hideUntil: Timestamp = start + hour,
        limit: Int = 256,
    ) async throws -> [String] {
        try await claimDue(thing, now: now, hideUntil: hideUntil, limit: limit).map(\.id)
    }
}
