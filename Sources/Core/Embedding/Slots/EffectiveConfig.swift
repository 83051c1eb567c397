import Definitions
import Model

/// What `$config` is for an execution of an instance.
package enum EffectiveConfig {
    /// The version's defaults, overlaid with the account's values, overlaid with the instance's.
    ///
    /// The account's values are all there, slots or not; of the instance's only those of slots
    /// that the version has. Secret values are in the clear: the redactor must know them.
    package static func values(
        of instance: Instance,
        on version: SolutionVersion,
        _ context: SlotContext,
    ) -> JSONObject {
        var result = JSONObject()
        for slot in version.configSlots {
            if let value = slot.defaultValue, !value.isNull { result[slot.name] = value }
        }
        for (key, value) in context.accountConfig where !value.isNull { result[key] = value }
        for slot in version.configSlots {
            if case .value(let value) = context.filling(of: slot, in: instance) {
                result[slot.name] = value
            }
        }
        return result
    }

    /// Those values of it that the redactor must know.
    package static func secrets(
        of instance: Instance,
        on version: SolutionVersion,
        _ context: SlotContext,
    ) -> [String] {
        version.configSlots.filter(\.isSecret).flatMap { slot -> [String] in
            guard case .value(let value) = context.filling(of: slot, in: instance) else {
                return []
            }
            return texts(in: value)
        }
    }

    private static func texts(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .integer, .number: [JSONWriter.string(value)]
        case .array(let elements): elements.flatMap(texts)
        case .object(let object): object.values.flatMap(texts)
        case .null, .bool: []
        }
    }
}
