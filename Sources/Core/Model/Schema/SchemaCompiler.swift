/// Turns a schema document into nodes.
struct SchemaCompiler {
    private let root: JSONValue
    private(set) var nodes: [SchemaNode] = []
    private var byPointer: [String: Int] = [:]
    private var anchors: [String: String] = [:]
    private var pending: [(node: Int, check: Int, target: String)] = []
    private var depth = 0

    init(root: JSONValue) {
        self.root = root
    }

    /// Says nothing about instances.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "$anchor", "$defs", "definitions", "title", "description",
        "default", "examples", "example", "deprecated", "readOnly", "writeOnly",
        "contentEncoding", "contentMediaType", "contentSchema",
    ]
    private static let handled: Set<String> = [
        "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "minLength", "maxLength", "pattern", "format", "items", "prefixItems",
        "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems",
        "properties", "patternProperties", "additionalProperties", "propertyNames",
        "minProperties", "maxProperties", "required", "dependentRequired", "dependentSchemas",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref",
    ]

    mutating func compile(_ schema: JSONValue, _ pointer: String) throws(JSONSchemaError) -> Int {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else { throw JSONSchemaError(pointer: pointer, message: "too deep") }
        let index = nodes.count
        nodes.append(SchemaNode(pointer: pointer))
        byPointer[pointer] = index
        switch schema {
        case .bool(let accepts):
            nodes[index].refusesAll = !accepts
            return index
        case .object(let object):
            try compile(object, index, pointer)
            return index
        default:
            throw JSONSchemaError(
                pointer: pointer,
                message: "a schema is an object or a boolean",
            )
        }
    }

    private mutating func compile(
        _ object: JSONObject,
        _ index: Int,
        _ pointer: String,
    ) throws(JSONSchemaError) {
        try readIdentifiers(object, pointer)
        for name in ["$defs", "definitions"] { _ = try map(object, name, pointer) }
        for key in object.keys
        where !Self.handled.contains(key) && !Self.annotations.contains(key)
            && !key.hasPrefix("x-")
        {
            throw JSONSchemaError(
                pointer: "\(pointer)/\(JSONPointer.escape(key))",
                message: "the keyword \(key) is not supported",
            )
        }
        var reader = SchemaReader(object: object, pointer: pointer)
        nodes[index].checks += try reader.scalarChecks()
        nodes[index].checks += try arrayChecks(object, pointer)
        nodes[index].checks += try objectChecks(object, pointer)
        nodes[index].checks += try combinations(object, pointer)
        if let target = object["$ref"] {
            guard let text = target.stringValue, text.hasPrefix("#") else {
                throw JSONSchemaError(
                    pointer: "\(pointer)/$ref",
                    message: "only references inside the document",
                )
            }
            guard let fragment = Self.percentDecoded(text.utf8.dropFirst()) else {
                throw JSONSchemaError(
                    pointer: "\(pointer)/$ref",
                    message: "\(text) is no reference",
                )
            }
            pending.append((index, nodes[index].checks.count, fragment))
            nodes[index].checks.append(.reference(0))
        }
    }

    private mutating func readIdentifiers(
        _ object: JSONObject,
        _ pointer: String,
    ) throws(JSONSchemaError) {
        if object["$id"] != nil, !pointer.isEmpty {
            throw JSONSchemaError(
                pointer: "\(pointer)/$id",
                message: "an $id below the root is not supported",
            )
        }
        guard let value = object["$anchor"] else { return }
        guard let anchor = value.stringValue else {
            throw JSONSchemaError(pointer: "\(pointer)/$anchor", message: "a string")
        }
        if let first = anchors[anchor], first != pointer {
            throw JSONSchemaError(
                pointer: "\(pointer)/$anchor",
                message: "the anchor \(anchor) occurs twice",
            )
        }
        anchors[anchor] = pointer
    }

    /// Of the part of a reference after `#`; nil when it is malformed.
    private static func percentDecoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit),
                let low = rest.popFirst().flatMap(hexDigit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    mutating func resolveReferences() throws(JSONSchemaError) {
        while let (node, check, target) = pending.popLast() {
            let pointer = anchors[target] ?? target
            var index = byPointer[pointer]
            if index == nil, let schema = JSONPointer.resolve(pointer, in: root) {
                index = try compile(schema, pointer)
            }
            guard let index else {
                throw JSONSchemaError(
                    pointer: nodes[node].pointer,
                    message: "#\(target) does not exist",
                )
            }
            nodes[node].checks[check] = .reference(index)
        }
    }

    private mutating func sub(
        _ object: JSONObject,
        _ key: String,
        _ pointer: String,
    ) throws(JSONSchemaError) -> Int? {
        guard let value = object[key] else { return nil }
        return try compile(value, "\(pointer)/\(key)")
    }

    private mutating func list(
        _ object: JSONObject,
        _ key: String,
        _ pointer: String,
    ) throws(JSONSchemaError) -> [Int]? {
        guard let value = object[key] else { return nil }
        guard case .array(let schemas) = value, !schemas.isEmpty else {
            throw JSONSchemaError(
                pointer: "\(pointer)/\(key)",
                message: "\(key) is a list of schemas",
            )
        }
        var indices: [Int] = []
        for (position, schema) in schemas.enumerated() {
            indices.append(try compile(schema, "\(pointer)/\(key)/\(position)"))
        }
        return indices
    }

    private mutating func map(
        _ object: JSONObject,
        _ key: String,
        _ pointer: String,
    ) throws(JSONSchemaError) -> [(String, Int)] {
        guard let value = object[key] else { return [] }
        guard case .object(let schemas) = value else {
            throw JSONSchemaError(
                pointer: "\(pointer)/\(key)",
                message: "\(key) is an object of schemas",
            )
        }
        var result: [(String, Int)] = []
        for entry in schemas {
            let place = "\(pointer)/\(key)/\(JSONPointer.escape(entry.key))"
            result.append((entry.key, try compile(entry.value, place)))
        }
        return result
    }

    private mutating func arrayChecks(
        _ object: JSONObject,
        _ pointer: String,
    ) throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        let reader = SchemaReader(object: object, pointer: pointer)
        let prefix = try list(object, "prefixItems", pointer) ?? []
        let rest = try sub(object, "items", pointer)
        if !prefix.isEmpty || rest != nil { checks.append(.items(prefix: prefix, rest: rest)) }
        if let wanted = try sub(object, "contains", pointer) {
            checks.append(
                .contains(
                    wanted,
                    min: try reader.count("minContains") ?? 1,
                    max: try reader.count("maxContains"),
                )
            )
        }
        return checks
    }

    private mutating func objectChecks(
        _ object: JSONObject,
        _ pointer: String,
    ) throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        let known = try map(object, "properties", pointer)
        var patterns: [(LinearRegex, Int)] = []
        for (source, index) in try map(object, "patternProperties", pointer) {
            let place = "\(pointer)/patternProperties/\(JSONPointer.escape(source))"
            patterns.append((try SchemaReader.regex(source, place), index))
        }
        let rest = try sub(object, "additionalProperties", pointer)
        if !known.isEmpty || !patterns.isEmpty || rest != nil {
            checks.append(
                .properties(
                    known: Dictionary(known) { first, _ in first },
                    patterns: patterns,
                    rest: rest,
                    text: known.map(\.0),
                )
            )
        }
        if let names = try sub(object, "propertyNames", pointer) {
            checks.append(.propertyNames(names))
        }
        let dependents = try map(object, "dependentSchemas", pointer)
        if !dependents.isEmpty { checks.append(.dependentSchemas(dependents)) }
        return checks
    }

    private mutating func combinations(
        _ object: JSONObject,
        _ pointer: String,
    ) throws(JSONSchemaError) -> [SchemaCheck] {
        var checks: [SchemaCheck] = []
        if let indices = try list(object, "allOf", pointer) { checks.append(.all(indices)) }
        if let indices = try list(object, "anyOf", pointer) { checks.append(.any(indices)) }
        if let indices = try list(object, "oneOf", pointer) { checks.append(.one(indices)) }
        if let index = try sub(object, "not", pointer) { checks.append(.not(index)) }
        let then = try sub(object, "then", pointer)
        let otherwise = try sub(object, "else", pointer)
        if let test = try sub(object, "if", pointer) {
            checks.append(.condition(if: test, then: then, otherwise: otherwise))
        }
        return checks
    }
}
