import Model

/// Objects as lists of `{key, value}` and back.
enum Entries {
    static func to(_ value: JSONValue, _ at: Int) throws(Stop) -> [JSONValue] {
        guard case .object(let object) = value else {
            throw Stop.error(
                EvaluationError(.type, "\(Describe.value(value)) has no keys", at: at)
            )
        }
        return object.map { entry in
            var member = JSONObject()
            member["key"] = .string(entry.key)
            member["value"] = entry.value
            return .object(member)
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
            var key: JSONValue = .null
            for name in ["key", "k", "name", "Name", "K", "Key"] where !isSet(key) {
                key = try Access.field(entry, name, at)
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
        case .null: return "null"
        case .bool, .integer, .number: return JSONWriter.string(key)
        default:
            throw Stop.error(
                EvaluationError(.type, "Cannot use \(Describe.value(key)) as object key", at: at)
            )
        }
    }
}
