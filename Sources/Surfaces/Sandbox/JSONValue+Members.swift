import Model

extension JSONValue {
    /// An object of these members, in this order; a nil value leaves its member out.
    init(members: KeyValuePairs<String, JSONValue?>) {
        var object = JSONObject()
        for (name, value) in members {
            if let value { object[name] = value }
        }
        self = .object(object)
    }

    static func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
}
