import Breakers
import Model
import Synchronization

/// What this process knows of its connections: the only thing that an attempt through a healthy one
/// meets, a lock and a look into a dictionary. Nothing here waits.
final class ConnectionTable: Sendable {
    /// A change that follows from an attempt, on its way into the store.
    struct Settlement: Sendable {
        var id: String
        var facts: ConnectionFacts
        var changes: [Connection.Change]
        var cause: Problem?
        var witness: Witness?
    }

    /// How many quiet connections are remembered before they are forgotten.
    static let quietMax = 10_000

    struct State: Sendable {
        var watches: [String: ConnectionWatch] = [:]
        /// By connection: the version of its record that was read last.
        var versions: [String: Int64] = [:]
        /// By connection: changes that are not in the store yet; what is read meanwhile is old.
        var unsettled: [String: Int] = [:]
        /// By connection: how many executions it parks, and when that was counted.
        var parked: [String: (count: Int, at: Timestamp)] = [:]
        var counters = ConnectionCounters()
    }

    let state = Mutex(State())
    let settlements = AsyncStream<Settlement>.makeStream()

    /// Works on one connection.
    func watch<Value: Sendable>(
        _ id: String,
        _ facts: ConnectionFacts,
        _ body: (inout ConnectionWatch) -> sending Value,
    ) -> sending Value {
        state.withLock { state in
            body(&state.watches[id, default: ConnectionWatch(id: id, facts: facts)])
        }
    }

    /// Hands changes over to be made durable, in order.
    func settle(_ settlement: Settlement) {
        state.withLock { $0.unsettled[settlement.id, default: 0] += 1 }
        settlements.continuation.yield(settlement)
    }

    func settled(_ id: String) {
        state.withLock { state in
            let left = (state.unsettled[id] ?? 1) - 1
            state.unsettled[id] = left > 0 ? left : nil
        }
    }

    /// Forgets quiet connections when there are many.
    func sweep(now: Timestamp, _ policy: BreakerPolicy) {
        state.withLock { state in
            guard state.watches.count > Self.quietMax else { return }
            state.watches = state.watches.filter { !$0.value.isQuiet(at: now, policy) }
        }
    }
}

/// Totals since the start, for metrics.
package struct ConnectionCounters: Sendable, Hashable {
    package internal(set) var trips = 0
    package internal(set) var recoveries = 0
    package internal(set) var parkedTotal = 0
    package internal(set) var resumedTotal = 0
    package internal(set) var delayedTotal = 0
    /// Executions that could not be parked, or no longer.
    package internal(set) var refusedTotal = 0
    /// Now, in the whole store, as counted last.
    package internal(set) var parked = 0
    /// Connections by state, of those that are not healthy, as read last.
    package internal(set) var open = 0
    package internal(set) var halfOpen = 0
    package internal(set) var degraded = 0
}

/// Who met the problem: it tells where a notice belongs.
struct Witness: Sendable, Hashable {
    var instance: String
    var solution: String?
    var version: String?
    var workflow: String
}
