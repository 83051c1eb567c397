/// A problem as an end user, or the caller of a webhook, may see it: title, text, who can act and how,
/// ids and times (design.md, G7).
///
/// It is the only form of a problem that documents for them can hold. There is no way into it but
/// from a ``Problem``, whose other members (detail, answer of the service, data, cause, place,
/// connector, text for support) it has no room for. Besides the words it has two closed values: the
/// type's slug and an HTTP status.
public struct ClientProblem: Sendable, Hashable {
    package let type: ProblemType
    package let title: String
    /// 400...599
    package let status: Int
    package let text: String
    package let actor: ProblemActor
    package let action: ProblemAction
    package let ids: ClientIDs
    package let occurredAt: Timestamp?
    /// When the next automatic attempt is due.
    package let nextAt: Timestamp?
    /// The least time to wait before trying again.
    package let retryAfter: TimeSpan?

    public init(_ problem: Problem) {
        type = problem.type
        title = problem.title
        status = problem.status.flatMap { (400...599).contains($0) ? $0 : nil } ?? 500
        text = problem.audience.client
        actor = problem.actor
        action = problem.action
        ids = ClientIDs(problem.ids)
        occurredAt = problem.occurredAt
        nextAt = problem.retry.nextAt
        retryAfter = problem.retry.after
    }

    private init(_ other: ClientProblem, status: Int, ids: ClientIDs) {
        type = other.type
        title = other.title
        self.status = status
        text = other.text
        actor = other.actor
        action = other.action
        self.ids = ids
        occurredAt = other.occurredAt
        nextAt = other.nextAt
        retryAfter = other.retryAfter
    }

    /// The same of this execution, and with another status when one is given (400...599).
    package func of(_ execution: ExecutionID, status: Int? = nil) -> ClientProblem {
        ClientProblem(self, status: status ?? self.status, ids: ids.with(execution))
    }

    /// `application/problem+json` (RFC 9457); `detail` is the text.
    package var object: JSONObject {
        var object = JSONObject()
        object["type"] = .string(type.urn)
        object["title"] = .string(title)
        object["status"] = .integer(Int64(status))
        object["detail"] = .string(text)
        object["actor"] = .string(actor.rawValue)
        object["action"] = .string(action.rawValue)
        if !ids.isEmpty { object["ids"] = ids.json }
        object["occurred_at"] = occurredAt.map { .string($0.description) }
        object["next_at"] = nextAt.map { .string($0.description) }
        return object
    }

    package var json: JSONValue { .object(object) }
}

/// The ids of a problem that a client may see: a closed list, each in the form that such an id has.
package struct ClientIDs: Sendable, Hashable {
    package enum Name: String, Sendable, CaseIterable {
        case execution, workflow, instance, solution, version, user, correlation, parent, root
        case child
        case replayOf = "replay_of"
        case issue, request
    }

    private var values: [Name: String] = [:]

    package var isEmpty: Bool { values.isEmpty }

    init(_ ids: JSONObject) {
        for name in Name.allCases {
            guard let text = ids[name.rawValue]?.stringValue, Self.fits(text, name) else {
                continue
            }
            values[name] = text
        }
    }

    func with(_ execution: ExecutionID) -> ClientIDs {
        var ids = self
        ids.values[.execution] = execution.description
        return ids
    }

    /// Ids and names are short and have no blanks; a correlation id is the caller's own text.
    private static func fits(_ text: String, _ name: Name) -> Bool {
        let limit = name == .correlation ? 256 : 128
        guard (1...limit).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { byte in
            if name == .correlation { return byte >= 32 && byte != 127 }
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "+"):
                return true
            default: return false
            }
        }
    }

    var json: JSONValue {
        var object = JSONObject()
        for name in Name.allCases { object[name.rawValue] = values[name].map(JSONValue.string) }
        return .object(object)
    }
}
