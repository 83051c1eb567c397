import HeapModule
import Model
import Synchronization

/// All timers of one engine: what is due is found by time, in buckets, so that setting and
/// cancelling cost the same however many there are.
///
/// Deadlines within a second are kept to the millisecond; later ones are rounded up to 128 ms, so
/// that timeouts which are nearly always cancelled do not wake anybody.
final class Timers: Sendable {
    /// Names one timer, to cancel it.
    struct Token: Sendable, Hashable {
        var bucket: Int64
        var number: UInt64
    }

    private struct State {
        var buckets: [Int64: [UInt64: @Sendable () -> Void]] = [:]
        var order = Heap<Int64>()
        var nextNumber: UInt64 = 0
        var sleepingUntil: Int64 = .max
        var sleeper: Task<Void, Never>?
        var isStopped = false
    }

    private let clock: any EngineClock
    private let state = Mutex(State())

    init(clock: any EngineClock) {
        self.clock = clock
    }

    /// Calls `action` once, at or soon after the deadline, on the timers' own task; it must be
    /// quick.
    func schedule(at deadline: Timestamp, _ action: @escaping @Sendable () -> Void) -> Token {
        let now = clock.now().milliseconds
        var bucket = deadline.milliseconds
        if bucket - now > 1000 { bucket = (bucket + 127) & ~127 }
        return state.withLock { state in
            let number = state.nextNumber
            state.nextNumber += 1
            if state.buckets[bucket] == nil {
                state.buckets[bucket] = [:]
                state.order.insert(bucket)
            }
            state.buckets[bucket]?[number] = action
            if bucket < state.sleepingUntil { state.sleeper?.cancel() }
            return Token(bucket: bucket, number: number)
        }
    }

    /// After this the action is not called, unless it is being called right now.
    func cancel(_ token: Token) {
        state.withLock { state in
            _ = state.buckets[token.bucket]?.removeValue(forKey: token.number)
        }
    }

    /// Calls what is due until the task is cancelled.
    func run() async {
        await withTaskCancellationHandler {
            while !Task.isCancelled { await turn() }
        } onCancel: {
            state.withLock { state in
                state.isStopped = true
                state.sleeper?.cancel()
            }
        }
    }

    /// Calls everything that is due, then sleeps until the next bucket or an earlier newcomer.
    private func turn() async {
        for action in takeDue() { action() }
        let sleeper: Task<Void, Never>? = state.withLock { state in
            guard !state.isStopped else { return nil }
            let next = state.order.min ?? .max
            let now = clock.now().milliseconds
            guard next > now else { return nil }
            state.sleepingUntil = next
            let deadline = Timestamp(milliseconds: min(next, now + 3_600_000))
            // tidy: a single sleep that a newcomer with an earlier deadline cancels; awaited below.
            let task = Task { [clock] in
                do { try await clock.sleep(until: deadline) } catch { return }
            }
            state.sleeper = task
            return task
        }
        await sleeper?.value
        state.withLock { state in
            state.sleeper = nil
            state.sleepingUntil = .max
        }
    }

    private func takeDue() -> [@Sendable () -> Void] {
        let now = clock.now().milliseconds
        return state.withLock { state in
            var due: [@Sendable () -> Void] = []
            while let first = state.order.min, first <= now {
                state.order.removeMin()
                guard let bucket = state.buckets.removeValue(forKey: first) else { continue }
                // Within a bucket, in the order in which they were set.
                due += bucket.sorted { $0.key < $1.key }.map(\.value)
            }
            return due
        }
    }
}
