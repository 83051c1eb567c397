import Breakers
import Kernel
import Model
import StorePort

/// An execution as a surface shows it.
package struct ExecutionView: Sendable {
    package var head: StoredExecution
    /// Nil until it finished: output, problem and the reply that the caller got or would have got.
    package var outcome: Outcome?
    package var reply: Reply?
    /// The connections that it waits for; empty when it is not parked.
    package var parkings: [Parking] = []

    package init(head: StoredExecution, outcome: Outcome?, reply: Reply?) {
        self.head = head
        self.outcome = outcome
        self.reply = reply
    }
}

/// One attempt of a step, as the journal tells it.
package struct AttemptView: Sendable, Hashable {
    package var number: Int
    package var startedAt: Timestamp
    package var finishedAt: Timestamp
    package var output: JSONValue?
    package var problem: Problem?

    package init(
        number: Int,
        startedAt: Timestamp,
        finishedAt: Timestamp,
        output: JSONValue?,
        problem: Problem?,
    ) {
        self.number = number
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.output = output
        self.problem = problem
    }
}

/// One occurrence of a step that ran something: attempts of an operation, a call, a wait.
package struct StepView: Sendable, Hashable {
    package enum State: String, Sendable, Hashable { case running, waiting, succeeded, failed }

    package var id: String?
    /// `steps[2].for_each[4].steps[0]`: with the iterations filled in.
    package var occurrence: String
    /// `http.get`, `call`, `wait`.
    package var kind: String
    package var state: State
    package var attempts: [AttemptView]

    package init(
        id: String?,
        occurrence: String,
        kind: String,
        state: State,
        attempts: [AttemptView],
    ) {
        self.id = id
        self.occurrence = occurrence
        self.kind = kind
        self.state = state
        self.attempts = attempts
    }
}

/// Something that just happened, for those who watch.
package enum ExecutionUpdate: Sendable {
    case stepStarted(id: String?, occurrence: String, kind: String, attempt: Int, at: Timestamp)
    case stepFinished(id: String?, occurrence: String, kind: String, attempt: AttemptView)
    case retryScheduled(id: String?, occurrence: String, at: Timestamp)
    case waiting(until: Timestamp?)
    case replied(Reply)
    /// The last one.
    case finished(ExecutionView)
}
