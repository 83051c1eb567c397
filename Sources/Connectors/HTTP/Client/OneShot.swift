import Synchronization

/// Hands one value to one waiting task; whoever comes first wins, the rest is ignored.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, Never>)
        case early(Value)
        case done
    }

    private let state = Mutex(State.idle)

    /// Waits for the value.
    ///
    /// To be called once.
    func wait(_ begin: @Sendable () -> Void) async -> Value {
        await withCheckedContinuation { continuation in
            let ready: Value? = state.withLock { state in
                if case .early(let value) = state {
                    state = .done
                    return value
                }
                state = .waiting(continuation)
                return nil
            }
            if let ready { continuation.resume(returning: ready) } else { begin() }
        }
    }

    func give(_ value: Value) {
        let continuation: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .waiting(let continuation):
                state = .done
                return continuation
            case .idle: state = .early(value)
            case .early, .done: break
            }
            return nil
        }
        continuation?.resume(returning: value)
    }
}
