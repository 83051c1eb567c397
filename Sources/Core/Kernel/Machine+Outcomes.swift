import Definitions
import Expressions
import Model

extension Machine {
    // MARK: A step ends well

    mutating func succeed(_ id: Int, _ output: JSONValue) {
        cancelDeadline(id)
        let frame = step(id)
        updateStep(id) { $0.activity = .idle }
        if let problem = record(frame.step.id, output, in: frame.scope) {
            return propagate(id, problem)
        }
        follow(id, frame.step.then ?? .proceed, output)
    }

    /// What `then` says.
    private mutating func follow(_ id: Int, _ directive: ThenDirective, _ output: JSONValue) {
        let frame = step(id)
        switch directive {
        case .proceed: work.append(.complete(id, .finished(output)))
        case .stop: stop(fails: false, output: output, error: frame.surroundings.error)
        case .fail: stop(fails: true, output: output, error: frame.surroundings.error)
        case .breakLoop: work.append(.complete(id, .breakLoop))
        case .nextItem: work.append(.complete(id, .nextItem))
        case .raise(let raise):
            do throws(EvaluationError) {
                var problem = try raised(raise, environment(of: frame))
                fill(&problem, frame)
                if let error = frame.surroundings.error { problem.append(cause: error) }
                finish(.failed, output: output, problem: problem)
            } catch {
                var problem = self.problem(error)
                fill(&problem, frame)
                if let error = frame.surroundings.error { problem.append(cause: error) }
                finish(.failed, output: output, problem: problem)
            }
        }
    }

    // MARK: A step fails

    /// Rule 1, then rule 2.
    mutating func fail(_ id: Int, _ given: Problem) {
        let frame = step(id)
        var problem = given
        fill(&problem, frame)
        updateStep(id) { $0.activity = .idle }
        if let at = retryTime(frame, &problem) {
            updateStep(id) {
                $0.attempt += 1
                $0.activity = .retryDelay(until: at)
            }
            actions.append(
                .setTimer(TimerReference(purpose: .retry, step: frame.reference), at: at)
            )
            return
        }
        cancelDeadline(id)
        handle(id, problem)
    }

    /// Its `if` cannot be evaluated: nothing was tried, so nothing is tried again.
    mutating func failCondition(_ id: Int, _ given: Problem) {
        var problem = given
        fill(&problem, step(id))
        handle(id, problem)
    }

    /// The step's own timeout: what is inside is called off, and nothing is tried again.
    mutating func timedOut(_ id: Int) {
        let frame = step(id)
        if case .handling(let first, let branch) = frame.activity {
            remove(branch)
            var problem = timeout(frame)
            problem.append(cause: first)
            updateStep(id) { $0.activity = .idle }
            return propagate(id, problem)
        }
        callOffActivity(frame)
        updateStep(id) { $0.activity = .idle }
        handle(id, timeout(frame))
    }

    private func timeout(_ frame: StepFrame) -> Problem {
        let limit = frame.step.timeout ?? TimeSpan(milliseconds: 0)
        var problem = Problem(
            .timeout,
            detail: "the step took longer than \(limit)",
            code: "B2306",
        )
        fill(&problem, frame)
        return problem
    }

    /// Rule 2: `on_error` applies once.
    private mutating func handle(_ id: Int, _ problem: Problem) {
        let frame = step(id)
        guard let handler = frame.step.onError else { return propagate(id, problem) }
        switch handler {
        case .proceed:
            note(problem, frame)
            record(frame.step.id, .null, in: frame.scope)
            work.append(.complete(id, .finished(.null)))
        case .breakLoop, .nextItem:
            guard frame.surroundings.isInLoop else { return propagate(id, problem) }
            note(problem, frame)
            if case .breakLoop = handler {
                work.append(.complete(id, .breakLoop))
            } else {
                work.append(.complete(id, .nextItem))
            }
        case .branch(let entries): beginHandling(id, frame, entries, problem)
        }
    }

    private mutating func beginHandling(
        _ id: Int,
        _ frame: StepFrame,
        _ entries: [Step],
        _ problem: Problem,
    ) {
        var sequence = SequenceFrame(parent: id, steps: [], scope: frame.scope)
        sequence.surroundings = frame.surroundings
        sequence.surroundings.error = problem
        do throws(EvaluationError) {
            sequence.steps = try chosen(from: entries, sequence)
        } catch {
            var replaced = self.problem(error)
            fill(&replaced, frame)
            replaced.append(cause: problem)
            return propagate(id, replaced)
        }
        guard !sequence.steps.isEmpty else { return propagate(id, problem) }
        sequence.conditionsHold = true
        note(problem, frame)
        let branch = frames.insert(.sequence(sequence))
        updateStep(id) { $0.activity = .handling(problem, branch) }
        work.append(.advance(branch))
    }

    /// An error branch ended. Rule 6: a problem inside it replaces the first, which is its cause.
    mutating func endHandling(_ id: Int, _ problem: Problem, _ completion: Completion) {
        let frame = step(id)
        updateStep(id) { $0.activity = .idle }
        switch completion {
        case .finished(let output):
            record(frame.step.id, output, in: frame.scope)
            work.append(.complete(id, .finished(output)))
        case .failed(var replaced):
            handledCount -= 1
            replaced.append(cause: problem)
            propagate(id, replaced)
        case .breakLoop, .nextItem:
            work.append(.complete(id, completion))
        }
    }

