import Dispatch
import Synchronization

/// Hands writes from any task to the one writer's thread, in order.
final class WriteQueue: Sendable {
    private struct State {
        var pending: [any PendingWrite] = []
        var isAsleep = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// False when the queue is closed: the write was not taken.
    func add(_ write: any PendingWrite) -> Bool {
        let (isTaken, mustWake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.pending.append(write)
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if mustWake { wake.signal() }
        return isTaken
    }

    /// What was added before is still handed over.
    func close() {
        let mustWake = state.withLock { state in
            state.isClosed = true
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { wake.signal() }
    }

    /// Blocks until there is something to write; nil when closed and empty. At most `countMax`
    /// writes, and no more after `costMax` bytes were reached.
    func next(countMax: Int, costMax: Int) -> [any PendingWrite]? {
        while true {
            let (batch, isDone) = state.withLock { state -> ([any PendingWrite], Bool) in
                let batch = Self.take(&state.pending, countMax: countMax, costMax: costMax)
                state.isAsleep = batch.isEmpty && !state.isClosed
                return (batch, state.isClosed)
            }
            if !batch.isEmpty { return batch }
            if isDone { return nil }
            wake.wait()
        }
    }

    private static func take(
        _ pending: inout [any PendingWrite],
        countMax: Int,
        costMax: Int,
    ) -> [any PendingWrite] {
        var count = 0
        var cost = 0
        while count < pending.count, count < countMax, cost < costMax {
            cost += pending[count].cost
            count += 1
        }
        if count == pending.count {
            let all = pending
            pending = []
            pending.reserveCapacity(min(all.count, countMax))
            return all
        }
        let batch = Array(pending[..<count])
        pending.removeFirst(count)
        return batch
    }
}
