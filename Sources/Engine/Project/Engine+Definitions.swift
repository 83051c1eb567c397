import Definitions
import Language
import StorePort

extension Engine {
    /// Parses a stored definition again; nil, with a log line, when it is no longer valid.
    func parseDefinition(_ stored: StoredDefinition) -> WorkflowDefinition? {
        let (definition, findings) = WorkflowLoader.reload(
            source: stored.source, name: stored.workflow, solution: stored.solution,
            digest: stored.digest)
        if definition == nil {
            logger.error(
                "a stored definition can no longer be read: \(findings.first?.message ?? "")",
                metadata: ["workflow": "\(stored.workflow)", "digest": "\(stored.digest)"])
        }
        return definition
    }
}
