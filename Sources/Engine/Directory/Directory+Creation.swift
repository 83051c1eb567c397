import Definitions
import Embedding
import Model
import StorePort

extension Directory {
    /// Makes an instance with what is given for its slots, all of it or nothing, or finds the one
    /// of this name.
    ///
    /// - Throws: `conflict` B2704 when the one of this name has another version, or another value
    ///   in a slot that is given.
    package func createInstance(
        _ new: NewInstance,
        by actor: Actor,
    ) async throws(Problem) -> (instance: Instance, isNew: Bool) {
        try Self.check(new, by: actor)
        let owner: (document: EndUser, record: Record)? = try await find(
            .endUser,
            new.endUser.description,
            Self.scope(actor),
        )
        guard owner != nil else { throw Access.absent }
        let deployed = engine.deployment.project.solutions.first { $0.name == new.solution }
        guard let deployed,
            let version = try await version(new.solution, new.version ?? deployed.version)
        else { throw Access.absent }
        let change = InstanceLifecycle.create(
            newID(.instance),
            named: new.name,
            for: new.endUser,
            of: version,
            at: now,
        )
        if let known = try await instance(named: Self.nameKey(change.instance)) {
            return (try same(known, as: new), false)
        }
        let filled = try filled(
            change,
            new,
            on: version,
            try await context(of: change.instance),
            by: actor,
        )
        let result = try await write(
            changes(filled, was: nil, version, action: "create", by: actor)
        )
        if result.isDone { return (filled.instance, true) }
        guard let known = try await instance(named: Self.nameKey(change.instance)) else {
            throw Self.busy()
        }
        return (try same(known, as: new), false)
    }

    private static func check(_ new: NewInstance, by actor: Actor) throws(Problem) {
        if let problem = Access.check(actor, .manageInstances, owner: new.endUser) {
            throw problem
        }
        if !new.config.isEmpty || !new.auth.isEmpty,
            let problem = Access.check(actor, .configureInstances)
        {
            throw problem
        }
        if new.isEnabled, let problem = Access.check(actor, .switchInstances) { throw problem }
    }

    private func instance(named key: String) async throws(Problem) -> Instance? {
        let record = try await stored { () throws(StoreError) in
            try await store.record(.instance, unique: "name", value: key, scope: .account)
        }
        guard let record else { return nil }
        return try read(record)
    }

    /// The new instance with its slots filled, enabled when that is asked.
    private func filled(
        _ change: InstanceChange,
        _ new: NewInstance,
        on version: SolutionVersion,
        _ context: SlotContext,
        by actor: Actor,
    ) throws(Problem) -> InstanceChange {
        var context = context
        var instance = change.instance
        let now = instance.createdAt
        if !new.config.isEmpty {
            instance = try InstanceLifecycle.setConfig(
                instance,
                on: version,
                values: new.config,
                context,
                at: now,
                by: actor.reader,
                seal: seal(for: instance.id),
            ).get().instance
            context.opened = try opened(instance)
        }
        for (slot, id) in new.auth.sorted(by: { $0.key < $1.key }) {
            instance = try InstanceLifecycle.setAuth(
                instance,
                on: version,
                slot: slot,
                to: id,
                context,
                at: now,
                by: actor.reader,
            ).get().instance
        }
        if new.isEnabled {
            instance = try InstanceLifecycle.enable(
                instance,
                on: version,
                context,
                at: now,
                for: actor.reader,
            ).get().instance
        }
        return InstanceChange(instance: instance, event: change.event)
    }

    /// The instance of the name, when nothing that is given contradicts it.
    private func same(_ known: Instance, as new: NewInstance) throws(Problem) -> Instance {
        let secrets = try opened(known)
        let hasOtherConfig = new.config.contains { slot, value in
            guard !value.isNull else { return false }
            guard known.secrets[slot] == nil else {
                return value != ConfigSlot.mask && secrets[slot] != value
            }
            return known.config[slot] != value
        }
        let hasOtherAuth = new.auth.contains { known.auth[$0.key] != $0.value }
        let hasOtherVersion = new.version.map { $0 != known.version } ?? false
        guard !hasOtherConfig, !hasOtherAuth, !hasOtherVersion else {
            throw Problem(
                .conflict,
                detail: "there is another instance with this name: \(known.id)",
                code: "B2704",
            )
        }
        return known
    }
}
