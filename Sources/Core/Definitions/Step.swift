import Expressions
import Model

/// One step: what it does (``kind``) and what happens around it. Never changes, so that running
/// executions share it.
package final class Step: Sendable {
    /// Unique in the workflow, from 0 in document order. Journals name steps by it.
    package let node: Int
    /// The name under which `$steps` and `$errors` know it; unique in the workflow.
    package let id: String?
    /// `steps[2].on_error[0]`, as the problem's `path` shows it.
    package let path: String
    package let place: SourcePlace
    /// The step is skipped, with the output null, when this gives false or null.
    package let condition: Program?
    /// Bounds the step with all its attempts and the delays between them.
    package let timeout: TimeSpan?
    /// Nil means the default: for `run`, ``RetryPolicy/standard``; for all others, none.
    package let retry: RetryPolicy?
    package let onError: ErrorHandler?
    /// What follows when the step ends well; nil is `continue`.
    package let then: ThenDirective?
    package let kind: StepKind

    package init(
        node: Int,
        id: String? = nil,
        path: String,
        place: SourcePlace = SourcePlace(file: ""),
        condition: Program? = nil,
        timeout: TimeSpan? = nil,
        retry: RetryPolicy? = nil,
        onError: ErrorHandler? = nil,
        then: ThenDirective? = nil,
        kind: StepKind,
    ) {
        self.node = node
        self.id = id
        self.path = path
        self.place = place
        self.condition = condition
        self.timeout = timeout
        self.retry = retry
        self.onError = onError
        self.then = then
        self.kind = kind
    }
}

/// What a step does: exactly one of the language's forms.
package indirect enum StepKind: Sendable {
    /// A connector operation. `input` is `with` less `auth`.
    case run(connector: String, operation: String, auth: String?, input: Template)
    /// Answers the waiting caller.
    case reply(status: Template, headers: Template?, body: Template?)
    /// Computes values; the result is the step's output.
    case set(Template)
    /// `if` / `then: [steps]` / `else: [steps]`.
    case branch(condition: Program, then: [Step], otherwise: [Step])
    /// The first case whose value equals the subject (JSON equality) runs.
    case choose(subject: Program, cases: [ChooseCase], otherwise: [Step]?)
    /// The body runs once for each item, at most `concurrency` at a time (1...100).
    case forEach(items: Program, concurrency: Int, steps: [Step])
    /// All branches run at once; the first problem cancels the others.
    case parallel([ParallelBranch])
    case group([Step])
    /// A number is seconds, a string a duration of the language; `until` is an RFC 3339 time.
    case wait(duration: Template?, until: Template?)
    /// Fails with a problem of the workflow's own words.
    case raise(RaiseStep)
    /// Runs another workflow, by name, of the same solution; waiting or not.
    case call(workflow: String, input: Template, waits: Bool)
    /// Ends the execution: as a success with an output, or as a failure.
    case stop(fails: Bool, output: Template?)
}

/// One `case` of a `switch`.
package struct ChooseCase: Sendable {
    package var value: Template
    package var steps: [Step]

    package init(value: Template, steps: [Step]) {
        self.value = value
        self.steps = steps
    }
}

/// One branch of a `parallel`, with its name.
package struct ParallelBranch: Sendable {
    package var name: String
    package var steps: [Step]

    package init(name: String, steps: [Step]) {
        self.name = name
        self.steps = steps
    }
}

/// What `raise` makes of itself; every template may use all variables.
package struct RaiseStep: Sendable {
    package var type: ProblemType
    package var title: Template?
    package var detail: Template?
    package var status: Template?
    package var client: Template?
    package var support: Template?
    package var actor: ProblemActor?
    package var action: ProblemAction?
    package var data: Template?

    package init(
        type: ProblemType = .raised,
        title: Template? = nil,
        detail: Template? = nil,
        status: Template? = nil,
        client: Template? = nil,
        support: Template? = nil,
        actor: ProblemActor? = nil,
        action: ProblemAction? = nil,
        data: Template? = nil,
    ) {
        self.type = type
        self.title = title
        self.detail = detail
        self.status = status
        self.client = client
        self.support = support
        self.actor = actor
        self.action = action
        self.data = data
    }
}
