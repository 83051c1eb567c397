import Model

extension Evaluator {
    /// Builtins that stop their argument early.
    func taking(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        switch builtin {
        case .first1:
            if let value = try prefix(1, of: arguments[0], input).first { try emit(value) }
        case .last1:
            var last: JSONValue?
            try eval(arguments[0], input) { last = $0 }
            if let last { try emit(last) }
        case .isempty:
            try emit(.bool(try prefix(1, of: arguments[0], input).isEmpty))
        case .isvalid:
            do throws(Stop) {
                try eval(arguments[0], input) { _ in }
                try emit(.bool(true))
            } catch {
                guard case .error(let problem) = error, !problem.isFinal else { throw error }
                try emit(.bool(false))
            }
        case .nth2:
            try eval(arguments[0], input) { index throws(Stop) in
                let count = try self.count(index, at)
                guard count >= 0 else {
                    throw self.fail(.invalidArgument, "Out of bounds negative array index", at)
                }
                let values = try self.prefix(count + 1, of: arguments[1], input)
                if values.count == count + 1, let last = values.last { try emit(last) }
            }
        case .limit:
            try eval(arguments[0], input) { index throws(Stop) in
                try self.limit(try self.count(index, at), arguments[1], input, emit)
            }
        default:
            try eval(arguments[0], input) { index throws(Stop) in
                var left = try self.count(index, at)
                try self.eval(arguments[1], input) { value throws(Stop) in
                    left -= 1
                    if left < 0 { try emit(value) }
                }
            }
        }
    }

    func count(_ value: JSONValue, _ at: Int) throws(Stop) -> Int {
        guard let number = value.doubleValue else {
            throw fail(.type, "a count must be a number, not \(value.typeName)", at)
        }
        return Int(min(max(number, -1), 1e9))
    }

    /// Without a positive count nothing is taken, and the argument is not evaluated.
    private func limit(
        _ count: Int,
        _ node: Node,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        guard count > 0 else { return }
        var left = count
        var outer: Stop?
        do throws(Stop) {
            try eval(node, input) { value throws(Stop) in
                left -= 1
                do throws(Stop) {
                    try emit(value)
                } catch {
                    outer = error
                    throw error
                }
                if left == 0 { throw Stop.breakOut(-4) }
            }
        } catch {
            if let outer { throw outer }
            guard case .breakOut(-4) = error else { throw error }
        }
    }

    private func prefix(
        _ count: Int,
        of node: Node,
        _ input: JSONValue,
    ) throws(Stop) -> [JSONValue] {
        try collect { emit throws(Stop) in try self.limit(count, node, input, emit) }
    }

    // MARK: Places

    func allPaths(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        try paths(.recurseAll, PathStep(path: [], value: input), at) { step throws(Stop) in
            guard !step.path.isEmpty else { return }
            switch builtin {
            case .paths: try emit(.array(step.path))
            case .leafPaths:
                if step.value.isTruthy, TypeFilter.holds(.scalars, step.value) {
                    try emit(.array(step.path))
                }
            default:
                try self.eval(arguments[0], step.value) { holds throws(Stop) in
                    if holds.isTruthy { try emit(.array(step.path)) }
                }
            }
        }
    }

    func pick(_ node: Node, _ at: Int, _ input: JSONValue) throws(Stop) -> JSONValue {
        var result: JSONValue = .null
        try paths(node, PathStep(path: [], value: input), at) { step throws(Stop) in
            try Change.set(&result, step.path[...], to: step.value, self, at)
        }
        return result
    }

    /// Children first; an output of nothing drops the element.
    func walk(_ node: Node, _ input: JSONValue, _ emit: Emit) throws(Stop) {
        try descend()
        defer { ascend() }
        switch input {
        case .array(let elements):
            let changed = try collect { emit throws(Stop) in
                for element in elements { try self.walk(node, element, emit) }
            }
            try eval(node, .array(changed), emit)
        case .object(let object):
            var changed = JSONObject()
            for entry in object {
                var last: JSONValue?
                try walk(node, entry.value) { if last == nil { last = $0 } }
                changed[entry.key] = last
            }
            try eval(node, .object(changed), emit)
        default:
            try eval(node, input, emit)
        }
    }

    func combinations(_ input: JSONValue, _ at: Int, _ emit: Emit) throws(Stop) {
        guard case .array(let lists) = input else {
            throw fail(.type, "Cannot iterate over \(Describe.value(input))", at)
        }
        try combinations(lists[...], [], at, emit)
    }

    private func combinations(
        _ lists: ArraySlice<JSONValue>,
        _ chosen: [JSONValue],
        _ at: Int,
        _ emit: Emit,
    ) throws(Stop) {
        guard let first = lists.first else {
            try charge(chosen.count * 16)
            return try emit(.array(chosen))
        }
        try iterate(first, at) { value throws(Stop) in
            try self.combinations(lists.dropFirst(), chosen + [value], at, emit)
        }
    }

    func stream(_ value: JSONValue, _ path: [JSONValue], _ emit: Emit) throws(Stop) {
        try descend()
        defer { ascend() }
        let children: [(JSONValue, JSONValue)]
        switch value {
        case .array(let elements) where !elements.isEmpty:
            children = elements.enumerated().map { (.integer(Int64($0.offset)), $0.element) }
        case .object(let object) where !object.isEmpty:
            children = object.map { (.string($0.key), $0.value) }
        default:
            return try emit(.array([.array(path), value]))
        }
        for (key, child) in children { try stream(child, path + [key], emit) }
        if let last = children.last { try emit(.array([.array(path + [last.0])])) }
    }
}

/// `numbers`, `strings` and so on.
enum TypeFilter {
    static func holds(_ builtin: Builtin, _ value: JSONValue) -> Bool {
        switch (builtin, value) {
        case (.values, .null): false
        case (.values, _): true
        case (.numbers, .integer), (.numbers, .number), (.strings, .string),
            (.booleans, .bool), (.nulls, .null), (.arrays, .array), (.objects, .object),
            (.iterables, .array), (.iterables, .object):
            true
        case (.scalars, .array), (.scalars, .object): false
        case (.scalars, _): true
        default: false
        }
    }
}
