import Embedding
import Model

/// Executions that run again together: a durable job with its progress.
package struct ReplayJob: JSONDocument {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case running, paused, cancelled, finished

        package var isOpen: Bool { self == .running || self == .paused }
    }

    package var id: ObjectID
    package var createdAt: Timestamp
    /// Who asked.
    package var author: String
    /// The end user who asked for one's own executions.
    package var user: ObjectID?
    package var order: ReplayOrder
    package var state: State
    package var total: Int
    /// By the state of items.
    package var counts: [ReplayItem.State: Int]
    package var finishedAt: Timestamp?

    /// Executions of one job.
    package static let itemsMax = 10_000
    /// Jobs that have not ended, at once.
    package static let openMax = 20

    package init(
        id: ObjectID,
        createdAt: Timestamp,
        author: String,
        user: ObjectID?,
        order: ReplayOrder,
        total: Int,
    ) {
        self.id = id
        self.createdAt = createdAt
        self.author = author
        self.user = user
        self.order = order
        self.total = total
        state = .running
        counts = [:]
    }

    package var owner: String { user?.description ?? "" }
    package var done: Int { counts.values.reduce(0, +) }

    /// Ends it, or lets it wait or go on; false when that cannot be any more.
    package mutating func change(to next: State, at: Timestamp) -> Bool {
        guard state.isOpen else { return state == next }
        state = next
        if !next.isOpen { finishedAt = at }
        return true
    }

    private var base: JSONObject {
        var object = JSONObject()
        object["id"] = .id(id)
        object["created_at"] = .time(createdAt)
        object["state"] = .string(state.rawValue)
        object["total"] = .integer(Int64(total))
        for state in ReplayItem.State.allCases where state != .pending {
            object[state.rawValue] = .integer(Int64(counts[state] ?? 0))
        }
        object["finished_at"] = finishedAt.map(JSONValue.time)
        return object
    }

    package var json: JSONValue {
        var object = base
        object["author"] = .string(author)
        object["user"] = user.map(JSONValue.id)
        object["order"] = order.json
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue, let id = object.get("id", { $0.id(.replay) }),
            let createdAt = object.get("created_at", \.timeValue),
            let author = object.get("author", \.stringValue),
            let user = object.maybe("user", { $0.id(.endUser) }),
            let order = object.get("order", ReplayOrder.init(json:)),
            let state = object.get("state", { $0.word(State.self) }),
            let total = object.get("total", \.countValue),
            let finishedAt = object.maybe("finished_at", \.timeValue)
        else { return nil }
        self.init(
            id: id,
            createdAt: createdAt,
            author: author,
            user: user,
            order: order,
            total: total,
        )
        self.state = state
        self.finishedAt = finishedAt
        for state in ReplayItem.State.allCases {
            if let count = object[state.rawValue]?.countValue { counts[state] = count }
        }
    }

    package func view(for reader: Reader) -> JSONObject {
        var object = base
        for (key, value) in order.summary { object[key] = value }
        if reader == .partner { object["author"] = .string(author) }
        return object
    }
}
