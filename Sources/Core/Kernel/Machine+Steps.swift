import Definitions
import Expressions
import Model

extension Machine {
    /// Begins a step, or begins it again for its next attempt.
    mutating func perform(step id: Int) {
        let frame = step(id)
        do throws(EvaluationError) {
            try begin(id, frame)
        } catch {
            fail(id, problem(error))
        }
    }

    private mutating func begin(_ id: Int, _ frame: StepFrame) throws(EvaluationError) {
        switch frame.step.kind {
        case .run(let connector, let operation, let auth, let input):
            try beginAttempt(id, frame, connector, operation, auth, input)
        case .set(let template): succeed(id, try template.evaluate(environment(of: frame)))
        case .reply(let status, let headers, let body):
            try give(id, frame, status, headers, body)
        case .branch(let condition, let then, let otherwise):
            let holds = try condition.holds(environment(of: frame))
            beginBody(id, holds ? then : otherwise)
        case .choose(let subject, let cases, let otherwise):
            let environment = environment(of: frame)
            let value = try subject.evaluate(environment)
            for option in cases where try option.value.evaluate(environment) == value {
                return beginBody(id, option.steps)
            }
            beginBody(id, otherwise ?? [])
        case .group(let steps): beginBody(id, steps)
        case .forEach(let items, _, let steps): try beginLoop(id, frame, items, steps)
        case .parallel(let branches): beginParallel(id, frame, branches)
        case .wait(let duration, let until): try beginWait(id, frame, duration, until)
        case .raise(let raise): fail(id, try raised(raise, environment(of: frame)))
        case .call(let workflow, let input, let waits):
            let request = ChildRequest(
                step: frame.reference,
                workflow: workflow,
                input: try input.evaluate(environment(of: frame)),
                waits: waits,
                occurrence: frame.occurrence,
                round: round,
            )
            updateStep(id) { $0.activity = .child(request) }
            actions.append(.startChild(request))
        case .stop(let fails, let output):
            let value = try output?.evaluate(environment(of: frame)) ?? .null
            var error = frame.surroundings.error
            if fails, error == nil {
                var problem = Problem(.raised, detail: "the workflow stopped as failed")
                fill(&problem, frame)
                error = problem
            }
            stop(fails: fails, output: value, error: error)
        }
    }

    private mutating func beginAttempt(
        _ id: Int,
        _ frame: StepFrame,
        _ connector: String,
        _ operation: String,
        _ auth: String?,
        _ input: Template,
    ) throws(EvaluationError) {
        guard attemptsMade < limits.attemptsPerExecution else {
            var problem = Problem(
                .limit,
                detail: "the execution made \(attemptsMade) attempts, which is the limit",
                code: "B2303",
            )
            problem.retry.kind = .terminal
            return fail(id, problem)
        }
        let value = try input.evaluate(environment(of: frame))
        attemptsMade += 1
        let policy = frame.step.retry ?? .standard
        let request = AttemptRequest(
            step: frame.reference,
            stepID: frame.step.id,
            path: frame.step.path,
            attempt: frame.attempt,
            maxAttempts: policy.times + 1,
            connector: connector,
            operation: operation,
            auth: auth,
            input: value,
            timeout: policy.attemptTimeout,
            occurrence: frame.occurrence,
        )
        updateStep(id) { $0.activity = .attempt(frame.attempt, request) }
        actions.append(.runAttempt(request))
    }

    mutating func beginBody(_ id: Int, _ steps: [Step]) {
        let frame = step(id)
        var sequence = SequenceFrame(parent: id, steps: steps, scope: frame.scope)
        sequence.surroundings = frame.surroundings
        let body = frames.insert(.sequence(sequence))
        updateStep(id) { $0.activity = .body(body) }
        work.append(.advance(body))
    }

    private mutating func give(
        _ id: Int,
        _ frame: StepFrame,
        _ status: Template,
        _ headers: Template?,
        _ body: Template?,
    ) throws(EvaluationError) {
        guard reply == nil else {
            return fail(
                id,
                Problem(.runtime, detail: "the caller was answered already", code: "B2302"),
            )
        }
        let environment = environment(of: frame)
        let value = try status.evaluate(environment)
        guard let code = value.integerValue, (200...599).contains(code) else {
            return fail(
                id,
                Problem(
                    .validation,
                    detail: "a reply's status is a number from 200 to 599, not "
                        + JSONWriter.string(value),
                    code: "B2304",
                ),
            )
        }
        var fields: [String: String] = [:]
        for entry in try headers?.evaluate(environment).objectValue ?? JSONObject() {
            fields[entry.key] = entry.value.stringValue ?? JSONWriter.string(entry.value)
        }
        let words = Reply(
            status: Int(code),
            headers: fields,
            body: try body?.evaluate(environment),
        )
        reply = words
        actions.append(.reply(words))
        succeed(id, words.body ?? .null)
    }

    private mutating func beginWait(
        _ id: Int,
        _ frame: StepFrame,
        _ duration: Template?,
        _ until: Template?,
    ) throws(EvaluationError) {
        let environment = environment(of: frame)
        var deadline: Timestamp?
        if let duration {
            let value = try duration.evaluate(environment)
            if let text = value.stringValue {
                deadline = TimeSpan(text).map { now + $0 }
            } else if let seconds = value.doubleValue, seconds >= 0, seconds < 3.2e8 {
                deadline = now + TimeSpan(milliseconds: Int64(seconds * 1000))
            }
        } else if let value = try until?.evaluate(environment) {
            deadline = value.stringValue.flatMap(Timestamp.init)
        }
        guard let deadline else {
            return fail(
                id,
                Problem(
                    .validation,
                    detail: "a wait needs a duration such as 5m, a number of seconds,"
                        + " or an RFC 3339 time",
                    code: "B2305",
                ),
            )
        }
        guard deadline > now else { return succeed(id, .null) }
        updateStep(id) { $0.activity = .wait(until: deadline) }
        actions.append(
            .setTimer(TimerReference(purpose: .wait, step: frame.reference), at: deadline)
        )
    }

    /// `stop`: the execution ends here.
    mutating func stop(fails: Bool, output: JSONValue, error: Problem?) {
        guard fails else {
            return finish(
                handledCount > 0 || error != nil ? .handled : .succeeded,
                output: output,
                problem: nil,
            )
        }
        let problem = error ?? Problem(.raised, detail: "the workflow stopped as failed")
        finish(.failed, output: output, problem: problem)
    }
}
