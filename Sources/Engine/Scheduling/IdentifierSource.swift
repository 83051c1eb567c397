import Model
import Synchronization

/// Makes execution ids: never the same twice in one worker, and in order of making.
///
/// A clock that is set back, or more than 4096 ids in a millisecond, borrow from the future.
final class IdentifierSource: Sendable {
    private struct State {
        var milliseconds: Int64 = 0
        var sequence = 0
    }

    private let worker: Int
    private let state = Mutex(State())

    init(worker: Int) {
        self.worker = worker
    }

    func next(now: Timestamp) -> ExecutionID {
        state.withLock { state in
            if now.milliseconds > state.milliseconds {
                state.milliseconds = now.milliseconds
                state.sequence = 0
            } else {
                state.sequence += 1
                if state.sequence > 4095 {
                    state.milliseconds += 1
                    state.sequence = 0
                }
            }
            return ExecutionID(
                milliseconds: state.milliseconds,
                worker: worker,
                sequence: state.sequence,
            )
        }
    }
}
