/// A JSON Schema (2020-12), compiled once: the keywords people use. Keywords that assert something
/// and are not supported are refused when compiling, never ignored.
public struct JSONSchema: Sendable {
    /// The schema as it was given.
    public let source: JSONValue
    let nodes: [SchemaNode]

    /// One place of an instance that does not match.
    public struct Violation: Sendable, Hashable {
        /// JSON Pointers (RFC 6901) into the instance and the schema.
        public var instance: String
        public var schema: String
        public var keyword: String
        public var message: String

        public var json: JSONValue {
            [
                "path": .string(instance), "schema": .string(schema),
                "keyword": .string(keyword), "message": .string(message),
            ]
        }
    }

    /// Violations that are collected at most.
    public static let violationLimit = 100
    /// Schemas inside one another when validating, references followed included.
    public static let depthLimit = 200
    /// Schemas asked when validating; a large instance may take more, in proportion to its size
    /// times the schema's.
    public static let stepLimit = 1_000_000

    public init(_ source: JSONValue) throws(JSONSchemaError) {
        var compiler = SchemaCompiler(root: source)
        _ = try compiler.compile(source, "")
        try compiler.resolveReferences()
        self.source = source
        nodes = compiler.nodes
        if let pointer = SchemaCycles.first(in: nodes) {
            throw JSONSchemaError(
                pointer: pointer,
                message: "the schema leads back to itself without going into the value",
            )
        }
    }

    public static func compile(_ source: JSONValue) throws(JSONSchemaError) -> JSONSchema {
        try JSONSchema(source)
    }

    /// Everything that does not match, in the order of the schema; empty when all does.
    public func validate(_ instance: JSONValue) -> [Violation] {
        var validator = SchemaValidator(nodes: nodes, instance: instance)
        return validator.run()
    }

    public func accepts(_ instance: JSONValue) -> Bool { validate(instance).isEmpty }
}

/// Why a schema is refused.
public struct JSONSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// JSON Pointer into the schema.
    public var pointer: String
    public var message: String

    public var description: String { pointer.isEmpty ? message : "\(message) (at \(pointer))" }
}

/// A compiled schema; others are named by their index.
struct SchemaNode: Sendable {
    var pointer: String
    /// `false` matches nothing.
    var refusesAll = false
    var checks: [SchemaCheck] = []
}

indirect enum SchemaCheck: Sendable {
    case type(Set<String>)
    case oneOfValues([JSONValue])
    case constant(JSONValue)
    case number(keyword: String, limit: JSONValue)
    case length(min: Int?, max: Int?)
    case pattern(LinearRegex, source: String)
    case format(String)
    case items(prefix: [Int], rest: Int?)
    case contains(Int, min: Int, max: Int?)
    case count(min: Int?, max: Int?)
    case uniqueItems
    case properties(
        known: [String: Int],
        patterns: [(LinearRegex, Int)],
        rest: Int?,
        text: [String],
    )
    case propertyNames(Int)
    case propertyCount(min: Int?, max: Int?)
    case required([String])
    case dependentRequired([(String, [String])])
    case dependentSchemas([(String, Int)])
    case all([Int])
    case any([Int])
    case one([Int])
    case not(Int)
    case condition(if: Int, then: Int?, otherwise: Int?)
    case reference(Int)
}
