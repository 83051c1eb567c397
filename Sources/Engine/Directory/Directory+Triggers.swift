import Alerting
import Embedding
import Model
import StorePort

extension Directory {
    /// The name of a trigger's record. A workflow's name that is long is shortened to a digest.
    static func triggerID(_ instance: ObjectID, _ workflow: String) -> String {
        let name = workflow.utf8.count <= 40 ? workflow : Digest.hex(Array(workflow.utf8))
        return "\(instance):\(name.prefix(40))"
    }

    /// Where the instance's triggers stand.
    func triggerStates(of instance: ObjectID) async throws(Problem) -> [TriggerState] {
        try await page(
            RecordQuery(
                kind: .trigger,
                scope: .account,
                labels: ["instance": instance.description],
                limit: RecordLimits.listMax,
            )
        )
    }

    /// The triggers' states as the instance's new state and version want them: made due at once
    /// when they are new, kept when they are known, and gone when nothing is to run.
    func triggerChanges(
        _ instance: Instance,
        _ version: SolutionVersion,
        known: [TriggerState],
    ) -> [RecordChange] {
        let isLive = instance.state == .enabled
        var wanted: [String: TriggerState.Kind] = [:]
        for workflow in version.workflows where isLive {
            switch workflow.trigger {
            case "schedule": wanted[workflow.name] = .schedule
            case "service": wanted[workflow.name] = .poll
            default: continue
            }
        }
        var changes: [RecordChange] = []
        for state in known where wanted[state.workflow] != state.kind {
            changes.append(
                .delete(
                    .trigger,
                    id: Self.triggerID(instance.id, state.workflow),
                    expected: .any,
                )
            )
        }
        let now = now
        for (workflow, kind) in wanted.sorted(by: { $0.key < $1.key })
        where !known.contains(where: { $0.workflow == workflow && $0.kind == kind }) {
            let state = TriggerState(instance: instance.id, workflow: workflow, kind: kind)
            changes.append(put(state, owner: instance.endUser, dueAt: now, expected: .any))
        }
        return changes
    }

    func put(
        _ state: TriggerState,
        owner: ObjectID,
        dueAt: Timestamp?,
        expected: RecordExpectation,
    ) -> RecordChange {
        .put(
            RecordPut(
                kind: .trigger,
                id: Self.triggerID(state.instance, state.workflow),
                owner: owner.description,
                document: JSONWriter.bytes(state.json),
                labels: [
                    "instance": state.instance.description, "workflow": state.workflow,
                    "kind": state.kind.rawValue,
                ],
                dueAt: dueAt,
                expected: expected,
            )
        )
    }

    /// The record that something failed which never became an execution.
    func failure(
        _ kind: Failure.Kind,
        _ problem: Problem,
        of instance: Instance,
        workflow: String,
    ) -> RecordChange {
        let now = now
        var problem = problem
        problem.occurredAt = problem.occurredAt ?? now
        return put(
            Failure(
                id: newID(.failure),
                at: now,
                kind: kind,
                instance: instance.id,
                solution: instance.solution,
                version: instance.version,
                workflow: workflow,
                user: instance.endUser,
                problem: engine.redactor.redact(problem),
            )
        )
    }

    /// Tells on the instance that one of its triggers does not work, or that it works again.
    func problemChange(
        _ problem: Problem?,
        on instance: Instance,
        _ record: Record,
    ) -> RecordChange? {
        guard instance.problem != problem else { return nil }
        var instance = instance
        instance.problem = problem
        return .put(put(instance, expected: .version(record.version)))
    }
}
