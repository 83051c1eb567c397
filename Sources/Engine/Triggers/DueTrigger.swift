import Embedding
import Model
import StorePort

/// A claimed trigger with everything that it needs.
struct DueTrigger: Sendable {
    var record: Record
    var state: TriggerState
    /// As it is now.
    var instance: Instance
    var instanceRecord: Record
    /// Whether the trigger is to start anything; else a subscription is to end.
    var isWanted: Bool
    /// Of the instance; of one that is not to run any more, as it was when it subscribed.
    var workflow: DeployedWorkflow

    /// Nil when there is nothing to do any more; its record is then deleted.
    init?(_ record: Record, _ directory: Directory) async throws(Problem) {
        self.record = record
        state = try directory.read(record)
        let found: (document: Instance, record: Record)? = try await directory.find(
            .instance,
            state.instance.description,
            .account,
        )
        var wanted: DeployedWorkflow?
        if let found, found.document.state == .enabled {
            wanted = try await directory.workflow(state.workflow, of: found.document)
        }
        var left: DeployedWorkflow?
        if let leaving = state.leaving {
            left = try await directory.workflow(state.workflow, of: leaving)
        }
        guard let found, let workflow = wanted ?? left else {
            _ = try await directory.write([
                .delete(.trigger, id: record.id, expected: .version(record.version))
            ])
            return nil
        }
        instance = found.document
        instanceRecord = found.record
        isWanted = wanted != nil
        self.workflow = workflow
    }
}

extension Directory {
    /// The workflow as the instance's version has it; nil when it has none of this name.
    func workflow(
        _ name: String,
        of instance: Instance,
    ) async throws(Problem) -> DeployedWorkflow? {
        guard let version = try await version(instance.solution, instance.version),
            let reference = version.workflows.first(where: { $0.name == name })
        else { return nil }
        let workflow = try await stored { () throws(StoreError) in
            try await engine.workflow(
                solution: version.solution,
                name: reference.name,
                digest: reference.digest,
            )
        }
        guard let workflow else { throw Problem.missingDefinition(reference.digest) }
        return workflow
    }
}
