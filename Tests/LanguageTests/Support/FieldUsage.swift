import Language
import Model

/// Which fields of the language's records occurred in documents.
struct FieldUsage {
    private let definitions: JSONObject
    private var used: Set<String> = []

    init() {
        definitions = LanguageSchema.json("workflow")?["$defs"]?.objectValue ?? JSONObject()
    }

    var unused: [String] {
        definitions.flatMap { definition in
            (definition.value["properties"]?.objectValue ?? JSONObject()).map {
                "\(definition.key).\($0.key)"
            }
        }
        .filter { !used.contains($0) }
    }

    mutating func note(_ document: JSONValue, _ record: String) {
        guard case .object(let object) = document, let definition = definitions[record] else {
            return
        }
        for entry in object {
            guard let schema = definition["properties"]?[entry.key] else { continue }
            used.insert("\(record).\(entry.key)")
            note(entry.value, schema)
        }
    }

    private mutating func note(_ value: JSONValue, _ schema: JSONValue) {
        if let reference = schema["$ref"]?.stringValue {
            note(value, String(reference.dropFirst("#/$defs/".count)))
        }
        for choice in schema["anyOf"]?.arrayValue ?? [] { note(value, choice) }
        switch value {
        case .array(let elements):
            guard let items = schema["items"] else { return }
            for element in elements { note(element, items) }
        case .object(let object):
            guard let rest = schema["additionalProperties"] else { return }
            for entry in object { note(entry.value, rest) }
        default: return
        }
    }
}
