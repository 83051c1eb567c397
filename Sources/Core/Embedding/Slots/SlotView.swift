import Definitions
import Model

/// The form that an end user or the partner fills in: the visible slots with what is in them.
package enum SlotView {
    package static func json(
        of instance: Instance,
        on version: SolutionVersion,
        _ context: SlotContext,
        for reader: Reader,
    ) -> JSONValue {
        [
            "config": .array(
                version.configSlots.filter { $0.isVisible(to: reader) }.map {
                    config($0, instance, context, reader)
                }
            ),
            "auth": .array(
                version.authSlots.filter { $0.isVisible(to: reader) }.map {
                    auth($0, instance, context, reader)
                }
            ),
        ]
    }

    /// The slots whose values the reader may set.
    package static func settable(_ version: SolutionVersion, by reader: Reader) -> [ConfigSlot] {
        version.configSlots.filter { $0.isVisible(to: reader) }
    }

    private static func config(
        _ slot: ConfigSlot,
        _ instance: Instance,
        _ context: SlotContext,
        _ reader: Reader,
    ) -> JSONValue {
        guard case .object(var object) = slot.view(for: reader) else { return .null }
        let own = instance.config[slot.name]
        switch context.filling(of: slot, in: instance) {
        case .value(let value):
            // The account's value is the partner's own: a client sees that there is one.
            let isShown = !slot.isSecret && (reader == .partner || own != nil)
            object["value"] = isShown ? value : ConfigSlot.mask
        case .closed: object["value"] = ConfigSlot.mask
        case .nothing: break
        }
        object["from"] = source(slot, instance, context).map(JSONValue.string)
        object["fault"] = SlotCheck.fault(of: slot, instance, context).map { .string($0.name) }
        return .object(object)
    }

    private static func source(
        _ slot: ConfigSlot,
        _ instance: Instance,
        _ context: SlotContext,
    ) -> String? {
        func isThere(_ value: JSONValue?) -> Bool { value.map { !$0.isNull } ?? false }
        if slot.isSecret, instance.secrets[slot.name] != nil { return "instance" }
        if isThere(instance.config[slot.name]) { return "instance" }
        if isThere(context.accountConfig[slot.name]) { return "account" }
        return isThere(slot.defaultValue) ? "default" : nil
    }

    private static func auth(
        _ slot: AuthSlot,
        _ instance: Instance,
        _ context: SlotContext,
        _ reader: Reader,
    ) -> JSONValue {
        guard case .object(var object) = slot.view(for: reader) else { return .null }
        object["authentication"] = instance.auth[slot.name].map(JSONValue.id)
        object["fault"] = SlotCheck.fault(of: slot, instance, context).map { .string($0.name) }
        return .object(object)
    }
}
