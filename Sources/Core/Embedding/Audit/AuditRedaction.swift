import Definitions
import Model

/// Takes secrets out of the two sides of an audit record.
///
/// Three rules, each enough by itself: a member with the name of a secret config slot is
/// `{"set": true}` at any depth; a member with a sensitive name (``SensitiveNames``) and the
/// members `sealed`, `hash` and `secrets` are `[redacted]`; what differs between the sides is
/// marked, so that the record says that a secret changed and not what it was.
package struct AuditRedaction: Sendable {
    package static let replacement: JSONValue = "[redacted]"
    package static let changedReplacement: JSONValue = "[redacted, changed]"
    package static let changedMask: JSONValue = ["set": true, "changed": true]

    private static let ownNames: Set<String> = ["sealed", "hash", "secrets"]

    private let secretSlots: Set<String>

    /// - Parameter secretSlots: the secret config slots of every version that plays a part.
    package init(secretSlots: Set<String> = []) { self.secretSlots = secretSlots }

    package init(_ versions: SolutionVersion...) {
        self.init(secretSlots: versions.reduce(into: []) { $0.formUnion($1.secretSlots) })
    }

    /// Both sides without their secrets.
    package func sides(
        before: JSONValue?,
        after: JSONValue?,
    ) -> (before: JSONValue?, after: JSONValue?) {
        (before.map { redact($0, other: nil) }, after.map { redact($0, other: before) })
    }

    /// One value without its secrets.
    package func redact(_ value: JSONValue) -> JSONValue { redact(value, other: nil) }

    private func redact(_ value: JSONValue, other: JSONValue?) -> JSONValue {
        switch value {
        case .array(let elements):
            return .array(
                elements.enumerated().map { index, element in
                    redact(element, other: other?[index])
                }
            )
        case .object(let object):
            return .object(
                JSONObject(
                    object.map { key, member in
                        (key, redact(member, named: key, other: other?[key]))
                    }
                )
            )
        case .null, .bool, .integer, .number, .string: return value
        }
    }

    private func redact(_ value: JSONValue, named key: String, other: JSONValue?) -> JSONValue {
        let isChanged = other.map { $0 != value } ?? false
        if value.isNull { return value }
        if secretSlots.contains(key) { return isChanged ? Self.changedMask : ConfigSlot.mask }
        if Self.ownNames.contains(key) || SensitiveNames.contains(key) {
            return isChanged ? Self.changedReplacement : Self.replacement
        }
        return redact(value, other: other)
    }
}
