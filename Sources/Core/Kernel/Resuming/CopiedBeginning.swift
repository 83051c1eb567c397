import Definitions
import Model

/// The first entries of a replay that does not start at the beginning: what counts of its source's
/// journal, checked against the definition and the input that the replay has.
package enum CopiedBeginning {
    /// - Parameters:
    ///   - definition: What the replay runs on.
    ///   - context: Of the replay.
    package static func make(
        _ rewind: Rewind,
        of source: WorkflowDefinition,
        on definition: WorkflowDefinition,
        context: ExecutionContext,
        limits: LimitsDefinition,
        at: Timestamp,
        by: String,
    ) throws(ReplayRefusal) -> [Event] {
        let nodes = try nodes(rewind, of: source, on: definition)
        var sequences: [Int: Int] = [:]
        var events: [Event] = []
        for entry in rewind.kept {
            sequences[entry.sequence] = events.count
            events.append(entry.event.moved(nodes, sequences))
        }
        let end = Event.resumed(
            Resumption(
                at: at,
                by: by,
                number: rewind.round,
                step: rewind.step?.moved(nodes),
                since: rewind.since.flatMap { sequences[$0] },
            )
        )
        events.append(end)
        try check(events, definition, context, limits)
        return events
    }

    /// The copied entries on the new machine: each must be awaited there, and the start be reached.
    private static func check(
        _ events: [Event],
        _ definition: WorkflowDefinition,
        _ context: ExecutionContext,
        _ limits: LimitsDefinition,
    ) throws(ReplayRefusal) {
        let timeline = Timeline(events)
        let holds = timeline.holds
        var machine = Machine(definition: definition, context: context, limits: limits)
        for entry in timeline.entries {
            guard machine.awaits(entry.event) else {
                throw ReplayFault.otherCourse.refusal(
                    "with this input or definition, what was done before the start would not have"
                        + " been done; start at the beginning"
                )
            }
            _ = machine.apply(entry.event, holding: holds[entry.sequence] ?? [])
        }
    }

    /// The nodes of the source's steps in the new definition: at the same places.
    private static func nodes(
        _ rewind: Rewind,
        of source: WorkflowDefinition,
        on definition: WorkflowDefinition,
    ) throws(ReplayRefusal) -> [Int: Int] {
        let old = Outline(source)
        let new = Outline(definition)
        var nodes: [Int: Int] = [:]
        for (node, entry) in old.entries {
            nodes[node] = new.node(path: entry.step.path)
        }
        for node in rewind.nodesBefore.sorted() {
            guard let before = old.entries[node]?.step else { continue }
            guard let after = nodes[node].flatMap({ new.entries[$0]?.step }),
                StepShape(before) == StepShape(after)
            else {
                throw ReplayFault.stepsDiffer.refusal(
                    "\(before.id ?? before.path) ran before the start, and in the latest"
                        + " definition another step is at \(before.path)"
                )
            }
        }
        if let start = rewind.step, nodes[start.node] == nil {
            throw ReplayFault.stepsDiffer.refusal(
                "the latest definition has no step at \(rewind.occurrence ?? "the start")"
            )
        }
        return nodes
    }

    /// Whether a key made from a step's place means the same side effect in both definitions.
    package static func keepsKeys(
        _ source: WorkflowDefinition,
        _ definition: WorkflowDefinition,
    ) throws(ReplayRefusal) {
        let old = Outline(source)
        for entry in Outline(definition).entries.values.sorted(by: { $0.step.node < $1.step.node })
        {
            guard let effect = entry.step.effect,
                let before = old.node(path: entry.step.path).flatMap({ old.entries[$0]?.step }),
                let earlier = before.effect
            else { continue }
            guard effect == earlier, before.id == entry.step.id else {
                throw ReplayFault.keysMoved.refusal(
                    "at \(entry.step.path) there was \(before.id ?? earlier) and is"
                        + " \(entry.step.id ?? effect) now: ask for new keys"
                )
            }
        }
    }
}

extension Event {
    fileprivate func moved(_ nodes: [Int: Int], _ sequences: [Int: Int]) -> Event {
        switch self {
        case .started, .cancelRequested, .aborted: return self
        case .attemptSucceeded(let step, let attempt, let startedAt, let at, let output):
            return .attemptSucceeded(
                step.moved(nodes),
                attempt: attempt,
                startedAt: startedAt,
                at: at,
                output: output,
            )
        case .attemptFailed(let step, let attempt, let startedAt, let at, let problem):
            return .attemptFailed(
                step.moved(nodes),
                attempt: attempt,
                startedAt: startedAt,
                at: at,
                problem: problem,
            )
        case .timerFired(var timer, let at):
            timer.step = timer.step?.moved(nodes)
            return .timerFired(timer, at: at)
        case .childStarted(let step, let at, let id):
            return .childStarted(step.moved(nodes), at: at, id: id)
        case .childSucceeded(let step, let at, let id, let output):
            return .childSucceeded(step.moved(nodes), at: at, id: id, output: output)
        case .childFailed(let step, let at, let id, let problem):
            return .childFailed(step.moved(nodes), at: at, id: id, problem: problem)
        case .resumed(var resumption):
            resumption.step = resumption.step?.moved(nodes)
            resumption.since = resumption.since.flatMap { sequences[$0] }
            resumption.dropped = []
            return .resumed(resumption)
        }
    }
}

extension StepReference {
    /// A node without a place in the new definition becomes one that no step has.
    fileprivate func moved(_ nodes: [Int: Int]) -> StepReference {
        StepReference(node: nodes[node] ?? -1, iterations: iterations)
    }
}
