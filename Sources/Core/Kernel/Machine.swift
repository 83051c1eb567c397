import Definitions
import Expressions
import Model

/// One execution as a pure state machine: `apply(event)` gives the actions to perform.
///
/// It has no clock, no randomness and no IO: time comes with the events, and jitter is derived from
/// the execution's id, the step occurrence and the attempt. Applying a journal to a new machine
/// rebuilds it; ``outstanding`` then names the work that was in flight.
package struct Machine: Sendable {
    package let definition: WorkflowDefinition
    package let context: ExecutionContext

    /// Limits are counts over the whole execution.
    package init(
        definition: WorkflowDefinition, context: ExecutionContext,
        limits: LimitsDefinition = LimitsDefinition()
    ) {
        self.definition = definition
        self.context = context
    }

    /// Takes one event and gives the actions it causes, in the order to perform them. Events that
    /// nothing waits for (a late answer, a stale timer) change nothing and give no actions.
    package mutating func apply(_ event: Event) -> [Action] { [] }

    /// The actions that are still unanswered: what an engine performs after it rebuilt a machine.
    /// Attempts come with the same attempt number and occurrence as before.
    package var outstanding: [Action] { [] }

    /// Nil until the execution ended.
    package var outcome: Outcome? { nil }

    /// The reply given so far.
    package var reply: Reply? { nil }
}
