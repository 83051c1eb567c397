import Definitions
import Kernel
import Model
import StorePort

/// What starts an execution. The trigger value is what the workflow sees as `$trigger`.
package struct StartRequest: Sendable {
    package var workflow: DeployedWorkflow
    /// The empty string is the account itself.
    package var instance: String
    package var trigger: JSONValue
    package var correlationID: String?
    /// At most 255 bytes; the same key starts the same workflow once within ``idempotencyWindow``.
    package var idempotencyKey: String?
    /// Tells an honest retry from a reused key: a hash of what was sent.
    package var fingerprint: Int64
    package var parent: ParentReference?
    /// `$config` instead of the workflow's own, without secrets.
    package var config: JSONValue?
    /// Nil for the account's own executions.
    package var facts: InstanceFacts?
    /// How many calls stand between it and what was not called.
    var depth = 0

    /// What the execution that asks for this one knows to be secret.
    var known: KnownSecrets?
    /// The alerts that led to it; nil for what is no consequence of an alert.
    var alert: AlertContext?
    package var lineage: Lineage?
    /// Whose idempotency keys its attempts carry; nil: its own.
    var keysOf: ExecutionID?
    /// The entries that its journal begins with, made when its id is known; nil: it begins at its
    /// first step.
    var beginning: (@Sendable (StoredExecution, StartInput) -> Result<[Event], Problem>)?

    /// The caller will ask for the result: nothing of it is missed.
    package var awaitsResult = false

    package static let idempotencyWindow = TimeSpan(milliseconds: 86_400_000)

    package init(
        workflow: DeployedWorkflow,
        instance: String = "",
        trigger: JSONValue,
        correlationID: String? = nil,
        idempotencyKey: String? = nil,
        fingerprint: Int64 = 0,
        parent: ParentReference? = nil,
    ) {
        self.workflow = workflow
        self.instance = instance
        self.trigger = trigger
        self.correlationID = correlationID
        self.idempotencyKey = idempotencyKey
        self.fingerprint = fingerprint
        self.parent = parent
    }
}

/// A start that was accepted: it is durable.
package struct StartedExecution: Sendable, Hashable {
    package var id: ExecutionID
    /// True when the idempotency key had made it before.
    package var isDuplicate: Bool
    /// Of a sole replay: another one was under way, and is this.
    package var isUnderWay = false

    package init(id: ExecutionID, isDuplicate: Bool) {
        self.id = id
        self.isDuplicate = isDuplicate
    }
}

/// Why a start was refused. Nothing was written.
package enum StartRefusal: Error, Sendable, Hashable {
    /// This instance has too much waiting: 429.
    case instanceBusy(retryAfter: TimeSpan)
    /// Everything together is too much, or the engine is shutting down: 503.
    case engineBusy(retryAfter: TimeSpan)
    /// The key was used before with other content: 422 (draft-ietf-httpapi-idempotency-key-header).
    case keyReused(ExecutionID)
    /// The store could not write: 503.
    case storeUnavailable(String)
    /// The trigger value is too large or does not match: 413, 422.
    case refused(Problem)
}

extension StartRefusal {
    /// The refusal as the one error object.
    package var problem: Problem {
        switch self {
        case .instanceBusy(let after):
            var problem = Problem(
                .limit,
                detail: "too many executions of this instance wait to begin",
                code: "B2001",
            )
            problem.status = 429
            problem.retry = RetryAdvice(kind: .after, after: after)
            return problem
        case .engineBusy(let after):
            var problem = Problem(
                .limit,
                detail: "too many executions wait to begin",
                code: "B2002",
            )
            problem.status = 503
            problem.retry = RetryAdvice(kind: .after, after: after)
            return problem
        case .keyReused(let id):
            var problem = Problem(
                .conflict,
                detail: "the idempotency key was used with another content: \(id)",
                code: "B2003",
            )
            problem.status = 422
            return problem
        case .storeUnavailable(let reason):
            var problem = Problem(
                .runtime,
                detail: "the store cannot write: \(reason)",
                code: "B2004",
            )
            problem.status = 503
            problem.retry = RetryAdvice(
                kind: .after,
                after: TimeSpan(milliseconds: 1000),
            )
            return problem
        case .refused(let problem): return problem
        }
    }
}
