import Model
import StorePort
import Synchronization

/// A store that fails chosen operations, so that a test can fail the first, the second, the third …
/// until nothing fails any more, and look whether the caller recovers.
package final class FaultyStore: Store {
    package enum Fault: Sendable, Hashable {
        /// `unavailable`, and nothing was written: what the port allows.
        case refused
        /// `unavailable` although the write took effect. The port forbids it; a lost connection to
        /// a database server can look like this.
        case ambiguous
        /// The operation answers, and every later one fails with `closed`: the process is dying.
        case closesAfter
    }

    private struct State {
        var calls = 0
        var failed = 0
        var isDead = false
        var names: [String] = []
    }

    private let base: any Store
    private let fault: Fault
    private let isHit: @Sendable (Int, String) -> Bool
    private let state = Mutex(State())

    /// `isHit` says of each call, by its number from 1 and the method's name, whether it fails.
    package init(
        _ base: any Store,
        fault: Fault = .refused,
        isHit: @escaping @Sendable (_ call: Int, _ method: String) -> Bool,
    ) {
        self.base = base
        self.fault = fault
        self.isHit = isHit
    }

    /// Fails the call with this number, counted from 1, or from it on all.
    package convenience init(
        _ base: any Store,
        failing call: Int,
        fault: Fault = .refused,
        andLater: Bool = false,
    ) {
        self.init(base, fault: fault) { number, _ in
            number == call || (andLater && number > call)
        }
    }

    /// How many calls there were.
    package var calls: Int { state.withLock { $0.calls } }
    /// How many of them failed.
    package var failed: Int { state.withLock { $0.failed } }
    /// The methods called, in order.
    package var names: [String] { state.withLock { $0.names } }

    func call<Value: Sendable>(
        _ name: String,
        _ body: (any Store) async throws(StoreError) -> Value,
    ) async throws(StoreError) -> Value {
        let (number, isDead) = state.withLock { state in
            state.calls += 1
            state.names.append(name)
            return (state.calls, state.isDead)
        }
        if isDead { throw .closed }
        guard isHit(number, name) else { return try await body(base) }
        state.withLock { $0.failed += 1 }
        switch fault {
        case .refused: break
        case .ambiguous: _ = try await body(base)
        case .closesAfter:
            state.withLock { $0.isDead = true }
            return try await body(base)
        }
        throw .unavailable("call \(number), \(name), was made to fail")
    }

    package func close() async { await base.close() }
}
