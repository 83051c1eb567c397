import Model

/// jq's order of all values: null, false, true, numbers, strings, arrays, objects.
enum Order {
    static func compare(
        _ left: JSONValue,
        _ right: JSONValue,
        _ comparison: Node.Comparison,
    ) -> Bool {
        switch comparison {
        case .equal: left == right
        case .notEqual: left != right
        case .less: compare(left, right) < 0
        case .lessOrEqual: compare(left, right) <= 0
        case .greater: compare(left, right) > 0
        case .greaterOrEqual: compare(left, right) >= 0
        }
    }

    /// Negative, zero or positive.
    static func compare(_ left: JSONValue, _ right: JSONValue) -> Int {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return a < b ? -1 : a > b ? 1 : 0
        case (.string(let a), .string(let b)): return compare(a, b)
        case (.array(let a), .array(let b)):
            for (x, y) in zip(a, b) {
                let result = compare(x, y)
                if result != 0 { return result }
            }
            return a.count - b.count
        case (.object(let a), .object(let b)): return compare(a, b)
        default: break
        }
        if let a = left.doubleValue, let b = right.doubleValue {
            // NaN is below every number, also itself (jq 1.6).
            return a.isNaN ? -1 : a < b ? -1 : a == b ? 0 : 1
        }
        return rank(left) - rank(right)
    }

    /// By code points, which is the order of UTF-8 bytes.
    private static func compare(_ left: String, _ right: String) -> Int {
        if left.utf8.lexicographicallyPrecedes(right.utf8) { return -1 }
        return left.utf8.elementsEqual(right.utf8) ? 0 : 1
    }

    /// First the sorted keys, then the values in that order.
    private static func compare(_ left: JSONObject, _ right: JSONObject) -> Int {
        let keys = sortedKeys(left)
        let others = sortedKeys(right)
        for (x, y) in zip(keys, others) {
            let result = compare(x, y)
            if result != 0 { return result }
        }
        if keys.count != others.count { return keys.count - others.count }
        for key in keys {
            let result = compare(left[key] ?? .null, right[key] ?? .null)
            if result != 0 { return result }
        }
        return 0
    }

    static func sortedKeys(_ object: JSONObject) -> [String] {
        object.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func rank(_ value: JSONValue) -> Int {
        switch value {
        case .null: 0
        case .bool(false): 1
        case .bool(true): 2
        case .integer, .number: 3
        case .string: 4
        case .array: 5
        case .object: 6
        }
    }

    /// Stable.
    static func sorted(_ values: [JSONValue]) -> [JSONValue] {
        values.enumerated().sorted { left, right in
            let result = compare(left.element, right.element)
            return result == 0 ? left.offset < right.offset : result < 0
        }.map(\.element)
    }
}

/// Values in error messages, in jq's manner: the type and a short form.
enum Describe {
    static func value(_ value: JSONValue) -> String {
        guard !value.isNull else { return "null (null)" }
        var size = ValueSize(bytesLeft: 1 << 16)
        guard size.take(value, depth: 0) else { return "\(value.typeName) (...)" }
        var text = JSONWriter.string(value)
        if text.unicodeScalars.count > 14 {
            var cut = String.UnicodeScalarView()
            cut.append(contentsOf: text.unicodeScalars.prefix(10))
            text = String(cut) + "..."
        }
        return "\(value.typeName) (\(text))"
    }
}
