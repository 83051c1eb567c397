import Model

/// A YAML value with its place, scalars typed by the core schema of YAML 1.2: no `yes`, no
/// sexagesimal numbers, integers exact.
struct SourceNode: Sendable {
    enum Value: Sendable {
        /// The typed value and, for strings, whether it was quoted or a block.
        case scalar(JSONValue, text: String, isPlain: Bool)
        case sequence([SourceNode])
        case mapping([Member])
    }

    struct Member: Sendable {
        var key: String
        var keyPlace: SourcePlace
        var value: SourceNode
    }

    var place: SourcePlace
    var value: Value

    var json: JSONValue {
        switch value {
        case .scalar(let value, _, _): value
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .mapping(let members):
            .object(JSONObject(members.map { ($0.key, $0.value.json) }))
        }
    }

    var kindName: String {
        switch value {
        case .scalar(let value, _, _): value.typeName
        case .sequence: "list"
        case .mapping: "mapping"
        }
    }

    subscript(key: String) -> SourceNode? { member(key)?.value }

    func member(_ key: String) -> Member? {
        guard case .mapping(let members) = value else { return nil }
        return members.first { $0.key == key }
    }

    var members: [Member] {
        guard case .mapping(let members) = value else { return [] }
        return members
    }

    var elements: [SourceNode] {
        guard case .sequence(let nodes) = value else { return [] }
        return nodes
    }

    /// The text of a string, or of any plain scalar as it was written.
    var text: String? {
        guard case .scalar(_, let text, _) = value else { return nil }
        return text
    }

    var string: String? { json.stringValue }
}
