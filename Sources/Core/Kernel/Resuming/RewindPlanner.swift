import Definitions
import Model

/// Finds out what of a journal counts when an execution goes on from one of its steps.
struct RewindPlanner {
    let timeline: Timeline
    let outline: Outline
    /// New: nothing was applied to it.
    let machine: Machine

    func plan(_ start: Rewind.Start) throws(ReplayRefusal) -> Rewind {
        switch start {
        case .failedStep: return try planFailed()
        case .step(let name): return try plan(from: try reference(name))
        }
    }

    // MARK: The failed step

    private func planFailed() throws(ReplayRefusal) -> Rewind {
        var ended = machine
        ended.replay(timeline)
        guard let outcome = ended.outcome, let last = timeline.entries.last else {
            throw ReplayFault.noFailedStep.refusal("the execution has not ended")
        }
        switch last.event {
        case .cancelRequested, .aborted,
            .timerFired(TimerReference(purpose: .executionTimeout), _):
            return try takeBackEnd(last)
        default: break
        }
        guard let problem = outcome.problem else {
            throw ReplayFault.noFailedStep.refusal("the execution ended well")
        }
        guard let step = failedStep(problem) else {
            throw ReplayFault.noFailedStep.refusal(
                "the problem names no step; replay from a step that you name"
            )
        }
        return try plan(from: step)
    }

    /// All that was in flight at the end goes on.
    private func takeBackEnd(_ last: Timeline.Entry) throws(ReplayRefusal) -> Rewind {
        let kept = Array(timeline.entries.dropLast())
        guard !kept.isEmpty else {
            throw ReplayFault.noFailedStep.refusal("it never began; replay it from the beginning")
        }
        return Rewind(
            step: nil,
            occurrence: nil,
            stepID: nil,
            since: nil,
            kept: kept,
            dropped: [last.sequence...last.sequence],
            round: timeline.lastRound + 1,
            nodesBefore: nodes(begunIn: kept),
        )
    }

    /// The step outside all error branches that the problem, or one of its causes, came from.
    private func failedStep(_ problem: Problem) -> StepReference? {
        let own = machine.context.id.description
        var next: Problem? = problem
        while let problem = next {
            next = problem.cause
            // Causes of called workflows name their own execution, and steps of their own.
            if let id = problem.ids["execution"]?.stringValue, id != own { continue }
            guard let path = problem.path, let node = outline.node(path: path),
                let step = outline.handled(node)
            else { continue }
            let loops = outline.entries[step]?.loops ?? 0
            return StepReference(node: step, iterations: Array(problem.iterations.prefix(loops)))
        }
        return nil
    }

    // MARK: A step by its name

    private func reference(_ name: String) throws(ReplayRefusal) -> StepReference {
        let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let node = outline.node(named: String(parts[0])), let entry = outline.entries[node]
        else {
            throw ReplayFault.unknownStep.refusal(
                "the definition that it ran on has no step with the id or path \(parts[0])"
            )
        }
        guard outline.handled(node) == node else {
            throw ReplayFault.insideHandler.refusal(
                "\(name) is part of an error branch; begin with the step that it belongs to"
            )
        }
        let items = parts.count > 1 ? parts[1].split(separator: ".").map { Int($0) } : []
        let iterations = items.compactMap { $0 }
        guard iterations.count == items.count, iterations.count == entry.loops else {
            throw ReplayFault.whichItem.refusal(
                entry.loops == 0
                    ? "\(parts[0]) is in no loop; leave out what follows the @"
                    : "\(parts[0]) is inside \(entry.loops) for_each: say which item, as in"
                        + " \(parts[0])@0, counted from 0"
            )
        }
        return StepReference(node: node, iterations: iterations)
    }

    // MARK: What counts

    private func plan(from step: StepReference) throws(ReplayRefusal) -> Rewind {
        let position = turn(of: step)
        guard let position, let entry = outline.entries[step.node] else {
            throw ReplayFault.neverBegan.refusal("the step's turn never came in that execution")
        }
        let since = timeline.entries[position].sequence
        var holds = timeline.holds
        holds[since, default: []].insert(step)
        var rebuilt = machine
        rebuilt.begun = []
        var kept: [Timeline.Entry] = []
        for (index, entry) in timeline.entries.enumerated() {
            if index > position {
                guard isBeside(entry.event, step), rebuilt.awaits(entry.event) else { continue }
            }
            _ = rebuilt.apply(entry.event, holding: holds[entry.sequence] ?? [])
            kept.append(entry)
        }
        guard rebuilt.isHeld(step) else {
            throw ReplayFault.neverBegan.refusal("the step's turn never came in that execution")
        }
        var items = step.iterations.map(String.init).joined(separator: ".")
        if !items.isEmpty { items = "@" + items }
        return Rewind(
            step: step,
            occurrence: entry.step.path + items,
            stepID: entry.step.id,
            since: since,
            kept: kept,
            dropped: gaps(kept),
            round: timeline.lastRound + 1,
            nodesBefore: Set((rebuilt.begun ?? []).map(\.node)).subtracting([step.node]),
        )
    }

    /// The last entry in which the step's turn came.
    private func turn(of step: StepReference) -> Int? {
        var ended = machine
        ended.begun = []
        let holds = timeline.holds
        var found: Int?
        for (index, entry) in timeline.entries.enumerated() {
            _ = ended.apply(entry.event, holding: holds[entry.sequence] ?? [])
            if ended.begun?.contains(step) == true { found = index }
            ended.begun = []
        }
        return found
    }

    /// Whether an event is neither of the step, nor of what is in it or around it.
    private func isBeside(_ event: Event, _ step: StepReference) -> Bool {
        guard let other = event.step else { return true }
        if outline.isInside(other.node, step.node), other.iterations.starts(with: step.iterations) {
            return false
        }
        return
            !(outline.isInside(step.node, other.node)
            && step.iterations.starts(with: other.iterations))
    }

    private func nodes(begunIn entries: [Timeline.Entry]) -> Set<Int> {
        var rebuilt = machine
        rebuilt.begun = []
        let holds = timeline.holds
        for entry in entries {
            _ = rebuilt.apply(entry.event, holding: holds[entry.sequence] ?? [])
        }
        return Set((rebuilt.begun ?? []).map(\.node))
    }

    /// The sequences of the journal that are not kept and still counted.
    private func gaps(_ kept: [Timeline.Entry]) -> [ClosedRange<Int>] {
        let kept = Set(kept.map(\.sequence))
        var ranges: [ClosedRange<Int>] = []
        for entry in timeline.entries where !kept.contains(entry.sequence) {
            if let last = ranges.last, last.upperBound + 1 == entry.sequence {
                ranges[ranges.count - 1] = last.lowerBound...entry.sequence
            } else {
                ranges.append(entry.sequence...entry.sequence)
            }
        }
        return ranges
    }
}

extension Event {
    /// What it is about; nil for what is about the execution as a whole.
    var step: StepReference? {
        switch self {
        case .attemptSucceeded(let step, _, _, _, _), .attemptFailed(let step, _, _, _, _),
            .childStarted(let step, _, _), .childSucceeded(let step, _, _, _),
            .childFailed(let step, _, _, _):
            step
        case .timerFired(let timer, _): timer.step
        case .resumed(let resumption): resumption.step
        case .started, .cancelRequested, .aborted: nil
        }
    }
}
