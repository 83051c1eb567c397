import Model

/// How a connection is, in one word.
package enum ConnectionHealth: Sendable, Hashable {
    case healthy
    /// It works, but attempts fail in a row, or the service limits the rate.
    case degraded(since: Timestamp)
    /// Nothing goes through, for some class of operations at least.
    case broken(ProblemType, since: Timestamp)

    package var name: String {
        switch self {
        case .healthy: "healthy"
        case .degraded: "degraded"
        case .broken: "broken"
        }
    }

    package var since: Timestamp? {
        switch self {
        case .healthy: nil
        case .degraded(let since), .broken(_, let since): since
        }
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["state"] = .string(name)
        if case .broken(let reason, _) = self { object["reason"] = .string(reason.rawValue) }
        object["since"] = since.map { .string($0.description) }
        return .object(object)
    }
}
