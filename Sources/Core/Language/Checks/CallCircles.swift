import Definitions
import Model

/// Workflows that call themselves, through others or not.
enum CallCircles {
    /// One finding for each workflow of a circle, at its first call in it.
    static func find(_ workflows: [WorkflowDefinition]) -> [Finding] {
        var calls: [String: [(name: String, place: SourcePlace)]] = [:]
        for workflow in workflows { calls[workflow.name, default: []] += Self.calls(workflow) }
        return workflows.compactMap { workflow in
            for call in calls[workflow.name] ?? [] {
                guard let way = way(from: call.name, to: workflow.name, calls) else { continue }
                let text = ([workflow.name] + way).joined(separator: " -> ")
                return FindingCode.callCircle.finding("a circle of calls: \(text)", at: call.place)
            }
            return nil
        }
    }

    private static func calls(
        _ workflow: WorkflowDefinition
    ) -> [(name: String, place: SourcePlace)] {
        var steps = WorkflowChecks.flattened(workflow.steps)
        if case .branch(let branch)? = workflow.onError {
            steps += WorkflowChecks.flattened(branch)
        }
        return steps.compactMap { step in
            guard case .call(let name, _, _) = step.kind else { return nil }
            return (name, step.place)
        }
    }

    /// The names from one to the other, both included, by the fewest calls.
    private static func way(
        from start: String,
        to end: String,
        _ calls: [String: [(name: String, place: SourcePlace)]],
    ) -> [String]? {
        var known: Set<String> = [start]
        var ways = [[start]]
        while !ways.isEmpty {
            let way = ways.removeFirst()
            guard let last = way.last, last != end else { return way }
            for next in calls[last] ?? [] where known.insert(next.name).inserted {
                ways.append(way + [next.name])
            }
        }
        return nil
    }
}
