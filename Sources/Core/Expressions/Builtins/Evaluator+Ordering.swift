import Model

extension Evaluator {
    /// `sort_by`, `group_by`, `unique_by`, `min_by`, `max_by`: the key is the list of all outputs.
    func ordered(
        _ builtin: Builtin,
        by node: Node,
        _ at: Int,
        _ input: JSONValue,
    ) throws(Stop) -> JSONValue {
        guard case .array(let elements) = input else {
            throw fail(
                .type,
                "\(Describe.value(input)) cannot be sorted, as it is not an array",
                at,
            )
        }
        var keyed: [(key: JSONValue, value: JSONValue)] = []
        for element in elements {
            let key = try collect { emit throws(Stop) in try self.eval(node, element, emit) }
            keyed.append((.array(key), element))
        }
        try tick(keyed.count * 8)
        switch builtin {
        case .minBy, .maxBy: return extreme(keyed, isMax: builtin == .maxBy)
        default: break
        }
        let sorted = keyed.enumerated().sorted { left, right in
            let result = Order.compare(left.element.key, right.element.key)
            return result == 0 ? left.offset < right.offset : result < 0
        }.map(\.element)
        if builtin == .sortBy { return .array(sorted.map(\.value)) }
        var groups: [[JSONValue]] = []
        var last: JSONValue?
        for entry in sorted {
            if let last, Order.compare(last, entry.key) == 0 {
                groups[groups.count - 1].append(entry.value)
            } else {
                groups.append([entry.value])
            }
            last = entry.key
        }
        if builtin == .uniqueBy { return .array(groups.map { $0[0] }) }
        return try measured(.array(groups.map(JSONValue.array)))
    }

    /// The first of the least, the last of the greatest.
    private func extreme(
        _ keyed: [(key: JSONValue, value: JSONValue)],
        isMax: Bool,
    ) -> JSONValue {
        guard var best = keyed.first else { return .null }
        for entry in keyed.dropFirst() {
            let result = Order.compare(entry.key, best.key)
            if isMax ? result >= 0 : result < 0 { best = entry }
        }
        return best.value
    }

    func flatten(_ value: JSONValue, _ depth: Double, _ at: Int) throws(Stop) -> JSONValue {
        guard depth >= 0 else {
            throw fail(.invalidArgument, "flatten depth must not be negative", at)
        }
        var result: [JSONValue] = []
        try flatten(value, depth, at, &result)
        return .array(result)
    }

    private func flatten(
        _ value: JSONValue,
        _ depth: Double,
        _ at: Int,
        _ result: inout [JSONValue],
    ) throws(Stop) {
        try descend()
        defer { ascend() }
        var found: [JSONValue] = []
        try iterate(value, at) { found.append($0) }
        for element in found {
            if case .array = element, depth > 0 {
                try flatten(element, depth - 1, at, &result)
            } else {
                try charge(16)
                result.append(element)
            }
        }
    }

    func contains(_ left: JSONValue, _ right: JSONValue, _ at: Int) throws(Stop) -> Bool {
        try tick()
        switch (left, right) {
        case (.object(let a), .object(let b)):
            for entry in b {
                guard let own = a[entry.key], try contains(own, entry.value, at) else {
                    return false
                }
            }
            return true
        case (.array(let a), .array(let b)):
            for wanted in b {
                var found = false
                for own in a where !found {
                    found = own.typeName == wanted.typeName ? try contains(own, wanted, at) : false
                }
                guard found else { return false }
            }
            return true
        case (.string(let a), .string(let b)):
            try tick(a.utf8.count)
            return !TextSearch.positions(of: b, in: a, limit: 1).isEmpty || b.isEmpty
        default:
            guard left.typeName == right.typeName else {
                throw fail(
                    .type,
                    "\(Describe.value(left)) and \(Describe.value(right)) cannot have their"
                        + " containment checked",
                    at,
                )
            }
            return left == right
        }
    }
}

/// Where a text occurs in another, by code point.
enum TextSearch {
    /// Overlapping occurrences; none of the empty text.
    static func positions(of wanted: String, in text: String, limit: Int = .max) -> [Int] {
        let bytes = Array(text.utf8)
        let needle = Array(wanted.utf8)
        guard !needle.isEmpty, needle.count <= bytes.count else { return [] }
        var found: [Int] = []
        var codePoint = 0
        for index in 0...(bytes.count - needle.count) {
            let isStart = bytes[index] & 0xC0 != 0x80
            if isStart, bytes[index] == needle[0],
                bytes[index..<(index + needle.count)].elementsEqual(needle)
            {
                found.append(codePoint)
                if found.count >= limit { return found }
            }
            if isStart { codePoint += 1 }
        }
        return found
    }
}
