import Model

/// What one process knows of a connection: what is kept of it, and its own counts. A pure value; it
/// decides, and names the changes that have to be made durable.
package struct ConnectionWatch: Sendable, Hashable {
    /// May the attempt go?
    package enum Answer: Sendable, Hashable {
        case go
        /// As a probe. `claims`: only after ``Connection/Change/probe(_:)`` was
        /// taken by the store; when it was not, ``giveBack(_:)``.
        case probe(Probe, claims: Bool)
        /// The service allows it then; it has its place.
        case later(Timestamp)
        case wait(Breaker.Opening)
    }

    /// Which gates an attempt probes: none for one that simply goes.
    package struct Probe: Sendable, Hashable {
        package var gates: [OperationClass]
        package var begunAt: Timestamp

        package init(_ gates: [OperationClass] = [], begunAt: Timestamp) {
            self.gates = gates
            self.begunAt = begunAt
        }
    }

    package let id: String
    package let facts: ConnectionFacts
    /// Nil while nothing is kept: it is healthy.
    package private(set) var connection: Connection?
    private var gauges: [OperationClass: BreakerGauge] = [:]
    package private(set) var bucket = TokenBucket()
    package private(set) var lastUsed = Timestamp(milliseconds: 0)

    package init(id: String, facts: ConnectionFacts) {
        self.id = id
        self.facts = facts
    }

    /// Whether forgetting it changes nothing.
    package func isQuiet(at now: Timestamp, _ policy: BreakerPolicy) -> Bool {
        connection == nil && bucket.limit == nil && now - lastUsed > policy.window
            && gauges.values.allSatisfy(\.isQuiet)
    }

    // MARK: Before an attempt

    /// - Parameter hasPlace: it was told `later`, and the time has come.
    package mutating func ask(
        _ operations: OperationClass,
        hasPlace: Bool,
        now: Timestamp,
        keeper: Int64,
        policy: BreakerPolicy,
    ) -> Answer {
        lastUsed = now
        switch connection?.answer(operations, now: now, keeper: keeper) ?? .pass {
        case .wait(let opening): return .wait(opening)
        case .probe: return askToProbe(operations, now: now, keeper: keeper, policy: policy)
        case .pass: break
        }
        if hasPlace {
            return bucket.pausedUntil(at: now) == nil
                ? .go : .later(bucket.take(now: now, policy))
        }
        let at = bucket.take(now: now, policy)
        return at > now ? .later(at) : .go
    }

    private mutating func askToProbe(
        _ operations: OperationClass,
        now: Timestamp,
        keeper: Int64,
        policy: BreakerPolicy,
    ) -> Answer {
        guard let connection, let opening = connection.opening else { return .go }
        if let paused = bucket.pausedUntil(at: now) { return .later(paused) }
        let scopes = connection.probed(operations)
        var next = gauges
        for scope in scopes {
            guard next[scope, default: BreakerGauge()].beginProbe(now: now, policy: policy) else {
                return .wait(opening)
            }
        }
        gauges = next
        var trial = connection
        let claims = trial.apply(
            .probe(scopes),
            now: now,
            keeper: keeper,
            policy: policy,
            chance: 0,
        )
        return .probe(Probe(scopes, begunAt: now), claims: claims)
    }

    /// The probe did not begin.
    package mutating func giveBack(_ probe: Probe) {
        for scope in probe.gates { gauges[scope]?.probeEnded(probe.begunAt) }
    }

    // MARK: After it

    /// Takes what an attempt of the class said. The changes that follow are applied here at once,
    /// so that this process stops at once, and are to be made durable.
    package mutating func settle(
        _ operations: OperationClass,
        _ probe: Probe,
        generation: Int?,
        _ verdict: Verdict,
        now: Timestamp,
        keeper: Int64,
        policy: BreakerPolicy,
        chance: Double,
    ) -> [Connection.Change] {
        var changes: [Connection.Change] = []
        switch verdict {
        case .nothing: giveBack(probe)
        case .answered:
            changes = answered(operations.gates, probe, now, policy)
        case .limited(let after):
            bucket.limited(after: after, now: now, policy)
            changes = answered(operations.gates, probe, now, policy)
        case .refused:
            let classes = operations.gates.filter { $0 != .everything }
            gauges[.everything]?.probeEnded(probe.begunAt)
            changes = answered(classes, probe, now, policy)
            changes.append(.open(.everything, .authentication, generation: generation))
        case .failed(let type):
            giveBack(probe)
            if probe.gates.contains(operations) {
                changes.append(.open(operations, type, generation: nil))
            } else if connection?.breaker(operations).isClosed ?? true,
                gauges[operations, default: BreakerGauge()].failed(now: now, policy: policy)
            {
                changes.append(.open(operations, type, generation: nil))
            }
        }
        return changes.filter {
            apply($0, now: now, keeper: keeper, policy: policy, chance: chance)
        }
    }

    private mutating func answered(
        _ gates: [OperationClass],
        _ probe: Probe,
        _ now: Timestamp,
        _ policy: BreakerPolicy,
    ) -> [Connection.Change] {
        var changes: [Connection.Change] = []
        for gate in gates {
            if probe.gates.contains(gate) {
                let isEnough = gauges[gate, default: BreakerGauge()].probeAnswered(
                    probe.begunAt,
                    policy: policy,
                )
                if isEnough {
                    changes.append(.close(gate))
                }
            } else if connection?.breaker(gate).isClosed ?? true {
                gauges[gate, default: BreakerGauge()].answered(now: now, policy: policy)
            }
        }
        return changes
    }

    // MARK: What is kept

    /// Applies a change here; true when it changed anything.
    package mutating func apply(
        _ change: Connection.Change,
        now: Timestamp,
        keeper: Int64,
        policy: BreakerPolicy,
        chance: Double,
    ) -> Bool {
        var next = connection ?? Connection(id: id, facts: facts)
        guard next.apply(change, now: now, keeper: keeper, policy: policy, chance: chance) else {
            return false
        }
        adopt(next, now: now, policy: policy)
        return true
    }

    /// Takes what the store has; nil when it keeps nothing.
    package mutating func adopt(_ stored: Connection?, now: Timestamp, policy: BreakerPolicy) {
        for scope in OperationClass.allCases {
            let old = connection?.breaker(scope) ?? Breaker()
            let new = stored?.breaker(scope) ?? Breaker()
            if old.name != new.name, new.name != "half_open" { gauges[scope]?.reset() }
        }
        bucket.adopt(stored?.limit, now: now, policy)
        connection = stored.flatMap { $0.isWorthKeeping ? $0 : nil }
    }

    /// What should be kept of rate and failures; nil when that is what is kept.
    package func observed(now: Timestamp, policy: BreakerPolicy) -> Connection.Change? {
        let limit = bucket.rate(at: now, policy) == nil ? nil : bucket.limit
        var since = gauges.values
            .filter { $0.failuresInARow >= policy.degradedAfter }
            .compactMap(\.failingSince).min()
        if limit != nil, since == nil { since = connection?.degradedSince ?? now }
        if since != nil, let known = connection?.degradedSince { since = min(since ?? now, known) }
        guard limit != connection?.limit || since != connection?.degradedSince else { return nil }
        return .observed(limit, degradedSince: since)
    }
}
