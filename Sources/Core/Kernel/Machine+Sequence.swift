import Definitions
import Expressions
import Model

extension Machine {
    mutating func perform(_ next: Work) {
        switch next {
        case .advance(let id): advance(id)
        case .complete(let id, let completion): complete(id, completion)
        }
    }

    /// Begins the next step of a sequence, or ends it.
    private mutating func advance(_ id: Int) {
        guard case .sequence(let sequence)? = frames[id] else { return }
        guard sequence.position < sequence.steps.count else {
            work.append(.complete(id, .finished(sequence.output)))
            return
        }
        let step = sequence.steps[sequence.position]
        let frame = StepFrame(
            parent: id,
            step: step,
            scope: sequence.scope,
            surroundings: sequence.surroundings,
            firstStartedAt: now,
        )
        begun?.append(frame.reference)
        if holds.remove(frame.reference) != nil { return hold(frame) }
        if !sequence.conditionsHold || sequence.position > 0, let condition = step.condition {
            do throws(EvaluationError) {
                guard try condition.holds(environment(of: frame)) else {
                    skip(step, in: id)
                    return
                }
            } catch {
                return failCondition(frames.insert(.step(frame)), problem(error))
            }
        }
        let stepID = frames.insert(.step(frame))
        active[frame.reference] = stepID
        if let timeout = step.timeout {
            let deadline = now + timeout
            updateStep(stepID) { $0.deadline = deadline }
            actions.append(
                .setTimer(
                    TimerReference(purpose: .stepTimeout, step: frame.reference),
                    at: deadline,
                )
            )
        }
        perform(step: stepID)
    }

    private mutating func skip(_ step: Step, in id: Int) {
        guard case .sequence(let sequence)? = frames[id] else { return }
        record(step.id, .null, in: sequence.scope)
        moveOn(id, output: .null)
    }

    mutating func moveOn(_ id: Int, output: JSONValue) {
        updateSequence(id) { sequence in
            sequence.output = output
            sequence.position += 1
        }
        work.append(.advance(id))
    }

    /// A frame ended: tells the one around it.
    private mutating func complete(_ id: Int, _ completion: Completion) {
        switch frames[id] {
        case .step(let step): completeStep(id, step, completion)
        case .sequence(let sequence): completeSequence(id, sequence, completion)
        case .some(.none), nil: return
        }
    }

    private mutating func completeStep(_ id: Int, _ step: StepFrame, _ completion: Completion) {
        frames.remove(id)
        if active[step.reference] == id { active[step.reference] = nil }
        switch completion {
        case .finished(let output): moveOn(step.parent, output: output)
        case .failed, .breakLoop, .nextItem: work.append(.complete(step.parent, completion))
        }
    }

    private mutating func completeSequence(
        _ id: Int,
        _ sequence: SequenceFrame,
        _ completion: Completion,
    ) {
        frames.remove(id)
        guard let parent = sequence.parent else {
            dropScope(of: sequence)
            return endWorkflow(completion)
        }
        switch step(parent).activity {
        case .loop: return endIteration(of: parent, sequence, completion)
        case .parallel: return endBranch(of: parent, sequence, completion)
        case .handling(let problem, _):
            dropScope(of: sequence)
            return endHandling(parent, problem, completion)
        default: break
        }
        dropScope(of: sequence)
        switch completion {
        case .finished(let output): succeed(parent, output)
        case .failed(let problem): fail(parent, problem)
        case .breakLoop, .nextItem:
            cancelDeadline(parent)
            work.append(.complete(parent, completion))
        }
    }

    mutating func dropScope(of sequence: SequenceFrame) {
        guard sequence.ownsScope, let scope = scopes.remove(sequence.scope) else { return }
        stateBytes -= scope.bytes
    }

    /// The workflow's own steps ended, or its own handler did.
    private mutating func endWorkflow(_ completion: Completion) {
        switch completion {
        case .finished(let output):
            finish(handledCount > 0 ? .handled : .succeeded, output: output, problem: nil)
        case .failed(var problem):
            if let first = workflowProblem { problem.append(cause: first) }
            guard !isInWorkflowHandler, let handler = definition.onError else {
                return finish(.failed, output: .null, problem: problem)
            }
            handleInWorkflow(problem, handler)
        case .breakLoop, .nextItem:
            finish(handledCount > 0 ? .handled : .succeeded, output: .null, problem: nil)
        }
    }

    private mutating func handleInWorkflow(_ problem: Problem, _ handler: ErrorHandler) {
        isInWorkflowHandler = true
        guard case .branch(let entries) = handler else {
            handledCount += 1
            return finish(.handled, output: .null, problem: nil)
        }
        let scope = rootScope()
        var sequence = SequenceFrame(parent: nil, steps: [], scope: scope)
        sequence.surroundings.error = problem
        do throws(EvaluationError) {
            sequence.steps = try chosen(from: entries, sequence)
        } catch {
            var replaced = self.problem(error)
            replaced.append(cause: problem)
            return finish(.failed, output: .null, problem: replaced)
        }
        guard !sequence.steps.isEmpty else {
            return finish(.failed, output: .null, problem: problem)
        }
        sequence.conditionsHold = true
        workflowProblem = problem
        handledCount += 1
        work.append(.advance(frames.insert(.sequence(sequence))))
    }

    /// The scope of the workflow's own steps: the first that was made, never dropped before the end.
    private mutating func rootScope() -> Int {
        scopes.ids.first ?? scopes.insert(Scope())
    }

    /// The entries of an error branch that run: the first whose condition holds, with those after
    /// it that have none.
    func chosen(
        from entries: [Step],
        _ sequence: SequenceFrame,
    ) throws(EvaluationError) -> [Step] {
        for (index, entry) in entries.enumerated() {
            if let condition = entry.condition {
                let frame = StepFrame(
                    parent: 0,
                    step: entry,
                    scope: sequence.scope,
                    surroundings: sequence.surroundings,
                    firstStartedAt: now,
                )
                guard try condition.holds(environment(of: frame)) else { continue }
            }
            return [entry] + entries[(index + 1)...].filter { $0.condition == nil }
        }
        return []
    }
}

extension Problem {
    /// Puts a problem at the end of the causes.
    mutating func append(cause: Problem) {
        guard var next = self.cause else {
            self.cause = cause
            return
        }
        next.append(cause: cause)
        self.cause = next
    }
}
