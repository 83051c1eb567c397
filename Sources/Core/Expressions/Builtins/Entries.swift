import Model

/// Objects as lists of `{key, value}` and back.
enum Entries {
    static func to(_ value: JSONValue, _ at: Int) throws(Stop) -> [JSONValue] {
        switch value {
        case .object(let object):
            return object.map { ["key": .string($0.key), "value": $0.value] }
        case .array(let elements):
            return elements.enumerated().map { index, element in
                ["key": .integer(Int64(index)), "value": element]
            }
        default:
            throw Stop.error(
                EvaluationError(.type, "\(Describe.value(value)) has no keys", at: at)
            )
        }
    }

    /// Accepts `key`, `k`, `name`, `Name`, `K`, `Key` and `value`, `v`, `Value`, `V`.
    static func from(_ value: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        guard case .array(let entries) = value else {
            throw Stop.error(
                EvaluationError(.type, "Cannot iterate over \(Describe.value(value))", at: at)
            )
        }
        var object = JSONObject()
        for entry in entries {
            var key = try Access.field(entry, "key", at)
            if key.isNull {
                for name in ["k", "name", "Name", "K", "Key"] where !isSet(key) {
                    key = try Access.field(entry, name, at)
                }
            }
            var member: JSONValue = .null
            for name in ["value", "v", "Value", "V"] where member.isNull {
                member = try Access.field(entry, name, at)
            }
            object[try text(key, at)] = member
        }
        return .object(object)
    }

    private static func isSet(_ key: JSONValue) -> Bool { !key.isNull && key != .bool(false) }

    private static func text(_ key: JSONValue, _ at: Int) throws(Stop) -> String {
        switch key {
        case .string(let text): return text
        case .bool, .integer, .number: return JSONWriter.string(key)
        default:
            throw Stop.error(
                EvaluationError(.type, "Cannot use \(Describe.value(key)) as object key", at: at)
            )
        }
    }
}
