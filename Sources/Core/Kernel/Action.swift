import Definitions
import Model

/// Something the engine shall do. The machine performs nothing itself.
package enum Action: Sendable, Hashable {
    /// Run one attempt of a connector operation; answer with `attemptSucceeded` or `attemptFailed`.
    case runAttempt(AttemptRequest)
    /// The result of this occurrence's attempt is no longer wanted; an event that still comes is
    /// ignored by the machine.
    case cancelAttempt(StepReference)
    /// Answer with `timerFired` at the time or as soon after as possible.
    case setTimer(TimerReference, at: Timestamp)
    case cancelTimer(TimerReference)
    /// Start another workflow; answer with `childStarted`, or when `waits` with `childSucceeded` or
    /// `childFailed` at its end.
    case startChild(ChildRequest)
    /// The execution no longer wants this child; it is cancelled when it was waited for.
    case cancelChild(StepReference)
    /// Words for the waiting caller. At most once in an execution.
    case reply(Reply)
    /// The end. Always the last action; nothing is outstanding after it.
    case finish(Outcome)
}

/// One attempt to run.
package struct AttemptRequest: Sendable, Hashable {
    package var step: StepReference
    /// The step's `id` and place, for problems and records.
    package var stepID: String?
    package var path: String
    /// From 1.
    package var attempt: Int
    package var maxAttempts: Int
    package var connector: String
    package var operation: String
    /// The authentication slot.
    package var auth: String?
    package var input: JSONValue
    /// Bounds this attempt; nil means the operation's default.
    package var timeout: TimeSpan?
    /// The same for every attempt of this occurrence: `<path>` with the iterations filled in,
    /// unique within the execution.
    package var occurrence: String

    package init(
        step: StepReference,
        stepID: String?,
        path: String,
        attempt: Int,
        maxAttempts: Int,
        connector: String,
        operation: String,
        auth: String?,
        input: JSONValue,
        timeout: TimeSpan?,
        occurrence: String,
    ) {
        self.step = step
        self.stepID = stepID
        self.path = path
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.connector = connector
        self.operation = operation
        self.auth = auth
        self.input = input
        self.timeout = timeout
        self.occurrence = occurrence
    }
}

/// One `call` to make.
package struct ChildRequest: Sendable, Hashable {
    package var step: StepReference
    package var workflow: String
    package var input: JSONValue
    package var waits: Bool
    /// Unique within the execution and the same when asked again after a restart.
    package var occurrence: String
    /// The number of the resumption after which it was asked: a step that is begun again wants
    /// another child.
    package var round: Int

    package init(
        step: StepReference,
        workflow: String,
        input: JSONValue,
        waits: Bool,
        occurrence: String,
        round: Int = 0,
    ) {
        self.step = step
        self.workflow = workflow
        self.input = input
        self.waits = waits
        self.occurrence = occurrence
        self.round = round
    }
}

/// The words of a `reply` step.
package struct Reply: Sendable, Hashable {
    /// 100...599
    package var status: Int
    package var headers: [String: String]
    package var body: JSONValue?

    package init(status: Int, headers: [String: String] = [:], body: JSONValue? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// How it ended.
package struct Outcome: Sendable, Hashable {
    package var reason: ExecutionReason
    /// The body of the `reply`, else what `stop` said, else the last top-level step's output.
    package var output: JSONValue
    /// Nil exactly when the reason is a success.
    package var problem: Problem?

    package init(reason: ExecutionReason, output: JSONValue, problem: Problem? = nil) {
        self.reason = reason
        self.output = output
        self.problem = problem
    }
}
