import Model

/// Names one running occurrence of a step: its node and the loop iterations around it.
///
/// Stable across restarts, so that journals and idempotency keys can be built from it. The
/// iterations are the item indices of the enclosing `for_each` steps, outermost first.
package struct StepReference: Sendable, Hashable {
    package var node: Int
    package var iterations: [Int]

    package init(node: Int, iterations: [Int] = []) {
        self.node = node
        self.iterations = iterations
    }
}

/// What the machine waits for besides attempts.
package enum TimerPurpose: Int, Sendable, Hashable, CaseIterable {
    /// The delay before the next attempt.
    case retry
    /// A `wait` step.
    case wait
    /// A step's `timeout`.
    case stepTimeout
    /// The workflow's `timeout`.
    case executionTimeout
}

/// Names one timer; at most one per purpose runs for a step occurrence. The execution's own timer
/// has no step.
package struct TimerReference: Sendable, Hashable {
    package var purpose: TimerPurpose
    package var step: StepReference?

    package init(purpose: TimerPurpose, step: StepReference? = nil) {
        self.purpose = purpose
        self.step = step
    }
}

/// Something that happened. Events, in order, are the journal: applying the same events to a new
/// machine gives the same state and the same actions.
package enum Event: Sendable, Hashable {
    /// Always the first, and only the first.
    case started(at: Timestamp)
    case attemptSucceeded(
        StepReference,
        attempt: Int,
        startedAt: Timestamp,
        at: Timestamp,
        output: JSONValue,
    )
    case attemptFailed(
        StepReference,
        attempt: Int,
        startedAt: Timestamp,
        at: Timestamp,
        problem: Problem,
    )
    case timerFired(TimerReference, at: Timestamp)
    /// A `call` that does not wait was accepted: `id` is the child's execution id.
    case childStarted(StepReference, at: Timestamp, id: String)
    /// A `call` that waits came back, or a call could not be made at all.
    case childSucceeded(StepReference, at: Timestamp, id: String, output: JSONValue)
    case childFailed(StepReference, at: Timestamp, id: String?, problem: Problem)
    case cancelRequested(at: Timestamp, by: String)
    /// The engine cannot go on with this execution (expired in the queue, a limit, a fault of its
    /// own); the reason is one of `failed`, `neverStarted`, `expired`, `timedOut`.
    case aborted(at: Timestamp, reason: ExecutionReason, problem: Problem)
    /// Somebody lets it go on after its end, or after a copied beginning.
    case resumed(Resumption)
}
