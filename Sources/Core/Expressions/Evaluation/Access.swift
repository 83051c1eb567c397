import Model

/// Reading inside values, as jq does: null gives null, a wrong type is an error.
enum Access {
    static func field(_ value: JSONValue, _ name: String, _ at: Int) throws(Stop) -> JSONValue {
        switch value {
        case .object(let object): return object[name] ?? .null
        case .null: return .null
        default:
            throw Stop.error(
                EvaluationError(
                    .type,
                    "Cannot index \(value.typeName) with string \"\(name)\"",
                    at: at,
                )
            )
        }
    }

    static func index(_ value: JSONValue, _ index: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        switch (value, index) {
        case (_, .string(let name)): return try field(value, name, at)
        case (.null, .integer), (.null, .number), (.null, .null): return .null
        case (.array(let elements), .integer(let position)):
            return element(elements, position)
        case (.array(let elements), .number(let position)):
            guard position.isFinite, position.magnitude < 1e15 else { return .null }
            return element(elements, Int64(position.rounded(.down)))
        case (.array(let elements), .array(let wanted)):
            return .array(Positions.of(wanted, in: elements).map { .integer(Int64($0)) })
        case (.null, .object(let range)), (.array, .object(let range)),
            (.string, .object(let range)):
            return try slice(value, range["start"] ?? .null, range["end"] ?? .null, at)
        default:
            throw Stop.error(
                EvaluationError(
                    .type,
                    "Cannot index \(value.typeName) with \(index.typeName)",
                    at: at,
                )
            )
        }
    }

    private static func element(_ elements: [JSONValue], _ position: Int64) -> JSONValue {
        let index = position < 0 ? position + Int64(elements.count) : position
        guard index >= 0, index < Int64(elements.count) else { return .null }
        return elements[Int(index)]
    }

    static func slice(
        _ value: JSONValue,
        _ from: JSONValue,
        _ to: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        switch value {
        case .null: return .null
        case .array(let elements):
            return .array(Array(elements[try range(elements.count, from, to, at)]))
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            var result = String.UnicodeScalarView()
            result.append(contentsOf: scalars[try range(scalars.count, from, to, at)])
            return .string(String(result))
        default:
            throw Stop.error(
                EvaluationError(.type, "Cannot index \(value.typeName) with object", at: at)
            )
        }
    }

    /// Negative ends count from the end; the start is rounded down, the end up.
    static func range(
        _ count: Int,
        _ from: JSONValue,
        _ to: JSONValue,
        _ at: Int,
    ) throws(Stop) -> Range<Int> {
        let start = try bound(from, count, roundsUp: false, at) ?? 0
        let end = try bound(to, count, roundsUp: true, at) ?? count
        return start..<max(start, end)
    }

    private static func bound(
        _ value: JSONValue,
        _ count: Int,
        roundsUp: Bool,
        _ at: Int,
    ) throws(Stop) -> Int? {
        let number: Double
        switch value {
        case .null: return nil
        case .integer(let integer): number = Double(integer)
        case .number(let double): number = double.rounded(roundsUp ? .up : .down)
        default:
            throw Stop.error(
                EvaluationError(
                    .type,
                    "Start and end indices of an array slice must be numbers",
                    at: at,
                )
            )
        }
        let shifted = number < 0 ? number + Double(count) : number
        return Int(min(max(shifted, 0), Double(count)))
    }
}

/// Where one list occurs in another.
enum Positions {
    static func of(_ wanted: [JSONValue], in elements: [JSONValue]) -> [Int] {
        guard !wanted.isEmpty, wanted.count <= elements.count else { return [] }
        return (0...(elements.count - wanted.count)).filter { start in
            elements[start..<(start + wanted.count)].elementsEqual(wanted)
        }
    }
}
