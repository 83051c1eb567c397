import Definitions
import Expressions
import Model

/// One execution as a pure state machine: `apply(event)` gives the actions to perform.
///
/// It has no clock, no randomness and no IO: time comes with the events, and jitter is derived from
/// the execution's id, the step occurrence and the attempt. Applying a journal to a new machine
/// rebuilds it; ``outstanding`` then names the work that was in flight.
///
/// The state is an arena of frames: a sequence runs steps one after the other, a step frame is one
/// step in progress. Work goes through a list, never through recursion over the definition, so that
/// long sequences and loops do not use up the stack.
package struct Machine: Sendable {
    package let definition: WorkflowDefinition
    package let context: ExecutionContext
    let limits: LimitsDefinition
    /// Chooses the words of its problems. They decide nothing: they are for people.
    let wording: Wording
    /// What the end user understands, best first.
    let languages: [String]

    var base: Environment
    var frames = Arena<Frame>()
    var scopes = Arena<Scope>()
    /// Step frames that wait for an event, by name.
    var active: [StepReference: Int] = [:]
    var now = Timestamp(milliseconds: 0)
    var actions: [Action] = []
    var work: [Work] = []
    var executionTimer: Timestamp?
    var attemptsMade = 0
    var stateBytes = 0
    /// Problems that a branch, or `continue`, took care of.
    var handledCount = 0
    var isInWorkflowHandler = false
    /// What the workflow's own handler is at work on.
    var workflowProblem: Problem?
    /// Steps that are not begun when their turn comes, until a resumption names them.
    var holds: Set<StepReference> = []
    /// The number of the last resumption.
    var round = 0
    /// Steps whose turn came, when somebody wants to know.
    var begun: [StepReference]?

    /// The reply given so far.
    package internal(set) var reply: Reply?
    /// Nil until the execution ended.
    package internal(set) var outcome: Outcome?

    /// Bytes of all outputs that `$steps` holds at once, as JSON.
    package static let stateLimit = 64 << 20
    /// Items of one `for_each`.
    package static let itemLimit = 100_000

    /// Limits are counts over the whole execution.
    package init(
        definition: WorkflowDefinition,
        context: ExecutionContext,
        limits: LimitsDefinition = LimitsDefinition(),
        wording: Wording = .standard,
    ) {
        self.definition = definition
        self.context = context
        self.limits = limits
        self.wording = wording
        languages =
            (context.user["locale"]?.stringValue).flatMap(LanguageRange.tag).map { [$0] } ?? []
        base = Environment()
        base[.trigger] = context.trigger
        base[.config] = context.config
        base[.execution] = context.execution
        base[.instance] = context.instance
        base[.user] = context.user
    }

    /// Takes one event and gives the actions it causes, in the order to perform them. Events that
    /// nothing waits for (a late answer, a stale timer) change nothing and give no actions.
    package mutating func apply(_ event: Event) -> [Action] {
        guard outcome == nil else { return [] }
        now = event.at
        take(event)
        while outcome == nil, let next = work.popLast() { perform(next) }
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .started: start()
        case .attemptSucceeded(let reference, let number, _, _, let output):
            guard let id = waiting(reference), case .attempt(number, _) = step(id).activity else {
                return
            }
            succeed(id, output)
        case .attemptFailed(let reference, let number, _, _, let problem):
            guard let id = waiting(reference), case .attempt(number, _) = step(id).activity else {
                return
            }
            fail(id, problem)
        case .timerFired(let timer, _): fired(timer)
        case .childStarted(let reference, _, let child):
            guard let id = waiting(reference), case .child(let request) = step(id).activity,
                !request.waits
            else { return }
            succeed(id, .object(["id": .string(child)]))
        case .childSucceeded(let reference, _, _, let output):
            guard let id = waiting(reference), case .child(let request) = step(id).activity,
                request.waits
            else { return }
            succeed(id, output)
        case .childFailed(let reference, _, _, let problem):
            guard let id = waiting(reference), case .child = step(id).activity else { return }
            fail(id, problem)
        case .cancelRequested(_, let actor):
            finish(
                .cancelled,
                output: .null,
                problem: Problem(.cancelled, detail: "cancelled by \(actor)"),
            )
        case .aborted(_, let reason, let problem):
            finish(reason, output: .null, problem: problem)
        case .resumed(let resumption): resume(resumption)
        }
    }

    private mutating func start() {
        guard frames.isEmpty else { return }
        let limit = definition.timeout ?? limits.executionTimeout
        let deadline = now + limit
        executionTimer = deadline
        actions.append(.setTimer(TimerReference(purpose: .executionTimeout), at: deadline))
        let scope = scopes.insert(Scope())
        let root = frames.insert(
            .sequence(SequenceFrame(parent: nil, steps: definition.steps, scope: scope))
        )
        work.append(.advance(root))
    }

    /// The step frame that waits for an event of this name.
    private func waiting(_ reference: StepReference) -> Int? { active[reference] }

    private mutating func fired(_ timer: TimerReference) {
        guard let reference = timer.step else {
            guard timer.purpose == .executionTimeout, executionTimer != nil else { return }
            executionTimer = nil
            let limit = definition.timeout ?? limits.executionTimeout
            var problem = Problem(
                .timeout,
                detail: "the execution took longer than \(limit)",
                code: "B2301",
            )
            problem.origin = .workflow
            return finish(.timedOut, output: .null, problem: problem)
        }
        guard let id = active[reference] else { return }
        switch (timer.purpose, step(id).activity) {
        case (.retry, .retryDelay):
            perform(step: id)
        case (.wait, .wait):
            succeed(id, .null)
        case (.stepTimeout, _):
            guard step(id).deadline != nil else { return }
            updateStep(id) { $0.deadline = nil }
            timedOut(id)
        default: return
        }
    }

    // MARK: Frames

    func step(_ id: Int) -> StepFrame {
        guard case .step(let frame) = frames[id] else {
            // tidy: an id in `active` is always a step frame's; the arena keeps it so.
            preconditionFailure("frame \(id) is not a step")
        }
        return frame
    }

    mutating func updateStep(_ id: Int, _ body: (inout StepFrame) -> Void) {
        frames.update(id) { frame in
            guard case .step(var step) = frame else { return }
            frame = .none
            body(&step)
            frame = .step(step)
        }
    }

    mutating func updateSequence(_ id: Int, _ body: (inout SequenceFrame) -> Void) {
        frames.update(id) { frame in
            guard case .sequence(var sequence) = frame else { return }
            frame = .none
            body(&sequence)
            frame = .sequence(sequence)
        }
    }

    // MARK: The end

    /// Ends the execution; everything in flight is called off.
    mutating func finish(_ reason: ExecutionReason, output: JSONValue, problem: Problem?) {
        guard outcome == nil else { return }
        for id in frames.ids { callOff(id) }
        if executionTimer != nil {
            actions.append(.cancelTimer(TimerReference(purpose: .executionTimeout)))
            executionTimer = nil
        }
        frames = Arena()
        scopes = Arena()
        active = [:]
        work = []
        let problem = problem.map(completed)
        let result = Outcome(
            reason: reason,
            output: reply.map { $0.body ?? .null } ?? output,
            problem: problem,
        )
        outcome = result
        actions.append(.finish(result))
    }

    /// A problem with its time and the ids of the execution.
    private func completed(_ given: Problem) -> Problem {
        var problem = wording.said(given, to: languages)
        problem.occurredAt = given.occurredAt ?? now
        guard given.ids["execution"] == nil else { return problem }
        problem.ids["execution"] = .string(context.id.description)
        problem.ids["workflow"] = .string(definition.name)
        problem.ids["solution"] = definition.solution.map(JSONValue.string)
        let facts = [
            ("correlation_id", "correlation"), ("version", "version"), ("parent", "parent"),
            ("root", "root"), ("replay_of", "replay_of"),
        ]
        for (key, name) in facts {
            if let value = context.execution[key], !value.isNull { problem.ids[name] = value }
        }
        for (name, owner) in [("instance", context.instance), ("user", context.user)] {
            if let id = owner["id"], !id.isNull { problem.ids[name] = id }
        }
        return problem
    }
}

/// What is to be done next, inside one event.
enum Work: Sendable {
    case advance(Int)
    case complete(Int, Completion)
}

/// How a frame ended, for the frame around it.
enum Completion: Sendable {
    case finished(JSONValue)
    case failed(Problem)
    case breakLoop
    case nextItem
}

extension Event {
    package var at: Timestamp {
        switch self {
        case .started(let at), .attemptSucceeded(_, _, _, let at, _),
            .attemptFailed(_, _, _, let at, _), .timerFired(_, let at),
            .childStarted(_, let at, _), .childSucceeded(_, let at, _, _),
            .childFailed(_, let at, _, _), .cancelRequested(let at, _),
            .aborted(let at, _, _):
            at
        case .resumed(let resumption): resumption.at
        }
    }
}
