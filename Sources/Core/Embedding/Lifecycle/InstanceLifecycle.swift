import Definitions
import Model

/// Every change of an instance, as functions of what there is: the new instance and the event that
/// it makes, or the problem that keeps it as it was. Asking for what already is changes nothing.
package enum InstanceLifecycle {
    /// Seals the value of a secret slot; its text is what is stored.
    package typealias Seal = (_ slot: String, _ value: JSONValue) -> String

    /// Takes the name and time of the instance as given; its slots are filled afterwards.
    package static func create(
        _ id: ObjectID,
        named name: String = Instance.defaultName,
        for endUser: ObjectID,
        of version: SolutionVersion,
        at now: Timestamp,
    ) -> InstanceChange {
        let instance = Instance(
            id: id,
            endUser: endUser,
            name: name,
            solution: version.solution,
            version: version.version,
            createdAt: now,
        )
        return InstanceChange(instance: instance, event: .created)
    }

    /// Possible when ``SlotCheck`` finds nothing.
    package static func enable(
        _ instance: Instance,
        on version: SolutionVersion,
        _ context: SlotContext,
        at now: Timestamp,
        for reader: Reader,
    ) -> Result<InstanceChange, Problem> {
        if let problem = fault(instance, version) { return .failure(problem) }
        guard instance.state != .enabled else { return unchanged(instance) }
        let check = SlotCheck(instance, on: version, context)
        guard check.isEmpty else {
            return .failure(EmbeddingFault.incomplete.problem(data: check.json(for: reader)))
        }
        return changed(instance, .enabled, at: now) { $0.state = .enabled }
    }

    /// One that was never enabled stays `created`.
    package static func disable(
        _ instance: Instance,
        at now: Timestamp,
    ) -> Result<InstanceChange, Problem> {
        if instance.state == .deleted { return .failure(EmbeddingFault.deleted.problem()) }
        guard instance.state == .enabled else { return unchanged(instance) }
        return changed(instance, .disabled, at: now) {
            $0.state = .disabled
            $0.problem = nil
        }
    }

    /// Forgets what it was configured with; its name stays for the records that hold it.
    package static func delete(
        _ instance: Instance,
        at now: Timestamp,
    ) -> Result<InstanceChange, Problem> {
        guard instance.state != .deleted else { return unchanged(instance) }
        return changed(instance, .deleted, at: now) {
            $0.state = .deleted
            $0.config = JSONObject()
            $0.secrets = [:]
            $0.auth = [:]
            $0.problem = nil
        }
    }

    /// Sets the values that are named and leaves the others: null takes a value away, and
    /// `{"set": true}` leaves a secret as it is. A hidden slot does not exist for a client.
    package static func setConfig(
        _ instance: Instance,
        on version: SolutionVersion,
        values: JSONObject,
        _ context: SlotContext,
        at now: Timestamp,
        by reader: Reader,
        seal: Seal,
    ) -> Result<InstanceChange, Problem> {
        if let problem = fault(instance, version) { return .failure(problem) }
        if let problem = fault(in: values, version, reader) { return .failure(problem) }
        var result = instance
        var context = context
        for (name, value) in values {
            guard let slot = version.configSlot(name), !slot.keepsSecret(value) else { continue }
            store(value, in: slot, of: &result, &context, seal: seal)
        }
        return settled(result, was: instance, on: version, context, at: now, for: reader)
    }

    /// Puts an authentication into a slot, or takes it out with nil.
    package static func setAuth(
        _ instance: Instance,
        on version: SolutionVersion,
        slot name: String,
        to id: ObjectID?,
        _ context: SlotContext,
        at now: Timestamp,
        by reader: Reader,
    ) -> Result<InstanceChange, Problem> {
        if let problem = fault(instance, version) { return .failure(problem) }
        if let problem = fault(inAuth: name, id, instance, version, context, reader) {
            return .failure(problem)
        }
        var result = instance
        result.auth[name] = id
        return settled(result, was: instance, on: version, context, at: now, for: reader)
    }

    // MARK: Parts

    /// Whether the instance can be worked on with this version at all.
    static func fault(_ instance: Instance, _ version: SolutionVersion) -> Problem? {
        if instance.state == .deleted { return EmbeddingFault.deleted.problem() }
        if instance.solution != version.solution { return EmbeddingFault.otherSolution.problem() }
        return nil
    }

    /// The first value that may not be given.
    static func fault(
        in values: JSONObject,
        _ version: SolutionVersion,
        _ reader: Reader,
    ) -> Problem? {
        var violations: [JSONSchema.Violation] = []
        for (name, value) in values {
            guard let slot = version.configSlot(name), slot.isVisible(to: reader) else {
                return EmbeddingFault.unknownSlot.problem(
                    data: ["path": .string("/config/\(name)")]
                )
            }
            guard !value.isNull, !slot.keepsSecret(value) else { continue }
            violations += SlotCheck.violations(value, slot)
        }
        guard !violations.isEmpty else { return nil }
        return EmbeddingFault.invalidValue.problem(
            data: ["violations": .array(violations.map(\.json))]
        )
    }

    /// Why an authentication may not be put into a slot; nil for the authentication empties it.
    static func fault(
        inAuth name: String,
        _ id: ObjectID?,
        _ instance: Instance,
        _ version: SolutionVersion,
        _ context: SlotContext,
        _ reader: Reader,
    ) -> Problem? {
        guard let slot = version.authSlot(name), slot.isVisible(to: reader) else {
            return EmbeddingFault.unknownAuthSlot.problem(data: ["path": .string("/auth/\(name)")])
        }
        guard let id else { return nil }
        let record = context.authentication(id)
        return SlotCheck.fault(of: record, in: slot, instance).map { problem($0, slot) }
    }

    /// Puts one value into its slot, and into what is opened when it is a secret.
    static func store(
        _ value: JSONValue,
        in slot: ConfigSlot,
        of instance: inout Instance,
        _ context: inout SlotContext,
        seal: Seal,
    ) {
        instance.config[slot.name] = nil
        if slot.isSecret {
            context.opened[slot.name] = nil
            instance.secrets[slot.name] = nil
        }
        guard !value.isNull else { return }
        guard slot.isSecret else {
            instance.config[slot.name] = value
            return
        }
        context.opened[slot.name] = value
        instance.secrets[slot.name] = seal(slot.name, value)
    }

    private static func problem(_ fault: SlotCheck.Fault, _ slot: AuthSlot) -> Problem {
        var data = JSONObject()
        data["path"] = .string("/auth/\(slot.name)")
        switch fault {
        case .wrongService(let found):
            data["service"] = .string(slot.service)
            data["found"] = .string(found)
            return EmbeddingFault.wrongService.problem(data: .object(data))
        case .broken:
            return EmbeddingFault.brokenAuthentication.problem(data: .object(data))
        case .missing, .invalid, .notConnected, .unusable:
            return EmbeddingFault.unusableAuthentication.problem(data: .object(data))
        }
    }

    /// A change of slots is refused when it would leave an enabled instance with a fault that it
    /// did not have. A fault from elsewhere, such as a connection that broke, may stay.
    private static func settled(
        _ result: Instance,
        was instance: Instance,
        on version: SolutionVersion,
        _ context: SlotContext,
        at now: Timestamp,
        for reader: Reader,
    ) -> Result<InstanceChange, Problem> {
        if instance.state == .enabled {
            var check = SlotCheck(result, on: version, context)
            let known = Set(SlotCheck(instance, on: version, context).findings.map(\.pointer))
            check.findings.removeAll { known.contains($0.pointer) }
            guard check.isEmpty else {
                return .failure(EmbeddingFault.wouldBreak.problem(data: check.json(for: reader)))
            }
        }
        return result == instance
            ? unchanged(instance) : changed(result, .updated, at: now) { _ in }
    }

    private static func unchanged(_ instance: Instance) -> Result<InstanceChange, Problem> {
        .success(InstanceChange(instance: instance, event: nil))
    }

    private static func changed(
        _ instance: Instance,
        _ event: LifecycleEvent,
        at now: Timestamp,
        _ change: (inout Instance) -> Void,
    ) -> Result<InstanceChange, Problem> {
        var instance = instance
        change(&instance)
        instance.updatedAt = now
        return .success(InstanceChange(instance: instance, event: event))
    }
}
