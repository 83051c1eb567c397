/// Reads the keywords of one schema object that hold no other schemas.
struct SchemaReader {
    let object: JSONObject
    let pointer: String

    static let types: Set<String> = [
        "null", "boolean", "object", "array", "number", "integer", "string",
    ]

    func error(_ key: String, _ message: String) -> JSONSchemaError {
        JSONSchemaError(pointer: "\(pointer)/\(key)", message: message)
    }

    func count(_ key: String) throws(JSONSchemaError) -> Int? {
        guard let value = object[key] else { return nil }
        guard let count = value.integerValue, count >= 0 else {
            throw error(key, "\(key) is a whole number from 0")
        }
        return Int(count)
    }

    static func regex(_ source: String, _ pointer: String) throws(JSONSchemaError) -> LinearRegex {
        do {
            return try LinearRegex(source, options: .strictEnd)
        } catch {
            throw JSONSchemaError(pointer: pointer, message: "the pattern \(source): \(error)")
        }
    }

    func strings(_ value: JSONValue, _ key: String) throws(JSONSchemaError) -> [String] {
        guard case .array(let elements) = value else { throw error(key, "a list of strings") }
        let strings = elements.compactMap(\.stringValue)
        guard strings.count == elements.count else { throw error(key, "a list of strings") }
        return strings
    }

    mutating func scalarChecks() throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        if let type = object["type"] {
            let names: [String]
            if let name = type.stringValue {
                names = [name]
            } else {
                names = try strings(type, "type")
            }
            guard !names.isEmpty else { throw error("type", "a list of at least one type") }
            if let name = names.first(where: { !Self.types.contains($0) }) {
                throw error("type", "there is no type \(name)")
            }
            checks.append(.type(Set(names)))
        }
        if let values = object["enum"] {
            guard case .array(let list) = values else { throw error("enum", "a list of values") }
            checks.append(.oneOfValues(list))
        }
        if let value = object["const"] { checks.append(.constant(value)) }
        for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
            guard let value = object[key] else { continue }
            guard let number = value.doubleValue else { throw error(key, "\(key) is a number") }
            guard key != "multipleOf" || number > 0 else {
                throw error(key, "multipleOf is a number above 0")
            }
            checks.append(.number(keyword: key, limit: value))
        }
        if object["minLength"] != nil || object["maxLength"] != nil {
            checks.append(.length(min: try count("minLength"), max: try count("maxLength")))
        }
        if let pattern = object["pattern"] {
            guard let source = pattern.stringValue else { throw error("pattern", "a string") }
            checks.append(
                .pattern(try Self.regex(source, "\(pointer)/pattern"), source: source)
            )
        }
        if let format = object["format"] {
            guard let name = format.stringValue else { throw error("format", "a string") }
            if TextFormatCheck.known.contains(name) { checks.append(.format(name)) }
        }
        return checks + (try countChecks())
    }

    private func countChecks() throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        if object["minItems"] != nil || object["maxItems"] != nil {
            checks.append(.count(min: try count("minItems"), max: try count("maxItems")))
        }
        if let unique = object["uniqueItems"] {
            guard let unique = unique.boolValue else { throw error("uniqueItems", "a boolean") }
            if unique { checks.append(.uniqueItems) }
        }
        if object["minProperties"] != nil || object["maxProperties"] != nil {
            checks.append(
                .propertyCount(
                    min: try count("minProperties"),
                    max: try count("maxProperties"),
                )
            )
        }
        if let names = object["required"] {
            checks.append(.required(try strings(names, "required")))
        }
        if let dependents = object["dependentRequired"] {
            guard case .object(let members) = dependents else {
                throw error("dependentRequired", "an object of lists of strings")
            }
            var list: [(String, [String])] = []
            for entry in members {
                let place = "dependentRequired/\(JSONPointer.escape(entry.key))"
                list.append((entry.key, try strings(entry.value, place)))
            }
            checks.append(.dependentRequired(list))
        }
        return checks
    }
}
