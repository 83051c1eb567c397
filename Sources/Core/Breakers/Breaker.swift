import Model

/// Whether attempts may go through a connection: the part of it that is durable and shared by all
/// processes. What leads to a change is counted by each process for itself (``BreakerGauge``).
package struct Breaker: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case closed
        case open(Opening)
        /// A few attempts find out whether it works again; one process lets them through.
        case halfOpen(Opening, Probing)
    }

    /// Why and since when nothing goes through.
    package struct Opening: Sendable, Hashable {
        package var reason: ProblemType
        /// When it opened first; failed probes in between do not move it.
        package var since: Timestamp
        /// When a probe may begin.
        package var until: Timestamp
        /// From 1; one more with each failed probe.
        package var times: Int

        package init(reason: ProblemType, since: Timestamp, until: Timestamp, times: Int) {
            self.reason = reason
            self.since = since
            self.until = until
            self.times = times
        }
    }

    package struct Probing: Sendable, Hashable {
        /// The worker whose attempts are the probes.
        package var keeper: Int64
        /// When another one may take over.
        package var until: Timestamp

        package init(keeper: Int64, until: Timestamp) {
            self.keeper = keeper
            self.until = until
        }
    }

    /// What an attempt hears that asks.
    package enum Answer: Sendable, Hashable {
        case pass
        /// As a probe, once ``probe(now:keeper:policy:)`` is durable and there is room.
        case probe
        case wait(Opening)
    }

    package private(set) var state: State

    package init(_ state: State = .closed) { self.state = state }

    package var isClosed: Bool { state == .closed }

    /// Nil when it is closed.
    package var opening: Opening? {
        switch state {
        case .closed: nil
        case .open(let opening), .halfOpen(let opening, _): opening
        }
    }

    package var name: String {
        switch state {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half_open"
        }
    }

    /// When somebody has to look at it; nil when it is closed.
    package var dueAt: Timestamp? {
        switch state {
        case .closed: nil
        case .open(let opening): opening.until
        case .halfOpen(_, let probing): probing.until
        }
    }

    package func answer(now: Timestamp, keeper: Int64) -> Answer {
        switch state {
        case .closed: .pass
        case .open(let opening): now < opening.until ? .wait(opening) : .probe
        case .halfOpen(let opening, let probing):
            probing.keeper == keeper || now >= probing.until ? .probe : .wait(opening)
        }
    }

    // MARK: Changes; each tells whether it changed anything

    /// A closed one opens; a probe of this keeper that failed opens it for longer. An attempt that
    /// began before it opened changes nothing.
    package mutating func open(
        _ reason: ProblemType,
        now: Timestamp,
        keeper: Int64,
        policy: BreakerPolicy,
        chance: Double,
    ) -> Bool {
        var next = Opening(reason: reason, since: now, until: now, times: 1)
        switch state {
        case .closed: break
        case .open: return false
        case .halfOpen(let opening, let probing):
            guard probing.keeper == keeper else { return false }
            next.since = opening.since
            next.times = opening.reason == reason ? opening.times + 1 : 1
        }
        next.until = policy.openUntil(reason, times: next.times, now: now, chance: chance)
        state = .open(next)
        return true
    }

    /// The keeper's attempts are the probes from now on.
    package mutating func probe(now: Timestamp, keeper: Int64, policy: BreakerPolicy) -> Bool {
        guard let opening, answer(now: now, keeper: keeper) == .probe else { return false }
        if case .halfOpen(_, let probing) = state, probing.keeper == keeper, now < probing.until {
            return false
        }
        state = .halfOpen(opening, Probing(keeper: keeper, until: now + policy.probeTime))
        return true
    }

    package mutating func close() -> Bool {
        guard !isClosed else { return false }
        state = .closed
        return true
    }

    /// A probe may begin now, and the open times begin anew: somebody mended something.
    package mutating func hasten(now: Timestamp) -> Bool {
        guard case .open(var opening) = state, opening.until > now || opening.times > 1 else {
            return false
        }
        opening.until = min(opening.until, now)
        opening.times = 1
        state = .open(opening)
        return true
    }
}
