import Definitions
import Model
import StorePort

/// One workflow ready to start, with what every start of it shares: made once per deployment.
package final class DeployedWorkflow: Sendable {
    package let definition: WorkflowDefinition
    /// `$config` of the account's own instance: the solution's defaults under the account's values.
    package let config: JSONValue
    package let solutionVersion: String?

    package init(definition: WorkflowDefinition, config: JSONValue, solutionVersion: String?) {
        self.definition = definition
        self.config = config
        self.solutionVersion = solutionVersion
    }

    /// Stands in for a definition that cannot be loaded: it has no steps and is never run.
    static func missing(_ head: StoredExecution) -> DeployedWorkflow {
        DeployedWorkflow(
            definition: WorkflowDefinition(
                name: head.workflow,
                solution: head.solution,
                trigger: .manual(input: nil),
                steps: [],
                nodeCount: 0,
                digest: head.digest,
            ),
            config: .object(JSONObject()),
            solutionVersion: nil,
        )
    }

    /// `solution/name`, or the name alone for an account workflow.
    package var qualifiedName: String {
        definition.solution.map { "\($0)/\(definition.name)" } ?? definition.name
    }
}

/// All that is deployed: immutable, replaced as a whole.
package struct Deployment: Sendable {
    package let project: ProjectDefinition
    /// By qualified name.
    package let workflows: [String: DeployedWorkflow]

    package init(project: ProjectDefinition) {
        self.project = project
        var workflows: [String: DeployedWorkflow] = [:]
        for solution in project.solutions {
            var config = JSONObject()
            for slot in solution.configSlots { config[slot.name] = slot.defaultValue }
            for (key, value) in project.account.config { config[key] = value }
            for definition in solution.workflows {
                let workflow = DeployedWorkflow(
                    definition: definition,
                    config: .object(config),
                    solutionVersion: solution.version,
                )
                workflows[workflow.qualifiedName] = workflow
            }
        }
        for definition in project.alerts {
            let workflow = DeployedWorkflow(
                definition: definition,
                config: .object(project.account.config),
                solutionVersion: nil,
            )
            workflows[workflow.qualifiedName] = workflow
        }
        self.workflows = workflows
    }

    /// By qualified name, or by the plain name when only one workflow has it.
    package func workflow(named name: String) -> DeployedWorkflow? {
        if let found = workflows[name] { return found }
        let matches = workflows.values.filter { $0.definition.name == name }
        return matches.count == 1 ? matches.first : nil
    }
}
