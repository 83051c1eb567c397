import Expressions
import Model

/// What `on_error` says, at a step or at the workflow.
package enum ErrorHandler: Sendable {
    /// The output is null and the problem stays readable at `$errors.<id>`.
    case proceed
    /// Leaves the nearest `for_each` as finished.
    case breakLoop
    /// Ends this item of the nearest `for_each` with the output null.
    case nextItem
    /// The error branch: the first entry whose `if` holds, with the entries after it that have no
    /// `if`, until one says `then`.
    case branch([Step])
}

/// What `then` says.
package enum ThenDirective: Sendable {
    case proceed
    /// The execution ends well (`handled` inside an error branch).
    case stop
    /// The execution fails with the problem at hand.
    case fail
    /// It fails with another problem, whose cause is the one at hand.
    case raise(RaiseStep)
    /// Inside a `for_each`.
    case breakLoop
    case nextItem
}
