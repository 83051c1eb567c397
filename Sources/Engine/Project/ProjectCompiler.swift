import ConnectorKit
import Definitions
import Embedding
import Model

/// Makes a project of the text of its files, and its connectors: what the engine itself does not
/// know how to do.
package protocol ProjectCompiler: Sendable {
    func compile(_ files: [ProjectUpload.File]) -> CompiledProject
    /// Throws a `configuration` problem; nothing has changed then.
    func connectors(of project: ProjectDefinition) throws(Problem) -> ReadyConnectors
}

package struct CompiledProject: Sendable {
    /// Nil when a finding is an error.
    package var definition: ProjectDefinition?
    package var findings: [Finding]

    package init(definition: ProjectDefinition?, findings: [Finding]) {
        self.definition = definition
        self.findings = findings
    }
}

/// Connectors that can be used at any moment.
package struct ReadyConnectors: Sendable {
    package var registry: ConnectorRegistry
    /// What else changes when they are.
    package var activate: @Sendable () -> Void

    package init(registry: ConnectorRegistry, activate: @escaping @Sendable () -> Void = {}) {
        self.registry = registry
        self.activate = activate
    }
}
