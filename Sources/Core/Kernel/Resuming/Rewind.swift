import Definitions
import Model

/// From where an execution goes on, planned from its journal.
///
/// What ran before the start counts as it is, and so does what ran beside it: other branches, other
/// items of a loop. What the start's own step did, what came after it, and the end are taken back.
package struct Rewind: Sendable {
    package enum Start: Sendable, Hashable {
        /// The step whose problem ended it; of one that timed out, was cancelled or could not
        /// begin, whatever was in flight.
        case failedStep
        /// By id or path; of a step inside loops with its items: `charge@2`, `steps[1].steps[0]@4`.
        case step(String)
    }

    /// The step that begins anew; nil: only the end is taken back.
    package let step: StepReference?
    /// `steps[2].steps[0]@3`
    package let occurrence: String?
    package let stepID: String?
    /// The entry in which the step's turn comes.
    let since: Int?
    /// What counts of the journal.
    package let kept: [Timeline.Entry]
    package let dropped: [ClosedRange<Int>]
    let round: Int
    /// Nodes that began before, or beside.
    let nodesBefore: Set<Int>

    /// How many attempts and calls that went well are not repeated.
    package var outcomesKept: Int {
        kept.count { entry in
            switch entry.event {
            case .attemptSucceeded, .childSucceeded, .childStarted: true
            default: false
            }
        }
    }

    /// The journal's next entry.
    package func resumption(at: Timestamp, by: String) -> Resumption {
        Resumption(
            at: at,
            by: by,
            number: round,
            step: step,
            since: since,
            dropped: dropped,
        )
    }

    package static func plan(
        _ timeline: Timeline,
        from start: Start,
        definition: WorkflowDefinition,
        context: ExecutionContext,
        limits: LimitsDefinition,
    ) throws(ReplayRefusal) -> Rewind {
        try RewindPlanner(
            timeline: timeline,
            outline: Outline(definition),
            machine: Machine(definition: definition, context: context, limits: limits),
        ).plan(start)
    }
}
