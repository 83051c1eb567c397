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

    /// The documents of a YAML text as JSON, as an editor checks them against the schema; empty
    /// when the text cannot be read.
    package static func documents(_ text: String) -> [JSONValue] {
        var parser = SourceParser(file: "")
        return parser.documents(text).map(\.json)
    }

    private static func schema(_ record: Record, _ name: String) -> JSONValue {
        var properties = JSONObject()
        for field in record.fields {
            var value = schema(field.shape)
            if case .object(var object) = value {
                object["description"] = .string(words(field))
                value = .object(object)
            }
            properties[field.key] = value
        }
        var object = JSONObject()
        object["type"] = "object"
        object["description"] = .string(record.words)
        object["properties"] = .object(properties)
        object["additionalProperties"] = false
        let required = record.fields.filter { $0.isRequired && $0.home == nil }
        if !required.isEmpty { object["required"] = .array(required.map { .string($0.key) }) }
        let dependents = dependents(record)
        if !dependents.isEmpty { object["dependentRequired"] = .object(dependents) }
        if name == "step" {
            object["oneOf"] = stepForms
            object["allOf"] = branchForm
        } else if !record.oneOf.isEmpty {
            object["oneOf"] = .array(record.oneOf.map { ["required": [.string($0)]] })
        }
        let choices = choices(record)
        if !choices.isEmpty { object["allOf"] = .array(choices) }
        return .object(object)
    }

    private static func words(_ field: Field) -> String {
        guard case .duration(let range) = field.shape else { return field.words }
        let low = TimeSpan(milliseconds: range.lowerBound)
        let high = TimeSpan(milliseconds: range.upperBound)
        return "\(field.words) \(low) to \(high)."
    }

    /// Keys that need another one.
    private static func dependents(_ record: Record) -> JSONObject {
        var needs: [(String, [String])] = []
        for field in record.fields {
            guard case .key(let key)? = field.home else { continue }
            needs.append((field.key, [key]))
            guard field.isRequired else { continue }
            if let index = needs.firstIndex(where: { $0.0 == key }) {
                needs[index].1.append(field.key)
            } else {
                needs.append((key, [field.key]))
            }
        }
        return JSONObject(needs.map { ($0.0, .array($0.1.map(JSONValue.string))) })
    }

    /// Keys that belong to one value of another key.
    private static func choices(_ record: Record) -> [JSONValue] {
        var homes: [Field.Home] = []
        for case .some(let home) in record.fields.map(\.home) where !homes.contains(home) {
            homes.append(home)
        }
        return homes.compactMap { home in
            guard case .value(let key, let word) = home else { return nil }
            let fields = record.fields.filter { $0.home == home }
            return [
                "if": [
                    "properties": .object([key: ["const": .string(word)]]),
                    "required": [.string(key)],
                ],
                "then": [
                    "required": .array(fields.filter(\.isRequired).map { .string($0.key) })
                ],
                "else": [
                    "not": ["anyOf": .array(fields.map { ["required": [.string($0.key)]] })]
                ],
            ]
        }
    }

    private static var kindForms: JSONValue {
        .array(Records.kinds.map { ["required": [.string($0)]] })
    }

    /// One form key; or `if` with `then` as a list; or `then` alone, as in an error branch.
    private static var stepForms: JSONValue {
        let none: JSONValue = ["not": ["anyOf": kindForms]]
        let then: JSONValue = ["allOf": [none, ["required": ["then"]]]]
        return .array((kindForms.arrayValue ?? []) + [then])
    }

    /// `then` as a list needs `if` and no other form; `else` needs `then` as a list.
    private static var branchForm: JSONValue {
        let branch: JSONValue = [
            "properties": ["then": ["type": "array"]], "required": ["then"],
        ]
        return [
            [
                "if": branch,
                "then": ["required": ["if"], "not": ["anyOf": kindForms]],
            ],
            ["if": ["required": ["else"]], "then": branch],
        ]
    }

    private static func schema(_ shape: Shape) -> JSONValue {
        switch shape {
        case .template, .any: [:]
        case .string: ["type": "string"]
        case .name: ["type": "string", "pattern": .string(Names.pattern)]
        case .boolean: ["type": "boolean"]
        case .yes: ["const": true]
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
        case .duration(let range):
            ["type": "string", "pattern": .string(DurationPattern.text(range))]
        case .pause:
            [
                "anyOf": [
                    ["type": "number", "minimum": 0],
                    schema(.duration(0...TimeSpan.longest.milliseconds)),
                    ["type": "string", "pattern": #"\$\{"#],
                ]
            ]
        case .expression: ["type": ["string", "boolean", "number", "null"]]
        case .timeZone: ["type": "string", "pattern": .string(Names.timeZonePattern)]
        case .webAddress: ["type": "string", "pattern": .string(Names.webAddressPattern)]
        case .operation: ["type": "string", "pattern": .string(Names.operationPattern)]
        case .word(let words): ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .list(let element): ["type": "array", "items": schema(element)]
        case .map(let element):
            ["type": "object", "additionalProperties": schema(element)]
        case .names(let element):
            [
                "type": "object", "additionalProperties": schema(element),
                "propertyNames": ["pattern": .string(Names.pattern)],
            ]
        case .arguments: ["type": "object", "properties": ["auth": ["type": "string"]]]
        case .secret: schema(.record("secret"))
        case .record(let name): ["$ref": .string("#/$defs/\(name)")]
        case .either(let shapes): ["anyOf": .array(shapes.map(schema))]
        case .jsonSchema: ["type": ["object", "boolean"]]
        }
    }
}
