import Model

/// Block YAML of a JSON value, with every string and key in quotes.
enum YAMLText {
    static func of(_ value: JSONValue) -> String { lines(value).joined(separator: "\n") + "\n" }

    private static func lines(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let object) where !object.isEmpty:
            object.flatMap { entry -> [String] in
                let inner = lines(entry.value)
                let key = JSONWriter.string(.string(entry.key)) + ":"
                guard isBlock(entry.value) else { return ["\(key) \(inner[0])"] }
                return [key] + inner.map { "  " + $0 }
            }
        case .array(let elements) where !elements.isEmpty:
            elements.flatMap { element -> [String] in
                let inner = lines(element)
                return ["- " + inner[0]] + inner.dropFirst().map { "  " + $0 }
            }
        default: [JSONWriter.string(value)]
        }
    }

    private static func isBlock(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let object): !object.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }
}
