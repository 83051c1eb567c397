import Engine
import Model
import Synchronization

/// Time that stands still until the test moves it.
final class ManualClock: EngineClock {
    private struct Sleeper {
        var deadline: Timestamp
        /// True: cancelled.
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct Watcher {
        var number: Int
        var from: Timestamp
        var to: Timestamp
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Timestamp
        var nextNumber = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var watchers: [Watcher] = []

        func sleepsUntil(_ from: Timestamp, _ to: Timestamp) -> Bool {
            sleepers.values.contains { from <= $0.deadline && $0.deadline <= to }
        }
    }

    /// 2026-09-21T14:13:20Z
    static let start = Timestamp(milliseconds: 1_790_000_000_000)

    private let state = Mutex(State(now: ManualClock.start))

    func now() -> Timestamp { state.withLock { $0.now } }

    func sleep(until deadline: Timestamp) async throws(CancellationError) {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        let isCancelled = await withTaskCancellationHandler {
            await withCheckedContinuation { enter($0, number, deadline) }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume(returning: true)
        }
        if isCancelled { throw CancellationError() }
    }

    private func enter(
        _ continuation: CheckedContinuation<Bool, Never>,
        _ number: Int,
        _ deadline: Timestamp,
    ) {
        var ready: [CheckedContinuation<Void, Never>] = []
        let known: Bool? = state.withLock { state in
            if state.cancelled.remove(number) != nil { return true }
            if deadline <= state.now { return false }
            state.sleepers[number] = Sleeper(deadline: deadline, continuation: continuation)
            let watchers = state.watchers
            ready = watchers.filter { state.sleepsUntil($0.from, $0.to) }.map(\.continuation)
            state.watchers = watchers.filter { !state.sleepsUntil($0.from, $0.to) }
            return nil
        }
        if let known { continuation.resume(returning: known) }
        for watcher in ready { watcher.resume() }
    }

    /// Returns when somebody sleeps for this time, or up to 200 ms more; or when the test's time
    /// is over.
    func untilAsleep(for span: TimeSpan) async {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    let from = state.now + span
                    let to = from + TimeSpan(milliseconds: 200)
                    if Task.isCancelled || state.sleepsUntil(from, to) { return true }
                    state.watchers.append(
                        Watcher(number: number, from: from, to: to, continuation: continuation)
                    )
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state in
                state.watchers.firstIndex { $0.number == number }.map {
                    state.watchers.remove(at: $0)
                }
            }
            watcher?.continuation.resume()
        }
    }

    func advance(by span: TimeSpan) {
        let due = state.withLock { state in
            state.now = state.now + span
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for sleeper in due { sleeper.resume(returning: false) }
    }
}
