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
    func triggerStates(of instance: ObjectID) async throws(Problem) -> [KnownTrigger] {
        let records = try await stored { () throws(StoreError) in
            try await store.records(
                RecordQuery(
                    kind: .trigger,
                    scope: .account,
                    labels: ["instance": instance.description],
                    limit: RecordLimits.listMax,
                )
            )
        }
        var states: [KnownTrigger] = []
        for record in records {
            states.append(KnownTrigger(state: try read(record), version: record.version))
        }
        return states
    }

    /// The same for somebody of the API.
    package func triggers(
        of instance: ObjectID,
        by actor: Actor,
    ) async throws(Problem) -> [TriggerState] {
        _ = try await self.instance(instance, by: actor)
        return try await triggerStates(of: instance).map(\.state)
    }

    /// The triggers' states as the instance's new state and version want them: made due at once
    /// when they are new, kept when they are known, and gone when nothing is to run.
    ///
    /// - Parameter was: the instance before; what it subscribed to ends with what it had then.
    func triggerChanges(
        _ instance: Instance,
        was: Instance?,
        _ version: SolutionVersion,
        known: [KnownTrigger],
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
        for trigger in known {
            if let leave = leave(trigger, instance, was: was) { changes.append(leave) }
            let state = trigger.state
            guard !state.isServed(as: wanted[state.workflow]), state.subscription == nil
            else { continue }
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
        where !known.contains(where: { trigger in
            // What is subscribed to is left first.
            let state = trigger.state
            return state.workflow == workflow
                && (state.isServed(as: kind) || state.subscription != nil)
        }) {
            let state = TriggerState(instance: instance.id, workflow: workflow, kind: kind)
            changes.append(put(state, owner: instance.endUser, dueAt: now, expected: .any))
        }
        return changes
    }

    /// Ends an end user's subscriptions while the credentials are still there; one that cannot be
    /// ended now is tried again without them, and then left to the service.
    func leaveServices(of endUser: ObjectID) async throws(Problem) {
        let records = try await stored { () throws(StoreError) in
            try await store.records(
                RecordQuery(
                    kind: .trigger,
                    scope: .owner(endUser.description),
                    limit: RecordLimits.listMax,
                )
            )
        }
        for record in records {
            let state: TriggerState = try read(record)
            if state.leaving != nil { await engine.fire(record) }
        }
    }

    /// Marks a subscription that was made for the instance as it was: to be ended, or to be looked
    /// at. One that is being made is left alone until that is over.
    private func leave(
        _ trigger: KnownTrigger,
        _ instance: Instance,
        was: Instance?,
    ) -> RecordChange? {
        var state = trigger.state
        guard let subscription = state.subscription, state.leaving == nil, let was,
            instance.state != was.state || instance.version != was.version
                || instance.config != was.config || instance.secrets != was.secrets
                || instance.auth != was.auth
        else { return nil }
        state.leaving = was
        state.consecutiveFailures = 0
        let hidden = engine.configuration.triggerHide
        return put(
            state,
            owner: instance.endUser,
            dueAt: subscription.id.isEmpty ? now + hidden : now,
            expected: .version(trigger.version),
        )
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
    /// One that works again takes away its own problem, and not that of another.
    func problemChange(
        _ problem: Problem?,
        of workflow: String,
        on instance: Instance,
        _ record: Record,
    ) -> RecordChange? {
        var problem = problem
        problem?.ids["workflow"] = .string(workflow)
        guard instance.problem != problem else { return nil }
        if problem == nil, instance.problem?.ids["workflow"] != .string(workflow) { return nil }
        var instance = instance
        instance.problem = problem
        return .put(put(instance, expected: .version(record.version)))
    }
}

/// A trigger's state with the version of its record.
struct KnownTrigger: Sendable {
    var state: TriggerState
    var version: Int64
}

extension TriggerState {
    /// Whether it is of this kind; whether a service sends or is asked shows only when it is tried.
    fileprivate func isServed(as wanted: Kind?) -> Bool {
        wanted == kind || wanted == .poll && kind == .push
    }
}
