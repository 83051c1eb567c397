import Model
import StorePort
import Synchronization

/// A store that lives as long as the process: for `backstop run`, and for tests.
///
/// The same promises as the others, except that nothing outlives the process; `crashed()` gives what
/// a durable store would hold after a crash.
package final class MemoryStore: Store {
    let state: Mutex<MemoryState>

    package convenience init() { self.init(MemoryState()) }

    init(_ state: MemoryState) { self.state = Mutex(state) }

    /// A store with everything that was acknowledged so far; this one goes on by itself. Its workers
    /// are gone: what they held is due at once.
    package func crashed() -> MemoryStore {
        var copy = state.withLock { $0 }
        copy.isClosed = false
        for id in copy.workers.keys { copy.workers[id]?.leaseUntil = Timestamp(milliseconds: 0) }
        return MemoryStore(copy)
    }

    func access<Value: Sendable>(
        _ body: (inout MemoryState) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let result = state.withLock { state -> Result<Value, StoreError> in
            guard !state.isClosed else { return .failure(.closed) }
            do throws(StoreError) {
                return .success(try body(&state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    package func close() async { state.withLock { $0.isClosed = true } }
}
