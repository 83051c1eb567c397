import Model

extension Evaluator {
    /// Builtins of values alone: one output for one combination of arguments.
    func plain(
        _ builtin: Builtin,
        _ values: [JSONValue],
        _ at: Int,
        _ input: JSONValue,
    ) throws(Stop) -> JSONValue {
        switch builtin {
        case .not: return .bool(!input.isTruthy)
        case .error1:
            try measure(values[0])
            throw raised(values[0], at)
        case .type: return .string(input.typeName)
        case .length: return try length(input, at)
        case .utf8bytelength:
            return .integer(
                Int64(try text(input, "only strings have UTF-8 byte length", at).utf8.count)
            )
        case .keys, .keysUnsorted: return try keys(input, sorted: builtin == .keys, at)
        case .has: return .bool(try has(input, values[0], at))
        case .in1: return .bool(try has(values[0], input, at))
        case .contains: return .bool(try contains(input, values[0], at))
        case .inside: return .bool(try contains(values[0], input, at))
        case .add:
            var sum: JSONValue = .null
            try iterate(input, at) { value throws(Stop) in
                sum = try self.add(sum, value, at)
            }
            return sum
        case .any, .all:
            var found = false
            try iterate(input, at) { found = found || $0.isTruthy == (builtin == .any) }
            return .bool(found == (builtin == .any))
        case .flatten: return try flatten(input, 1e9, at)
        case .flatten1:
            guard let depth = values[0].doubleValue else {
                throw fail(.type, "flatten depth must not be negative", at)
            }
            return try flatten(input, depth, at)
        case .sort: return .array(Order.sorted(try array(input, "sorted", at)))
        case .unique:
            var result: [JSONValue] = []
            for value in Order.sorted(try array(input, "sorted", at))
            where result.last.map({ Order.compare($0, value) != 0 }) ?? true {
                result.append(value)
            }
            return .array(result)
        case .min, .max: return try extreme(input, builtin == .max, at)
        case .reverse: return try reversed(input, at)
        case .transpose: return try transposed(input, at)
        case .toarray: return input.arrayValue == nil ? try measured(.array([input])) : input
        case .first: return try Access.index(input, .integer(0), at)
        case .last: return try Access.index(input, .integer(-1), at)
        case .nth: return try Access.index(input, values[0], at)
        case .index, .rindex, .indices: return try search(builtin, input, values[0], at)
        case .toEntries: return try measured(.array(try Entries.to(input, at)))
        case .fromEntries: return try Entries.from(input, at)
        case .getpath: return try Change.get(input, try pathArray(values[0], at)[...], at)
        case .setpath:
            var result = input
            try Change.set(&result, try pathArray(values[0], at)[...], to: values[1], self, at)
            return result
        case .delpaths:
            guard case .array(let places) = values[0] else {
                throw fail(.invalidPath, "Paths must be specified as an array", at)
            }
            return try Change.delete(places, from: input, self, at)
        case .now: return try number(Double(environment.now.milliseconds) / 1000, at)
        default: return try plainText(builtin, values, at, input)
        }
    }

    func text(
        _ value: JSONValue,
        _ message: String,
        _ at: Int,
    ) throws(Stop) -> String {
        guard case .string(let text) = value else {
            throw fail(.type, "\(Describe.value(value)) \(message)", at)
        }
        return text
    }

    func array(_ value: JSONValue, _ verb: String, _ at: Int) throws(Stop) -> [JSONValue] {
        guard case .array(let elements) = value else {
            throw fail(
                .type,
                "\(Describe.value(value)) cannot be \(verb), as it is not an array",
                at,
            )
        }
        try tick(elements.count * 4)
        return elements
    }

    private func length(_ value: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        switch value {
        case .null: return .integer(0)
        case .bool: throw fail(.type, "\(Describe.value(value)) has no length", at)
        case .integer(let integer):
            guard integer != .min else { throw fail(.integerOverflow, "no such integer", at) }
            return .integer(abs(integer))
        case .number(let number): return .number(number.magnitude)
        case .string(let text):
            try tick(text.utf8.count / 16)
            return .integer(Int64(text.unicodeScalars.count))
        case .array(let elements): return .integer(Int64(elements.count))
        case .object(let object): return .integer(Int64(object.count))
        }
    }

    private func keys(_ value: JSONValue, sorted: Bool, _ at: Int) throws(Stop) -> JSONValue {
        switch value {
        case .object(let object):
            try tick(object.count * 4)
            let keys = sorted ? Order.sortedKeys(object) : object.keys
            return .array(keys.map(JSONValue.string))
        case .array(let elements):
            try charge(elements.count * 16)
            return .array(elements.indices.map { .integer(Int64($0)) })
        default: throw fail(.type, "\(Describe.value(value)) has no keys", at)
        }
    }

    private func has(_ value: JSONValue, _ key: JSONValue, _ at: Int) throws(Stop) -> Bool {
        switch (value, key) {
        case (.null, .string), (.null, .integer), (.null, .number): return false
        case (.object(let object), .string(let name)): return object[name] != nil
        case (.array(let elements), .integer), (.array(let elements), .number):
            let index = key.doubleValue ?? -1
            return index >= 0 && index < Double(elements.count)
        default:
            throw fail(
                .type,
                "Cannot check whether \(value.typeName) has a \(key.typeName) key",
                at,
            )
        }
    }

    private func extreme(_ value: JSONValue, _ isMax: Bool, _ at: Int) throws(Stop) -> JSONValue {
        let elements = try array(value, "iterated", at)
        guard var best = elements.first else { return .null }
        for element in elements.dropFirst() {
            let result = Order.compare(element, best)
            if isMax ? result >= 0 : result < 0 { best = element }
        }
        return best
    }

    private func reversed(_ value: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        switch value {
        case .null: return .array([])
        case .string(let text):
            var result = String.UnicodeScalarView()
            result.append(contentsOf: text.unicodeScalars.reversed())
            return .string(String(result))
        default: return .array(try array(value, "reversed", at).reversed())
        }
    }

    private func transposed(_ value: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        var rows: [[JSONValue]] = []
        for row in try array(value, "transposed", at) {
            rows.append(row.isNull ? [] : try array(row, "transposed", at))
        }
        let width = rows.map(\.count).max() ?? 0
        try charge(width * rows.count * 16)
        return .array(
            (0..<width).map { column in
                .array(rows.map { $0.indices.contains(column) ? $0[column] : .null })
            }
        )
    }

    private func search(
        _ builtin: Builtin,
        _ value: JSONValue,
        _ wanted: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        if value.isNull { return .null }
        let positions: [Int]
        switch (value, wanted) {
        case (.string(let text), .string(let needle)):
            try tick(text.utf8.count)
            positions = TextSearch.positions(of: needle, in: text)
        case (.array(let elements), .array(let list)):
            try tick(elements.count * max(1, list.count))
            positions = Positions.of(list, in: elements)
        case (.array(let elements), _):
            try tick(elements.count)
            positions = elements.indices.filter { elements[$0] == wanted }
        default:
            throw fail(
                .type,
                "Cannot determine indices of \(wanted.typeName) in \(value.typeName)",
                at,
            )
        }
        let all = positions.map { JSONValue.integer(Int64($0)) }
        switch builtin {
        case .index: return all.first ?? .null
        case .rindex: return all.last ?? .null
        default: return .array(all)
        }
    }
}
