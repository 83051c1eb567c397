import Definitions
import Embedding
import Model
import StorePort

extension Directory {
    /// What is asked for a new instance.
    package struct NewInstance: Sendable {
        package var endUser: ObjectID
        package var solution: String
        /// Nil: the deployed one.
        package var version: String?
        /// The caller's own name for it, unique for the end user and solution: creating twice under
        /// one name is as creating once.
        package var name: String
        package var config = JSONObject()
        package var auth: [String: ObjectID] = [:]
        /// Whether it starts to work at once.
        package var isEnabled = false

        package init(
            endUser: ObjectID,
            solution: String,
            version: String? = nil,
            name: String = Instance.defaultName,
        ) {
            self.endUser = endUser
            self.solution = solution
            self.version = version
            self.name = name
        }
    }

    package func instance(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Instance {
        if let problem = Access.check(actor, .readInstances) { throw problem }
        guard let found = try await instance(id, scope: Self.scope(actor)) else {
            throw Access.absent
        }
        return found
    }

    func instance(_ id: ObjectID, scope: RecordScope) async throws(Problem) -> Instance? {
        let found: (document: Instance, record: Record)? = try await find(
            .instance,
            id.description,
            scope,
        )
        return found?.document
    }

    /// A page of instances; the filters all must match.
    package func instances(
        endUser: ObjectID?,
        solution: String?,
        state: Instance.State?,
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [Instance] {
        if let problem = Access.check(actor, .readInstances) { throw problem }
        var labels: [String: String] = [:]
        labels["end_user"] = endUser?.description
        labels["solution"] = solution
        labels["state"] = state?.rawValue
        return try await page(
            RecordQuery(
                kind: .instance,
                scope: Self.scope(actor),
                labels: labels,
                after: after?.description,
                limit: limit,
            )
        )
    }

    func instances(
        of endUser: ObjectID,
        state: Instance.State?,
        scope: RecordScope,
    ) async throws(Problem) -> [Instance] {
        var labels = ["end_user": endUser.description]
        labels["state"] = state?.rawValue
        return try await page(
            RecordQuery(
                kind: .instance,
                scope: scope,
                labels: labels,
                limit: RecordLimits.listMax,
            )
        )
    }

    // MARK: The life cycle

    package func enableInstance(
        _ id: ObjectID,
        by actor: Actor,
    ) async throws(Problem) -> Instance {
        try await change(id, .switchInstances, "enable", by: actor) { instance, version, context in
            InstanceLifecycle.enable(
                instance,
                on: version,
                context,
                at: now,
                for: actor.reader,
            )
        }
    }

    package func disableInstance(
        _ id: ObjectID,
        by actor: Actor,
    ) async throws(Problem) -> Instance {
        try await change(id, .switchInstances, "disable", by: actor) { instance, _, _ in
            InstanceLifecycle.disable(instance, at: now)
        }
    }

    package func deleteInstance(
        _ id: ObjectID,
        by actor: Actor,
    ) async throws(Problem) -> Instance {
        try await change(id, .manageInstances, "delete", by: actor) { instance, _, _ in
            InstanceLifecycle.delete(instance, at: now)
        }
    }

    /// Sets the config values that are named; null takes one away.
    package func configureInstance(
        _ id: ObjectID,
        values: JSONObject,
        by actor: Actor,
    ) async throws(Problem) -> Instance {
        try await change(id, .configureInstances, "configure", by: actor) {
            instance,
            version,
            context in
            InstanceLifecycle.setConfig(
                instance,
                on: version,
                values: values,
                context,
                at: now,
                by: actor.reader,
                seal: seal(for: id),
            )
        }
    }

    /// Puts authentications into slots, or takes them out with nil: all or none.
    package func connectInstance(
        _ id: ObjectID,
        slots: [(slot: String, id: ObjectID?)],
        by actor: Actor,
    ) async throws(Problem) -> Instance {
        let connected = try await change(id, .configureInstances, "connect", by: actor) {
            instance,
            version,
            context in
            var result = InstanceChange(instance: instance, event: nil)
            for (slot, authentication) in slots {
                let next = InstanceLifecycle.setAuth(
                    result.instance,
                    on: version,
                    slot: slot,
                    to: authentication,
                    context,
                    at: now,
                    by: actor.reader,
                )
                guard case .success(let change) = next else { return next }
                result = InstanceChange(
                    instance: change.instance,
                    event: change.event ?? result.event,
                )
            }
            return .success(result)
        }
        // What is parked for what stood there before may go on with what stands there now.
        try await engine.connectionKeeper.recheck(id)
        return connected
    }

    /// What an upgrade would do; with `isDryRun` false it is done, too.
    package func upgradeInstance(
        _ id: ObjectID,
        to target: String,
        given: UpgradePlan.Given,
        isDryRun: Bool,
        by actor: Actor,
    ) async throws(Problem) -> UpgradePlan {
        if let problem = Access.check(actor, .upgradeInstances) { throw problem }
        for _ in 0..<Self.tries {
            guard
                let found: (document: Instance, record: Record) = try await find(
                    .instance,
                    id.description,
                    Self.scope(actor),
                ),
                let old = try await version(found.document.solution, found.document.version),
                let new = try await version(found.document.solution, target)
            else { throw Access.absent }
            let plan = UpgradePlan(
                found.document,
                from: old,
                to: new,
                given: given,
                try await context(of: found.document),
                at: now,
                for: actor.reader,
                seal: seal(for: id),
            )
            guard !isDryRun, case .success(let change) = plan.outcome, change.event != nil else {
                return plan
            }
            let written = try await write(
                changes(
                    change,
                    was: found.document,
                    new,
                    action: "upgrade",
                    by: actor,
                    version: found.record.version,
                    triggers: try await triggerStates(of: id),
                )
            )
            if written.isDone { return plan }
        }
        throw Self.busy()
    }

    /// Reads, decides, writes; again when somebody else wrote in between.
    private func change(
        _ id: ObjectID,
        _ permission: Permission,
        _ action: String,
        by actor: Actor,
        _ body: (Instance, SolutionVersion, SlotContext) -> Result<InstanceChange, Problem>,
    ) async throws(Problem) -> Instance {
        if let problem = Access.check(actor, permission) { throw problem }
        for _ in 0..<Self.tries {
            guard
                let found: (document: Instance, record: Record) = try await find(
                    .instance,
                    id.description,
                    Self.scope(actor),
                ),
                let version = try await version(found.document.solution, found.document.version)
            else { throw Access.absent }
            let context = try await context(of: found.document)
            let change = try body(found.document, version, context).get()
            guard change.event != nil else { return change.instance }
            let written = try await write(
                changes(
                    change,
                    was: found.document,
                    version,
                    action: action,
                    by: actor,
                    version: found.record.version,
                    triggers: try await triggerStates(of: id),
                )
            )
            if written.isDone { return change.instance }
        }
        throw Self.busy()
    }

    /// What decides whether slots are filled, besides the instance.
    func context(of instance: Instance) async throws(Problem) -> SlotContext {
        let account = engine.deployment.project.account
        return SlotContext(
            accountConfig: account.config,
            accountAuthentications: Set(account.authentications.keys),
            opened: try opened(instance),
            authentications: try await authentications(usableBy: instance.endUser),
        )
    }

    func put(_ instance: Instance, expected: RecordExpectation) -> RecordPut {
        var unique: [String: String] = [:]
        // A deleted one gives its name away.
        if instance.state != .deleted { unique["name"] = Self.nameKey(instance) }
        return RecordPut(
            kind: .instance,
            id: instance.id.description,
            owner: instance.endUser.description,
            document: JSONWriter.bytes(instance.json),
            unique: unique,
            labels: [
                "end_user": instance.endUser.description, "solution": instance.solution,
                "version": instance.version, "state": instance.state.rawValue,
            ],
            expected: expected,
        )
    }

    static func nameKey(_ instance: Instance) -> String {
        "\(instance.endUser):\(instance.solution):\(instance.name)"
    }

    /// The instance with its audit record and the states of its triggers.
    func changes(
        _ change: InstanceChange,
        was: Instance?,
        _ pinned: SolutionVersion,
        action: String,
        by actor: Actor,
        version: Int64? = nil,
        triggers: [KnownTrigger] = [],
    ) -> [RecordChange] {
        let instance = change.instance
        var result: [RecordChange] = [
            .put(put(instance, expected: version.map(RecordExpectation.version) ?? .absent)),
            audit(
                "instance.\(action)",
                .init(kind: "instance", id: instance.id.description),
                by: actor,
                owner: instance.endUser,
                before: was?.view(for: .partner, of: pinned),
                after: instance.view(for: .partner, of: pinned),
            ),
        ]
        result += triggerChanges(instance, was: was, pinned, known: triggers)
        result += lifecycleChanges(change, was: was, pinned, version: version)
        return result
    }
}
