/// A document of which some parts are withheld: what everybody may read, and the rest, sealed.
///
/// Its JSON form is the value itself when nothing is withheld, and else
/// `{"$sealed": "v1.…", "$value": …}`. A value that happens to look so is no danger: its seal does
/// not open.
package struct PartialDocument: Sendable {
    /// With `[redacted]` where something is withheld.
    package var value: JSONValue
    /// A ``JSONDifference``, sealed; nil when nothing is withheld.
    package var sealed: String?

    package init(value: JSONValue, sealed: String? = nil) {
        self.value = value
        self.sealed = sealed
    }

    package init(_ json: JSONValue) {
        if case .object(let object) = json, object.count == 2,
            let sealed = object["$sealed"]?.stringValue, let value = object["$value"]
        {
            self.init(value: value, sealed: sealed)
        } else {
            self.init(value: json)
        }
    }

    package var json: JSONValue {
        guard let sealed else { return value }
        return ["$sealed": .string(sealed), "$value": value]
    }
}
