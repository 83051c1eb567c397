import Definitions
import Kernel
import Model
import StorePort

/// An execution's steps and attempts, told from its journal by replaying it.
struct StepHistory {
    private var machine: Machine
    private var views: [StepReference: StepView] = [:]
    private var order: [StepReference] = []

    init(definition: WorkflowDefinition, context: ExecutionContext, limits: LimitsDefinition) {
        machine = Machine(definition: definition, context: context, limits: limits)
    }

    /// Entries that cannot be read end the history there. What a resumption took back stays in it:
    /// every attempt is told.
    mutating func replay(_ journal: [JournalEntry]) -> [StepView] {
        let new = machine
        var timeline = Timeline()
        for entry in journal {
            guard let event = Event.decoded(entry.payload) else { break }
            timeline.add(event)
            record(event)
            if case .resumed = event {
                machine = new
                machine.replay(timeline)
                for action in machine.outstanding { record(action) }
            } else {
                for action in machine.apply(event) { record(action) }
            }
        }
        return order.compactMap { views[$0] }
    }

    private mutating func record(_ action: Action) {
        switch action {
        case .runAttempt(let request):
            open(
                request.step,
                id: request.stepID,
                occurrence: request.occurrence,
                kind: "\(request.connector).\(request.operation)",
                state: .running,
            )
        case .startChild(let request):
            open(
                request.step,
                id: nil,
                occurrence: request.occurrence,
                kind: "call \(request.workflow)",
                state: .running,
            )
        case .setTimer(let timer, _):
            guard timer.purpose == .retry, let step = timer.step else { return }
            views[step]?.state = .waiting
        case .cancelAttempt(let step), .cancelChild(let step):
            views[step]?.state = .failed
        case .cancelTimer, .reply, .finish:
            return
        }
    }

    private mutating func open(
        _ step: StepReference,
        id: String?,
        occurrence: String,
        kind: String,
        state: StepView.State,
    ) {
        if views[step] != nil {
            views[step]?.state = state
            return
        }
        order.append(step)
        views[step] = StepView(
            id: id,
            occurrence: occurrence,
            kind: kind,
            state: state,
            attempts: [],
        )
    }

    private mutating func record(_ event: Event) {
        switch event {
        case .attemptSucceeded(let step, _, _, _, _), .attemptFailed(let step, _, _, _, _):
            guard let attempt = AttemptView(event) else { return }
            views[step]?.attempts.append(attempt)
            views[step]?.state = attempt.problem == nil ? .succeeded : .failed
        case .childStarted(let step, let at, let id):
            close(step, at: at, output: .string(id), problem: nil)
        case .childSucceeded(let step, let at, _, let output):
            close(step, at: at, output: output, problem: nil)
        case .childFailed(let step, let at, _, let problem):
            close(step, at: at, output: nil, problem: problem)
        case .started, .timerFired, .cancelRequested, .aborted, .resumed:
            return
        }
    }

    private mutating func close(
        _ step: StepReference,
        at: Timestamp,
        output: JSONValue?,
        problem: Problem?,
    ) {
        views[step]?.attempts.append(
            AttemptView(
                number: 1,
                startedAt: at,
                finishedAt: at,
                output: output,
                problem: problem,
            )
        )
        views[step]?.state = problem == nil ? .succeeded : .failed
    }
}

extension Engine {
    /// Steps and attempts in the order in which they began; empty when there is no such execution.
    package func steps(of id: ExecutionID) async throws(StoreError) -> [StepView] {
        guard let head = try await store.execution(id),
            let workflow = try await deployedWorkflow(for: head),
            let input = StartInput(head.input)
        else { return [] }
        let context = ExecutionContext(
            id: id,
            trigger: input.trigger,
            config: input.config,
            execution: ExecutionFactsObject.make(head, input),
        )
        var history = StepHistory(
            definition: workflow.definition,
            context: context,
            limits: deployment.project.account.limits,
        )
        return history.replay(try await store.journal(id))
    }
}
