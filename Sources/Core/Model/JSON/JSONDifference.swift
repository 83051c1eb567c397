/// What one value has and another one lacks: from the second, ``restored(_:)`` makes the first.
///
/// Made for values of the same shape of which single parts were replaced, such as secrets.
package struct JSONDifference: Sendable {
    /// A part, and the member names and indices that lead to it.
    private var parts: [(path: [JSONValue], value: JSONValue)] = []

    package var isEmpty: Bool { parts.isEmpty }
    /// The texts and numbers that were replaced, each with the member name it stands under.
    package var named: [(name: String, value: JSONValue)] {
        parts.compactMap { part in
            part.path.last?.stringValue.map { ($0, part.value) }
        }
    }

    package init(from whole: JSONValue, to shown: JSONValue) {
        var path: [JSONValue] = []
        compare(whole, shown, &path)
    }

    private mutating func compare(
        _ whole: JSONValue,
        _ shown: JSONValue,
        _ path: inout [JSONValue],
    ) {
        switch (whole, shown) {
        case (.array(let left), .array(let right)) where left.count == right.count:
            for (index, pair) in zip(left, right).enumerated() {
                path.append(.integer(Int64(index)))
                compare(pair.0, pair.1, &path)
                path.removeLast()
            }
        case (.object(let left), .object(let right)) where left.keys == right.keys:
            for (pair, other) in zip(left, right) {
                path.append(.string(pair.key))
                compare(pair.value, other.value, &path)
                path.removeLast()
            }
        default:
            if !whole.isIdentical(to: shown) { parts.append((path, whole)) }
        }
    }

    /// The shown value with every part in its place again.
    package func restored(_ shown: JSONValue) -> JSONValue {
        var result = shown
        for part in parts { Self.put(part.value, at: part.path[...], into: &result) }
        return result
    }

    private static func put(
        _ value: JSONValue,
        at path: ArraySlice<JSONValue>,
        into whole: inout JSONValue,
    ) {
        guard let first = path.first else {
            whole = value
            return
        }
        switch (whole, first) {
        case (.array(var elements), .integer(let index)) where elements.indices.contains(Int(index)):
            whole = .null
            put(value, at: path.dropFirst(), into: &elements[Int(index)])
            whole = .array(elements)
        case (.object(var object), .string(let key)) where object[key] != nil:
            whole = .null
            object.update(key, default: .null) { put(value, at: path.dropFirst(), into: &$0) }
            whole = .object(object)
        default: return
        }
    }

    package var json: JSONValue {
        .array(parts.map { .array([.array($0.path), $0.value]) })
    }

    package init?(json: JSONValue) {
        guard let entries = json.arrayValue else { return nil }
        for entry in entries {
            guard let path = entry[0]?.arrayValue, let value = entry[1] else { return nil }
            parts.append((path, value))
        }
    }
}

extension JSONValue {
    /// Equal for strings, which is all that is replaced by another text; unequal kinds differ.
    fileprivate func isIdentical(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        default: false
        }
    }
}
