import Embedding
import Model
import StorePort

/// A claimed trigger with everything that it needs.
struct DueTrigger: Sendable {
    var record: Record
    var state: TriggerState
    var instance: Instance
    var instanceRecord: Record
    var workflow: DeployedWorkflow

    /// Nil when it is not to run any more; its record is then deleted.
    init?(_ record: Record, _ directory: Directory) async throws(Problem) {
        self.record = record
        state = try directory.read(record)
        let found: (document: Instance, record: Record)? = try await directory.find(
            .instance,
            state.instance.description,
            .account,
        )
        guard let found, found.document.state == .enabled,
            let version = try await directory.version(
                found.document.solution,
                found.document.version,
            ),
            let reference = version.workflows.first(where: { [state] in $0.name == state.workflow })
        else {
            _ = try await directory.write([
                .delete(.trigger, id: record.id, expected: .version(record.version))
            ])
            return nil
        }
        instance = found.document
        instanceRecord = found.record
        let workflow = try await directory.stored { () throws(StoreError) in
            try await directory.engine.workflow(
                solution: version.solution,
                name: reference.name,
                digest: reference.digest,
            )
        }
        guard let workflow else { throw Problem.missingDefinition(reference.digest) }
        self.workflow = workflow
    }
}
