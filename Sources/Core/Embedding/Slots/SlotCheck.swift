import Definitions
import Model

/// What keeps an instance from being enabled. It is ready when there are no findings.
package struct SlotCheck: Sendable, Hashable {
    package enum Fault: Sendable, Hashable {
        /// A required config slot has no value.
        case missing
        /// The value does not match the slot's schema.
        case invalid([JSONSchema.Violation])
        /// No authentication is in the slot.
        case notConnected
        /// The authentication does not exist, or has another owner than the slot asks for.
        case unusable
        /// It is for another service.
        case wrongService(found: String)
        /// It is expired or refused, and has to be renewed.
        case broken(ProblemType)

        package var name: String {
            switch self {
            case .missing: "missing"
            case .invalid: "invalid"
            case .notConnected: "not_connected"
            case .unusable: "unusable"
            case .wrongService: "wrong_service"
            case .broken: "broken"
            }
        }
    }

    package struct Finding: Sendable, Hashable {
        /// `config` or `auth`.
        package var area: SlotArea
        package var slot: String
        package var fault: Fault
        /// An end user may not know of the slot.
        package var isHidden: Bool

        /// A JSON Pointer into the instance.
        package var pointer: String { "/\(area.rawValue)/\(slot)" }
    }

    package var findings: [Finding]

    package var isEmpty: Bool { findings.isEmpty }

    /// Looks at every slot of the version.
    package init(
        _ instance: Instance,
        on version: SolutionVersion,
        _ context: SlotContext,
    ) {
        findings = version.configSlots.compactMap { slot in
            Self.fault(of: slot, instance, context).map {
                Finding(area: .config, slot: slot.name, fault: $0, isHidden: slot.isHidden)
            }
        }
        findings += version.authSlots.compactMap { slot in
            Self.fault(of: slot, instance, context).map {
                Finding(area: .auth, slot: slot.name, fault: $0, isHidden: slot.isShared)
            }
        }
    }

    /// What the reader may know of it, as data of a problem. A client hears of hidden slots only
    /// that something is left for the partner to do. The values themselves are never told.
    package func json(for reader: Reader) -> JSONValue {
        let visible = findings.filter { reader == .partner || !$0.isHidden }
        var object = JSONObject()
        object["slots"] = .array(visible.map(\.json))
        if visible.count < findings.count { object["others"] = true }
        return .object(object)
    }

    // MARK: One slot

    static func fault(
        of slot: ConfigSlot,
        _ instance: Instance,
        _ context: SlotContext,
    ) -> Fault? {
        switch context.filling(of: slot, in: instance) {
        case .closed: return nil
        case .nothing: return slot.isRequired ? .missing : nil
        case .value(let value):
            let violations = violations(value, slot)
            return violations.isEmpty ? nil : .invalid(violations)
        }
    }

    /// How a value breaks the slot's schema, with pointers into the instance.
    static func violations(_ value: JSONValue, _ slot: ConfigSlot) -> [JSONSchema.Violation] {
        slot.schema.validate(value).map { violation in
            var violation = violation
            violation.instance = "/config/\(slot.name)" + violation.instance
            // A message may quote the value.
            if slot.isSecret { violation.message = "the value does not match" }
            return violation
        }
    }

    static func fault(
        of slot: AuthSlot,
        _ instance: Instance,
        _ context: SlotContext,
    ) -> Fault? {
        if let id = instance.auth[slot.name] {
            return fault(of: context.authentication(id), in: slot, instance)
        }
        guard slot.isShared else { return .notConnected }
        if context.accountAuthentications.contains(slot.name) { return nil }
        guard let shared = context.sharedAuthentication(for: slot) else { return .notConnected }
        return fault(of: shared, in: slot, instance)
    }

    static func fault(
        of record: AuthenticationRecord?,
        in slot: AuthSlot,
        _ instance: Instance,
    ) -> Fault? {
        // The account's own fill shared slots alone, and an end user's only its own others.
        guard let record, record.owner == (slot.isShared ? nil : instance.endUser) else {
            return .unusable
        }
        guard record.service == slot.service else {
            return .wrongService(found: record.service)
        }
        switch record.state {
        case .healthy: return nil
        case .expired: return .broken(.authentication)
        case .broken(let type, _): return .broken(type)
        }
    }
}

/// The two kinds of slots.
package enum SlotArea: String, Sendable, Hashable, CaseIterable { case config, auth }

extension SlotCheck.Finding {
    package var json: JSONValue {
        var object = JSONObject()
        object["path"] = .string(pointer)
        object["fault"] = .string(fault.name)
        switch fault {
        case .invalid(let violations): object["violations"] = .array(violations.map(\.json))
        case .wrongService(let found): object["found"] = .string(found)
        case .broken(let type): object["problem"] = .string(type.rawValue)
        case .missing, .notConnected, .unusable: break
        }
        return .object(object)
    }
}
