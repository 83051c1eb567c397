import Definitions
import Model

/// What an upgrade of one instance would do. The upgrade itself is the plan's ``outcome``, so that
/// a dry run and the real thing cannot differ.
///
/// Values of slots that both versions have are kept, also when the new schema refuses them (then
/// they are told as missing, and nothing is lost on the way back). Values of slots that are gone
/// are dropped. A value that was secret does not become readable: it is dropped, too.
package struct UpgradePlan: Sendable, Hashable {
    package enum Change: String, Sendable, Hashable, CaseIterable {
        case added, removed, changed, unchanged
    }

    package enum Value: String, Sendable, Hashable, CaseIterable {
        /// The instance's own, as before.
        case kept
        /// Given with the upgrade.
        case given
        /// The account's or the slot's default.
        case defaulted
        case dropped
        /// There is none, and none is needed.
        case none
        /// There is none that fits: see ``UpgradePlan/missing``.
        case missing
    }

    package struct Slot: Sendable, Hashable {
        package var area: SlotArea
        package var name: String
        package var change: Change
        package var value: Value
    }

    package var instance: Instance
    package var from: String
    package var to: String
    package var slots: [Slot]
    /// What the new version needs and does not have.
    package var missing: SlotCheck
    /// The instance as it would be, or why not.
    package var outcome: Result<InstanceChange, Problem>

    /// What is given with an upgrade.
    package struct Given: Sendable {
        /// New values of config slots of the new version.
        package var config: JSONObject
        /// Authentications for auth slots of the new version.
        package var auth: [String: ObjectID]

        package init(config: JSONObject = JSONObject(), auth: [String: ObjectID] = [:]) {
            self.config = config
            self.auth = auth
        }
    }

    /// - Parameters:
    ///   - old: the version that the instance is pinned to.
    ///   - new: any other version of the same solution, an older one too.
    ///   - reader: says how much of a problem may be told.
    package init(
        _ instance: Instance,
        from old: SolutionVersion,
        to new: SolutionVersion,
        given: Given = Given(),
        _ context: SlotContext,
        at now: Timestamp,
        for reader: Reader = .partner,
        seal: InstanceLifecycle.Seal,
    ) {
        self.instance = instance
        from = old.version
        to = new.version
        var target = Self.carried(instance, from: old, to: new)
        var opened = context
        let refusal =
            InstanceLifecycle.fault(instance, new)
            ?? InstanceLifecycle.fault(in: given.config, new, reader)
            ?? Self.fault(inAuth: given.auth, instance, new, context, reader)
        if refusal == nil {
            for (name, value) in given.config {
                guard let slot = new.configSlot(name), !slot.keepsSecret(value) else { continue }
                InstanceLifecycle.store(value, in: slot, of: &target, &opened, seal: seal)
            }
            for (name, id) in given.auth { target.auth[name] = id }
            Self.sealNewSecrets(new, of: &target, &opened, seal: seal)
        }
        missing = SlotCheck(target, on: new, opened)
        slots = Self.slots(instance, target, old, new, given, missing, opened)
        target.updatedAt = now
        if let refusal {
            outcome = .failure(refusal)
        } else if instance.state == .enabled, !missing.isEmpty {
            outcome = .failure(
                EmbeddingFault.upgradeIncomplete.problem(data: missing.json(for: reader))
            )
        } else if old.digest == new.digest, Self.hasSameValues(target, instance) {
            outcome = .success(InstanceChange(instance: instance, event: nil))
        } else {
            outcome = .success(InstanceChange(instance: target, event: .upgraded))
        }
    }

    /// True when the upgrade cannot be done as it is.
    package var isBlocked: Bool {
        if case .failure = outcome { return true }
        return false
    }

    /// True when there is nothing to do.
    package var isUnchanged: Bool {
        if case .success(let change) = outcome { return change.event == nil }
        return false
    }

    // MARK: Parts

    /// The instance on the new version with those values that go over.
    private static func carried(
        _ instance: Instance,
        from old: SolutionVersion,
        to new: SolutionVersion,
    ) -> Instance {
        var target = instance
        target.version = new.version
        target.config = JSONObject(
            instance.config.filter { new.configSlot($0.key) != nil }.map { ($0.key, $0.value) }
        )
        target.secrets = instance.secrets.filter { new.configSlot($0.key)?.isSecret == true }
        target.auth = instance.auth.filter { name, _ in
            guard let slot = new.authSlot(name) else { return false }
            guard let before = old.authSlot(name) else { return true }
            return before.service == slot.service && before.isShared == slot.isShared
        }
        return target
    }

    /// What was readable in the old version and is secret in the new one is sealed.
    private static func sealNewSecrets(
        _ new: SolutionVersion,
        of target: inout Instance,
        _ context: inout SlotContext,
        seal: InstanceLifecycle.Seal,
    ) {
        for slot in new.configSlots where slot.isSecret {
            guard let value = target.config[slot.name] else { continue }
            InstanceLifecycle.store(value, in: slot, of: &target, &context, seal: seal)
        }
    }

    /// The first connection that may not be given.
    private static func fault(
        inAuth given: [String: ObjectID],
        _ instance: Instance,
        _ new: SolutionVersion,
        _ context: SlotContext,
        _ reader: Reader,
    ) -> Problem? {
        for (name, id) in given.sorted(by: { $0.key < $1.key }) {
            let problem = InstanceLifecycle.fault(
                inAuth: name,
                id,
                instance,
                new,
                context,
                reader,
            )
            if let problem { return problem }
        }
        return nil
    }

    private static func hasSameValues(_ left: Instance, _ right: Instance) -> Bool {
        left.version == right.version && left.config == right.config
            && left.secrets == right.secrets && left.auth == right.auth
    }
}
