import Definitions
import Model

extension Machine {
    /// Applies what counts of a journal; gives the actions of its last entry.
    @discardableResult
    package mutating func replay(_ timeline: Timeline) -> [Action] {
        let holds = timeline.holds
        var actions: [Action] = []
        for entry in timeline.entries {
            actions = apply(entry.event, holding: holds[entry.sequence] ?? [])
        }
        return actions
    }

    mutating func apply(_ event: Event, holding steps: Set<StepReference>) -> [Action] {
        holds = steps
        defer { holds = [] }
        return apply(event)
    }

    mutating func hold(_ frame: StepFrame) {
        var frame = frame
        frame.activity = .held
        active[frame.reference] = frames.insert(.step(frame))
    }

    func isHeld(_ step: StepReference) -> Bool {
        guard let id = active[step], case .held = self.step(id).activity else { return false }
        return true
    }

    /// Limits and time-outs count anew; the step that was held begins.
    mutating func resume(_ resumption: Resumption) {
        guard !frames.isEmpty else { return }
        round = resumption.number
        attemptsMade = 0
        restartTimers()
        guard let step = resumption.step, isHeld(step), let id = active.removeValue(forKey: step),
            case .step(let frame)? = frames.remove(id)
        else { return }
        work.append(.advance(frame.parent))
    }

    private mutating func restartTimers() {
        let deadline = now + (definition.timeout ?? limits.executionTimeout)
        executionTimer = deadline
        actions.append(.setTimer(TimerReference(purpose: .executionTimeout), at: deadline))
        for id in frames.ids {
            guard case .step(let frame)? = frames[id] else { continue }
            let (now, round) = (now, round)
            updateStep(id) { step in
                step.firstStartedAt = now
                // The end may have cancelled it: then another child is wanted.
                guard case .child(var request) = step.activity else { return }
                request.round = round
                step.activity = .child(request)
            }
            guard frame.deadline != nil, let timeout = frame.step.timeout else { continue }
            updateStep(id) { $0.deadline = now + timeout }
            actions.append(
                .setTimer(
                    TimerReference(purpose: .stepTimeout, step: frame.reference),
                    at: now + timeout,
                )
            )
        }
    }

    /// Whether something waits for the event. Never true for what ends an execution from outside.
    func awaits(_ event: Event) -> Bool {
        guard outcome == nil else { return false }
        switch event {
        case .started: return frames.isEmpty
        case .attemptSucceeded(let step, let number, _, _, _),
            .attemptFailed(let step, let number, _, _, _):
            guard case .attempt(number, _)? = activity(of: step) else { return false }
            return true
        case .timerFired(let timer, _): return awaits(timer)
        case .childStarted(let step, _, _), .childSucceeded(let step, _, _, _),
            .childFailed(let step, _, _, _):
            guard case .child? = activity(of: step) else { return false }
            return true
        case .cancelRequested, .aborted: return false
        case .resumed(let resumption): return resumption.step.map(isHeld) ?? true
        }
    }

    private func awaits(_ timer: TimerReference) -> Bool {
        guard let step = timer.step, let id = active[step] else { return false }
        switch (timer.purpose, self.step(id).activity) {
        case (.retry, .retryDelay), (.wait, .wait): return true
        case (.stepTimeout, _): return self.step(id).deadline != nil
        default: return false
        }
    }

    private func activity(of step: StepReference) -> Activity? {
        active[step].map { self.step($0).activity }
    }
}
