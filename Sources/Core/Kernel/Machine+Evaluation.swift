import Definitions
import Expressions
import Model

extension Machine {
    /// What the expressions of a step see.
    func environment(of frame: StepFrame) -> Environment {
        var environment = base
        environment.now = now
        if let scope = scopes[frame.scope] {
            environment[.steps] = scope.steps
            environment[.errors] = scope.errors
        }
        if let error = frame.surroundings.error { environment[.error] = error.json }
        if let item = frame.surroundings.item { environment[.item] = item }
        if let index = frame.surroundings.index { environment[.index] = .integer(Int64(index)) }
        environment[.attempt] = .integer(Int64(frame.attempt))
        return environment
    }

    /// A mistake in an expression as a problem like any other.
    func problem(_ error: EvaluationError) -> Problem {
        var problem = Problem(.expression, detail: error.message, code: error.code.rawValue)
        var data = JSONObject()
        data["expression"] = .string(error.source)
        data["position"] = .integer(Int64(error.offset))
        if !error.pointer.isEmpty { data["pointer"] = .string(error.pointer) }
        problem.data = .object(data)
        return problem
    }

    func raised(
        _ raise: RaiseStep,
        _ environment: Environment,
    ) throws(EvaluationError) -> Problem {
        var problem = Problem(raise.type)
        problem.origin = .workflow
        problem.retry = RetryAdvice(kind: .terminal)
        func text(_ template: Template?) throws(EvaluationError) -> String? {
            guard let value = try template?.evaluate(environment), !value.isNull else { return nil }
            return value.stringValue ?? JSONWriter.string(value)
        }
        problem.title = try text(raise.title) ?? problem.title
        problem.detail = try text(raise.detail)
        if let status = try raise.status?.evaluate(environment).integerValue,
            (400...599).contains(status)
        {
            problem.status = Int(status)
        }
        problem.audience.client = try text(raise.client) ?? problem.audience.client
        problem.audience.support = try text(raise.support) ?? problem.audience.support
        problem.actor = raise.actor ?? problem.actor
        problem.action = raise.action ?? problem.action
        problem.data = try raise.data?.evaluate(environment)
        return problem
    }

    // MARK: After a rebuild

    /// The actions that are still unanswered: what an engine performs after it rebuilt a machine.
    /// Attempts come with the same attempt number and occurrence as before.
    package var outstanding: [Action] {
        var actions: [Action] = []
        if let executionTimer {
            actions.append(
                .setTimer(TimerReference(purpose: .executionTimeout), at: executionTimer)
            )
        }
        for id in frames.ids {
            guard case .step(let frame)? = frames[id] else { continue }
            if let deadline = frame.deadline {
                actions.append(
                    .setTimer(
                        TimerReference(purpose: .stepTimeout, step: frame.reference),
                        at: deadline,
                    )
                )
            }
            switch frame.activity {
            case .attempt(_, let request): actions.append(.runAttempt(request))
            case .child(let request): actions.append(.startChild(request))
            case .wait(let until):
                actions.append(
                    .setTimer(TimerReference(purpose: .wait, step: frame.reference), at: until)
                )
            case .retryDelay(let until):
                actions.append(
                    .setTimer(TimerReference(purpose: .retry, step: frame.reference), at: until)
                )
            case .idle, .held, .body, .loop, .parallel, .handling: continue
            }
        }
        return actions
    }
}
