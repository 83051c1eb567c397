import Model

/// Names and values of a query or form: `{ tag: [a, b], limit: 5 }` is `tag=a&tag=b&limit=5`.
enum QueryPairs {
    static func read(
        _ object: JSONObject,
        named place: String,
    ) throws(RequestMistake) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for (name, value) in object {
            switch value {
            case .null: continue
            case .array(let elements):
                for element in elements {
                    try check(element, "\(place).\(name)")
                    pairs.append((name, text(element)))
                }
            default:
                try check(value, "\(place).\(name)")
                pairs.append((name, text(value)))
            }
        }
        guard pairs.count <= HTTPLimits.queryPairs else {
            throw RequestMistake("\(place) has more than \(HTTPLimits.queryPairs) values")
        }
        return pairs
    }

    private static func check(_ value: JSONValue, _ place: String) throws(RequestMistake) {
        switch value {
        case .string, .integer, .number, .bool: return
        default:
            throw RequestMistake("\(place) must hold texts, numbers, booleans or lists of them")
        }
    }

    /// A text is itself, everything else its JSON.
    static func text(_ value: JSONValue) -> String {
        value.stringValue ?? JSONWriter.string(value)
    }
}
