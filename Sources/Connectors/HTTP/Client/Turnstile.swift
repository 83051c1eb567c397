import Synchronization

/// Counts what is under way, for those who wait until nothing is.
final class Turnstile: Sendable {
    private struct State {
        var count = 0
        var waiting: [OneShot<Void>] = []
    }

    private let state = Mutex(State())

    func enter() { state.withLock { $0.count += 1 } }

    func leave() {
        let waiting = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [OneShot<Void>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for shot in waiting { shot.give(()) }
    }

    /// Returns when nothing is under way, or when the task is cancelled.
    func empty() async {
        let shot = OneShot<Void>()
        let isEmpty = state.withLock { state in
            if state.count > 0 { state.waiting.append(shot) }
            return state.count == 0
        }
        guard !isEmpty else { return }
        await withTaskCancellationHandler {
            await shot.wait {}
        } onCancel: {
            shot.give(())
        }
    }
}
