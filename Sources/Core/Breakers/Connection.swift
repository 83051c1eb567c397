import Embedding
import Model

/// A connection that is not simply healthy, as it is kept and shared: its breakers, the rate that
/// its service allows, and whether what it parked is being resumed.
package struct Connection: JSONDocument {
    package let id: String
    package var facts: ConnectionFacts
    /// Those that are not closed.
    package private(set) var breakers: [OperationClass: Breaker] = [:]
    package var limit: TokenBucket.Limit?
    package var degradedSince: Timestamp?
    /// It works again, and not all that it parked has been resumed.
    package var isDraining = false
    /// What told that it broke; nil while nothing is broken.
    package var notice: ObjectID?
    /// Which credential was refused: another one is tried at once.
    package var generation: Int?

    package init(id: String, facts: ConnectionFacts) {
        self.id = id
        self.facts = facts
    }

    package func breaker(_ scope: OperationClass) -> Breaker { breakers[scope] ?? Breaker() }

    /// The one that keeps the most out: the reason that somebody must act on comes first.
    package var opening: Breaker.Opening? {
        OperationClass.allCases.lazy.compactMap { self.breakers[$0]?.opening }.first
    }

    package var health: ConnectionHealth {
        if let opening { return .broken(opening.reason, since: opening.since) }
        return degradedSince.map(ConnectionHealth.degraded) ?? .healthy
    }

    /// Whether there is anything to keep.
    package var isWorthKeeping: Bool {
        !breakers.isEmpty || limit != nil || isDraining || degradedSince != nil
    }

    /// When somebody has to look at it; nil when nothing is to be done.
    package func dueAt(now: Timestamp) -> Timestamp? {
        isDraining ? now : breakers.values.compactMap(\.dueAt).min()
    }

    /// What an attempt of this class hears: the strictest of its gates.
    package func answer(
        _ operations: OperationClass,
        now: Timestamp,
        keeper: Int64,
    ) -> Breaker.Answer {
        var result = Breaker.Answer.pass
        for gate in operations.gates {
            switch breaker(gate).answer(now: now, keeper: keeper) {
            case .pass: continue
            case .probe: result = .probe
            case .wait(let opening): return .wait(opening)
            }
        }
        return result
    }

    /// The gates that are not closed: an attempt of this class probes all of them.
    package func probed(_ operations: OperationClass) -> [OperationClass] {
        operations.gates.filter { breakers[$0] != nil }
    }

    // MARK: Changes

    /// Something that happened to a connection, as every process and the store apply it.
    package enum Change: Sendable, Hashable {
        case open(OperationClass, ProblemType, generation: Int?)
        case probe([OperationClass])
        case close(OperationClass)
        case closeAll
        case hasten
        case drained
        /// What this process knows of rate and failures.
        case observed(TokenBucket.Limit?, degradedSince: Timestamp?)
    }

    /// Applies a change; true when it changed anything. What comes late changes nothing.
    package mutating func apply(
        _ change: Change,
        now: Timestamp,
        keeper: Int64,
        policy: BreakerPolicy,
        chance: Double,
    ) -> Bool {
        let before = self
        switch change {
        case .open(let scope, let reason, let generation):
            update(scope) {
                $0.open(reason, now: now, keeper: keeper, policy: policy, chance: chance)
            }
            if self != before, reason == .authentication { self.generation = generation }
        case .probe(let scopes):
            for scope in scopes {
                update(scope) { $0.probe(now: now, keeper: keeper, policy: policy) }
            }
        case .close(let scope): update(scope) { $0.close() }
        case .closeAll: for scope in OperationClass.allCases { update(scope) { $0.close() } }
        case .hasten:
            for scope in OperationClass.allCases { update(scope) { $0.hasten(now: now) } }
        case .drained: isDraining = false
        case .observed(let limit, let degradedSince):
            self.limit = limit
            self.degradedSince = degradedSince
        }
        // What one gate lets out, another may still hold: it is then parked again.
        if breakers.count < before.breakers.count { isDraining = true }
        if breakers[.everything] == nil { generation = nil }
        return self != before
    }

    private mutating func update(_ scope: OperationClass, _ body: (inout Breaker) -> Bool) {
        var breaker = breaker(scope)
        guard body(&breaker) else { return }
        breakers[scope] = breaker.isClosed ? nil : breaker
    }
}

extension Connection {
    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["owner"] = .string(facts.owner?.description ?? "")
        object["service"] = .string(facts.service)
        object["authentication"] = facts.authentication.map(JSONValue.id)
        object["name"] = facts.name.map(JSONValue.string)
        object["instance"] = facts.instance.map(JSONValue.id)
        object["host"] = facts.host.map(JSONValue.string)
        object["breakers"] = .members(
            Dictionary(uniqueKeysWithValues: breakers.map { ($0.key.rawValue, $0.value) }),
            \.json,
        )
        object["limit"] = limit?.json
        object["degraded_since"] = degradedSince.map(JSONValue.time)
        object["draining"] = .bool(isDraining)
        object["notice"] = notice.map(JSONValue.id)
        object["generation"] = generation.map { .integer(Int64($0)) }
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", \.stringValue),
            let ownerText = object.get("owner", \.stringValue),
            let service = object.get("service", \.stringValue),
            let authentication = object.maybe("authentication", { $0.id(.authentication) }),
            let name = object.maybe("name", \.stringValue),
            let instance = object.maybe("instance", { $0.id(.instance) }),
            let host = object.maybe("host", \.stringValue),
            let stored = object.get("breakers", { $0.map(Breaker.init(json:)) }),
            let limit = object.maybe("limit", TokenBucket.Limit.init(json:)),
            let degradedSince = object.maybe("degraded_since", \.timeValue),
            let isDraining = object.get("draining", \.boolValue),
            let notice = object.maybe("notice", { $0.id(.failure) }),
            let generation = object.maybe("generation", \.countValue)
        else { return nil }
        let owner = ObjectID(.endUser, ownerText)
        guard owner != nil || ownerText.isEmpty else { return nil }
        self.init(
            id: id,
            facts: ConnectionFacts(
                owner: owner,
                service: service,
                authentication: authentication,
                name: name,
                instance: instance,
                host: host,
            ),
        )
        for (text, breaker) in stored {
            guard let scope = OperationClass(rawValue: text), !breaker.isClosed else { return nil }
            breakers[scope] = breaker
        }
        self.limit = limit
        self.degradedSince = degradedSince
        self.isDraining = isDraining
        self.notice = notice
        self.generation = generation
    }
}

extension TokenBucket.Limit {
    var json: JSONValue {
        ["rate": .number(rate), "ceiling": .number(ceiling), "as_of": .time(asOf)]
    }

    init?(json: JSONValue) {
        guard let rate = json["rate"]?.doubleValue, let ceiling = json["ceiling"]?.doubleValue,
            let asOf = json["as_of"]?.timeValue
        else { return nil }
        self.init(rate: rate, ceiling: ceiling, asOf: asOf)
    }
}
