import Definitions
import Expressions
import Model

/// What only the whole project can tell: names that refer to others.
enum ProjectChecks {
    static func run(_ project: ProjectDefinition, catalog: ConnectorCatalog) -> [Finding] {
        var findings: [Finding] = []
        for solution in project.solutions {
            findings += duplicates(solution.workflows)
            findings += CallCircles.find(solution.workflows)
            findings += alert(
                solution.alert,
                among: solution.workflows,
                .instance,
                at: solution.alertPlace,
            )
            findings += AlertCycles.find(solution)
            for workflow in solution.workflows {
                var checks = WorkflowChecks(
                    workflow: workflow,
                    siblings: solution.workflows,
                    catalog: catalog,
                    slots: Set(solution.authSlots.map(\.name))
                        .union(project.account.authentications.keys),
                    services: Dictionary(
                        solution.authSlots.map { ($0.name, $0.service) },
                        uniquingKeysWith: { first, _ in first },
                    ),
                    config: Set(solution.configSlots.map(\.name))
                        .union(project.account.config.keys),
                )
                findings += checks.run()
            }
        }
        findings += duplicates(project.alerts)
        findings += CallCircles.find(project.alerts)
        findings += alert(
            project.account.alert,
            among: project.alerts,
            .account,
            at: project.account.alertPlace,
        )
        for workflow in project.alerts {
            var checks = WorkflowChecks(
                workflow: workflow,
                siblings: project.alerts,
                catalog: catalog,
                slots: Set(project.account.authentications.keys),
                services: [:],
                config: Set(project.account.config.keys),
            )
            findings += checks.run()
        }
        return findings
    }

    private static func duplicates(_ workflows: [WorkflowDefinition]) -> [Finding] {
        var seen: Set<String> = []
        return workflows.filter { !seen.insert($0.name).inserted }.map { workflow in
            FindingCode.duplicateWorkflow.finding(
                "there is another workflow \(workflow.name)",
                at: workflow.place,
            )
        }
    }

    private static func alert(
        _ name: String?,
        among workflows: [WorkflowDefinition],
        _ scope: AlertScope,
        at place: SourcePlace?,
    ) -> [Finding] {
        guard let name, let place else { return [] }
        let found = workflows.contains { workflow in
            if case .alert(scope) = workflow.trigger { return workflow.name == name }
            return false
        }
        guard !found else { return [] }
        let near = Spelling.suggestion(name, among: workflows.map(\.name))
        return [
            FindingCode.unknownAlert.finding(
                "the alert workflow \(name) does not exist, or its trigger is not"
                    + " `alert: \(scope.rawValue)`",
                at: place,
                suggestion: near.map { "did you mean `\($0)`?" },
            )
        ]
    }
}
