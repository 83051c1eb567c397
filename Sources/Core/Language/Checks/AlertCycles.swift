import Definitions
import Model

/// An alert workflow that starts a workflow whose failures it takes: a circle of alerts.
///
/// No circle can form at run time, as an alert workflow stands at most once in a chain of causes;
/// but such an alert goes past it to the next rung, which is worth knowing.
enum AlertCycles {
    static func find(_ solution: SolutionDefinition) -> [Finding] {
        guard let name = solution.alert,
            let alert = solution.workflows.first(where: { $0.name == name })
        else { return [] }
        return paths(from: alert, in: solution.workflows).map { path in
            FindingCode.alertCycle.finding(
                "\(path.joined(separator: " starts ")), whose failures alert \(name)",
                at: alert.place,
                suggestion: "let \(path[path.count - 1]) handle its problems itself",
                severity: .warning,
            )
        }
    }

    /// The shortest way along `call` steps to each workflow that is started without being waited
    /// for. One that is waited for fails through its caller, and alerts nobody by itself.
    private static func paths(
        from start: WorkflowDefinition,
        in workflows: [WorkflowDefinition],
    ) -> [[String]] {
        var found: [[String]] = []
        var seen: Set<String> = [start.name]
        var open: [([String], WorkflowDefinition)] = [([start.name], start)]
        while !open.isEmpty {
            let (path, workflow) = open.removeFirst()
            for (name, waits) in calls(workflow.steps, workflow.onError) {
                guard let next = workflows.first(where: { $0.name == name }) else { continue }
                if !waits, !found.contains(where: { $0.last == name }) {
                    found.append(path + [name])
                }
                if seen.insert(name).inserted { open.append((path + [name], next)) }
            }
        }
        return found
    }

    private static func calls(
        _ steps: [Step],
        _ handler: ErrorHandler?,
    ) -> [(workflow: String, waits: Bool)] {
        var result: [(workflow: String, waits: Bool)] = []
        for step in steps {
            if case .call(let workflow, _, let waits) = step.kind {
                result.append((workflow, waits))
            }
            for children in step.children { result += calls(children, nil) }
            result += calls([], step.onError)
        }
        if case .branch(let branch)? = handler { result += calls(branch, nil) }
        return result
    }
}
