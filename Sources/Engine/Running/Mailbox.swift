import Kernel
import Synchronization

/// What a runner is told.
enum RunnerMessage: Sendable {
    case event(Event)
    /// How an attempt ended; the number names the attempt among all of this runner.
    case attempt(Event, number: Int)
    /// An attempt did not begin, though nothing failed.
    case held(StepReference, Hold, number: Int)
    /// The time of an attempt that was held has come.
    case goOn(StepReference, number: Int)
    /// A connection works again: whatever is parked asks again.
    case unparked
    /// Finish what is in flight, start nothing, hand the rest back.
    case drain
    /// Hand back at once; attempts in flight are cancelled and not journaled.
    case stop
    /// The lease is gone: forget everything, write nothing.
    case abandon
}

/// Many senders, one receiver, no loss: what arrives while the receiver works waits in order.
final class Mailbox: Sendable {
    private struct State {
        var waiting: [RunnerMessage] = []
        var receiver: CheckedContinuation<[RunnerMessage], Never>?
    }

    private let state = Mutex(State())

    func send(_ message: RunnerMessage) {
        let receiver = state.withLock { state -> CheckedContinuation<[RunnerMessage], Never>? in
            guard let receiver = state.receiver else {
                state.waiting.append(message)
                return nil
            }
            state.receiver = nil
            return receiver
        }
        receiver?.resume(returning: [message])
    }

    var isEmpty: Bool { state.withLock { $0.waiting.isEmpty } }

    /// Everything that has arrived, at least one message. Only one task may call this.
    func receive() async -> [RunnerMessage] {
        let ready = takeWaiting()
        if !ready.isEmpty { return ready }
        return await withCheckedContinuation { continuation in
            let late = state.withLock { state -> [RunnerMessage] in
                guard state.waiting.isEmpty else {
                    defer { state.waiting = [] }
                    return state.waiting
                }
                state.receiver = continuation
                return []
            }
            if !late.isEmpty { continuation.resume(returning: late) }
        }
    }

    private func takeWaiting() -> [RunnerMessage] {
        state.withLock { state in
            defer { if !state.waiting.isEmpty { state.waiting = [] } }
            return state.waiting
        }
    }
}
