import Model

/// The JSON Schemas (2020-12) of the project's files, made from the same records as the parser's
/// checks.
package enum LanguageSchema {
    package static let kinds = ["workflow", "solution", "account", "connector"]

    /// Nil for an unknown kind.
    package static func json(_ kind: String) -> JSONValue? {
        guard kinds.contains(kind) else { return nil }
        var definitions = JSONObject()
        for name in Records.all.keys.sorted() {
            if let record = Records.all[name] { definitions[name] = schema(record, name) }
        }
        var object = JSONObject()
        object["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        object["title"] = .string("Backstop \(kind)")
        object["$ref"] = .string("#/$defs/\(kind)")
        object["$defs"] = .object(definitions)
        return .object(object)
    }

    private static func schema(_ record: Record, _ name: String) -> JSONValue {
        var properties = JSONObject()
        for field in record.fields {
            var value = schema(field.shape)
            if case .object(var object) = value {
                object["description"] = .string(field.words)
                value = .object(object)
            }
            properties[field.key] = value
        }
        var object = JSONObject()
        object["type"] = "object"
        object["description"] = .string(record.words)
        object["properties"] = .object(properties)
        object["additionalProperties"] = false
        let required = record.fields.filter(\.isRequired).map { JSONValue.string($0.key) }
        if !required.isEmpty { object["required"] = .array(required) }
        if name == "step" {
            object["oneOf"] = stepForms
        } else if !record.oneOf.isEmpty {
            object["oneOf"] = .array(record.oneOf.map { ["required": [.string($0)]] })
        }
        return .object(object)
    }

    /// One form key; or `if` with `then` as a list; or `then` alone, as in an error branch.
    private static var stepForms: JSONValue {
        var forms: [JSONValue] = Records.kinds.map { kind in
            ["required": [.string(kind)]]
        }
        let none: JSONValue = ["not": ["anyOf": .array(forms)]]
        forms.append(["allOf": [none, ["required": ["then"]]]])
        return .array(forms)
    }

    private static func schema(_ shape: Shape) -> JSONValue {
        switch shape {
        case .template, .any: [:]
        case .string: ["type": "string"]
        case .name: ["type": "string", "pattern": .string(Names.pattern)]
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            [
                "type": "integer", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .number(let range):
            [
                "type": "number", "minimum": .number(range.lowerBound),
                "maximum": .number(range.upperBound),
            ]
        case .duration: ["type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"]
        case .expression: ["type": ["string", "boolean", "integer", "null"]]
        case .word(let words): ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .list(let element): ["type": "array", "items": schema(element)]
        case .map(let element):
            ["type": "object", "additionalProperties": schema(element)]
        case .record(let name): ["$ref": .string("#/$defs/\(name)")]
        case .either(let shapes): ["anyOf": .array(shapes.map(schema))]
        case .jsonSchema: ["type": ["object", "boolean"]]
        }
    }
}
