/// How an execution ended: the closed set of terminal reasons.
public enum ExecutionReason: String, Sendable, Hashable, CaseIterable {
    /// Every step went well.
    case succeeded
    /// Something failed and an error branch took care of it.
    case handled
    /// A problem that nobody handled.
    case failed
    /// The workflow's own time limit passed.
    case timedOut = "timed_out"
    /// It was accepted but could not begin.
    case neverStarted = "never_started"
    /// Somebody cancelled it.
    case cancelled
    /// It waited longer than it may before it could begin.
    case expired

    /// True for `succeeded` and `handled` alone.
    public var isSuccess: Bool { self == .succeeded || self == .handled }
}

/// Where an execution stands.
public enum ExecutionStatus: String, Sendable, Hashable, CaseIterable {
    /// Accepted, nothing has run yet.
    case queued
    /// Steps are running.
    case running
    /// Nothing runs until a timer, a child or a person does something.
    case waiting
    /// Ended, with a reason.
    case finished
}
