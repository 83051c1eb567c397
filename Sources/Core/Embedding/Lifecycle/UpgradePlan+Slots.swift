import Definitions
import Model

extension UpgradePlan {
    /// One line per slot of either version, in the order of the new one, removed ones last.
    static func slots(
        _ before: Instance,
        _ after: Instance,
        _ old: SolutionVersion,
        _ new: SolutionVersion,
        _ given: Given,
        _ missing: SlotCheck,
        _ context: SlotContext,
    ) -> [Slot] {
        let faults = Set(missing.findings.map(\.pointer))
        var result = new.configSlots.map { slot -> Slot in
            let change = change(old.configSlot(slot.name)?.json, slot.json)
            func made(_ value: Value) -> Slot {
                Slot(area: .config, name: slot.name, change: change, value: value)
            }
            let isGiven = given.config[slot.name].map { !$0.isNull && !slot.keepsSecret($0) }
            if faults.contains("/config/\(slot.name)") { return made(.missing) }
            if isGiven == true { return made(.given) }
            if holds(after, slot.name) { return made(.kept) }
            if case .value = context.filling(of: slot, in: after) { return made(.defaulted) }
            return made(holds(before, slot.name) ? .dropped : .none)
        }
        result += new.authSlots.map { slot -> Slot in
            let change = change(old.authSlot(slot.name)?.json, slot.json)
            func made(_ value: Value) -> Slot {
                Slot(area: .auth, name: slot.name, change: change, value: value)
            }
            if faults.contains("/auth/\(slot.name)") { return made(.missing) }
            if given.auth[slot.name] != nil { return made(.given) }
            return made(after.auth[slot.name] == nil ? .defaulted : .kept)
        }
        result += old.configSlots.filter { new.configSlot($0.name) == nil }.map { slot in
            let value: Value = holds(before, slot.name) ? .dropped : .none
            return Slot(area: .config, name: slot.name, change: .removed, value: value)
        }
        result += old.authSlots.filter { new.authSlot($0.name) == nil }.map { slot in
            let value: Value = before.auth[slot.name] == nil ? .none : .dropped
            return Slot(area: .auth, name: slot.name, change: .removed, value: value)
        }
        return result
    }

    private static func holds(_ instance: Instance, _ name: String) -> Bool {
        instance.config[name] != nil || instance.secrets[name] != nil
    }

    private static func change(_ old: JSONValue?, _ new: JSONValue) -> Change {
        guard let old else { return .added }
        return old == new ? .unchanged : .changed
    }

    /// The plan for a person or a program; never a value.
    package func json(for reader: Reader) -> JSONValue {
        var object = JSONObject()
        object["instance"] = .id(instance.id)
        object["from"] = .string(from)
        object["to"] = .string(to)
        object["blocked"] = .bool(isBlocked)
        object["unchanged"] = .bool(isUnchanged)
        if reader == .partner {
            object["slots"] = .array(
                slots.map {
                    [
                        "path": .string("/\($0.area.rawValue)/\($0.name)"),
                        "change": .string($0.change.rawValue),
                        "value": .string($0.value.rawValue),
                    ]
                }
            )
        }
        object["missing"] = missing.json(for: reader)
        if case .failure(let problem) = outcome {
            object["problem"] = reader == .client ? ClientProblem(problem).json : problem.json
        }
        return .object(object)
    }
}
