import Breakers
import Embedding
import Model

/// A connection as people see it: the credential, when there is one, and what is known of it.
package struct ConnectionView: Sendable {
    package var id: String
    package var facts: ConnectionFacts
    /// Nil while it is simply healthy.
    package var connection: Connection?
    /// Nil when it is no stored credential.
    package var authentication: AuthenticationRecord?
    /// Executions that wait for it.
    package var parked: Int
    package var limitedTo: Double?

    package var health: ConnectionHealth {
        if let health = connection?.health, health != .healthy { return health }
        switch authentication?.state {
        case .broken(let type, let since): return .broken(type, since: since)
        case .expired:
            return .broken(.authentication, since: authentication?.expiresAt ?? Self.unknown)
        case .healthy, nil: return .healthy
        }
    }

    private static let unknown = Timestamp(milliseconds: 0)

    /// A client reads whether it works, in a sentence, and what one can do about it.
    package func view(for reader: Reader) -> JSONValue {
        var object = JSONObject()
        let health = health
        object["id"] = .string(id)
        object["service"] = .string(facts.service)
        object["name"] = facts.name.map(JSONValue.string)
        object["health"] = health.json
        object["parked"] = .integer(Int64(parked))
        if case .broken(let reason, _) = health {
            let problem = Problem(reason)
            object["message"] = .string(problem.audience.client)
            object["action"] = .string(
                (reason == .authentication ? ProblemAction.reconnect : .wait).rawValue
            )
        }
        guard reader == .partner else { return .object(object) }
        object["owner"] = facts.owner.map(JSONValue.id)
        object["authentication"] = facts.authentication.map(JSONValue.id)
        object["instance"] = facts.instance.map(JSONValue.id)
        object["host"] = facts.host.map(JSONValue.string)
        object["draining"] = .bool(connection?.isDraining ?? false)
        var breakers = JSONObject()
        for scope in OperationClass.allCases {
            breakers[scope.rawValue] = connection?.breaker(scope).view ?? Breaker().view
        }
        object["breakers"] = .object(breakers)
        object["attempts_per_second"] = limitedTo.map { .number(($0 * 1_000).rounded() / 1_000) }
        object["notice"] = (connection?.notice).map(JSONValue.id)
        return .object(object)
    }
}

extension Breaker {
    fileprivate var view: JSONValue {
        var object = json.objectValue ?? JSONObject()
        object["keeper"] = nil
        return .object(object)
    }
}