    private mutating func propagate(_ id: Int, _ problem: Problem) {
        work.append(.complete(id, .failed(problem)))
    }

    /// The problem was taken care of: it stays readable at `$errors`.
    private mutating func note(_ problem: Problem, _ frame: StepFrame) {
        handledCount += 1
        guard let id = frame.step.id else { return }
        let json = problem.json
        scopes.update(frame.scope) { scope in
            scope.errors.setMember(id, json)
            scope.written.append(id)
        }
    }

    /// Keeps an output; a problem when all outputs together are too large.
    @discardableResult
    mutating func record(_ id: String?, _ output: JSONValue, in scopeID: Int) -> Problem? {
        guard let id else { return nil }
        let bytes = JSONWriter.encodedSize(output)
        stateBytes += bytes
        scopes.update(scopeID) { scope in
            scope.steps.setMember(id, output)
            scope.written.append(id)
            scope.bytes += bytes
        }
        guard stateBytes > Self.stateLimit else { return nil }
        return Problem(
            .limit,
            detail: "the outputs of all steps have more than \(Self.stateLimit) bytes",
            code: "B2307",
        )
    }

    /// Tells where a problem arose; what is known already stays.
    func fill(_ problem: inout Problem, _ frame: StepFrame) {
        if problem.path == nil {
            problem.path = frame.step.path
            problem.iterations = frame.surroundings.iterations
            problem.step = frame.step.id
            if case .run(let connector, let operation, _, _) = frame.step.kind {
                problem.connector = problem.connector ?? connector
                problem.operation = problem.operation ?? operation
                problem.attempt = frame.attempt
                problem.maxAttempts = (frame.step.retry ?? .standard).times + 1
            }
        }
        problem.occurredAt = problem.occurredAt ?? now
        problem = wording.said(problem, to: languages)
    }

    // MARK: Calling off

    mutating func cancelDeadline(_ id: Int) {
        let frame = step(id)
        guard frame.deadline != nil else { return }
        updateStep(id) { $0.deadline = nil }
        actions.append(
            .cancelTimer(TimerReference(purpose: .stepTimeout, step: frame.reference))
        )
    }

    /// Says that what a frame waits for is no longer wanted.
    mutating func callOff(_ id: Int) {
        guard case .step(let frame)? = frames[id] else { return }
        if frame.deadline != nil {
            actions.append(
                .cancelTimer(TimerReference(purpose: .stepTimeout, step: frame.reference))
            )
        }
        switch frame.activity {
        case .attempt: actions.append(.cancelAttempt(frame.reference))
        case .child: actions.append(.cancelChild(frame.reference))
        case .wait:
            actions.append(.cancelTimer(TimerReference(purpose: .wait, step: frame.reference)))
        case .retryDelay:
            actions.append(.cancelTimer(TimerReference(purpose: .retry, step: frame.reference)))
        case .idle, .held, .body, .loop, .parallel, .handling: return
        }
    }

    /// Calls off what a step does, with everything inside it; the step itself stays.
    mutating func callOffActivity(_ frame: StepFrame) {
        switch frame.activity {
        case .body(let body), .handling(_, let body): remove(body)
        case .loop(let loop):
            for (_, body) in loop.running.sorted(by: { $0.key < $1.key }) { remove(body) }
        case .parallel(let parallel):
            for (_, body) in parallel.running.sorted(by: { $0.key < $1.key }) { remove(body) }
        case .attempt: actions.append(.cancelAttempt(frame.reference))
        case .child: actions.append(.cancelChild(frame.reference))
        case .wait:
            actions.append(.cancelTimer(TimerReference(purpose: .wait, step: frame.reference)))
        case .retryDelay:
            actions.append(.cancelTimer(TimerReference(purpose: .retry, step: frame.reference)))
        case .idle, .held: return
        }
    }

    /// Slots are reused: what was still to be done for a removed frame must not reach the next one.
    private mutating func forgetWork(_ id: Int) {
        work.removeAll { item in
            switch item {
            case .advance(let other), .complete(let other, _): other == id
            }
        }
    }

    /// Removes a sequence with everything inside it, and calls off what that waits for.
    mutating func remove(_ sequenceID: Int) {
        var sequences = [sequenceID]
        while let id = sequences.popLast() {
            guard case .sequence(let sequence)? = frames.remove(id) else { continue }
            forgetWork(id)
            dropScope(of: sequence)
            for stepID in frames.ids {
                guard case .step(let frame)? = frames[stepID], frame.parent == id else { continue }
                callOff(stepID)
                frames.remove(stepID)
                forgetWork(stepID)
                if active[frame.reference] == stepID { active[frame.reference] = nil }
                switch frame.activity {
                case .body(let body), .handling(_, let body): sequences.append(body)
                case .loop(let loop):
                    sequences += loop.running.sorted { $0.key > $1.key }.map(\.value)
                case .parallel(let parallel):
                    sequences += parallel.running.sorted { $0.key > $1.key }.map(\.value)
                default: break
                }
            }
        }
    }
}

extension JSONValue {
    /// Sets a member of an object in place.
    mutating func setMember(_ key: String, _ value: JSONValue) {
        guard case .object(var object) = self else { return }
        self = .null
        object[key] = value
        self = .object(object)
    }
}
