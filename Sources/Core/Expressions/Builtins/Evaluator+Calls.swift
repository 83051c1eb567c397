import Model

extension Evaluator {
    /// Builtins that take closures or give more than one value; all others are
    /// ``Evaluator/plain(_:_:_:_:)``.
    func call(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        try tick()
        switch builtin {
        case .empty: return
        case .error:
            try measure(input)
            throw raised(input, at)
        case .select:
            try eval(arguments[0], input) { holds throws(Stop) in
                if holds.isTruthy { try emit(input) }
            }
        case .values, .numbers, .strings, .booleans, .nulls, .arrays, .objects, .iterables,
            .scalars:
            if TypeFilter.holds(builtin, input) { try emit(input) }
        case .map:
            try emit(
                .array(
                    try collect { emit throws(Stop) in
                        try self.iterate(input, at) { element throws(Stop) in
                            try self.eval(arguments[0], element, emit)
                        }
                    }
                )
            )
        case .mapValues:
            try emit(
                try updateAll(.iterate(.identity, at: at), in: input, with: arguments[0], at)
            )
        case .recurse: try recurse(input, using: nil, emit)
        case .recurse1: try recurse(input, using: arguments[0], emit)
        case .recurse2: try recurse(input, using: arguments[0], while: arguments[1], emit)
        case .repeat1: try recurse(input, using: arguments[0], emit)
        case .while2: try recurse(input, using: arguments[1], while: arguments[0], emit)
        case .until: try until(arguments, input, emit)
        case .limit, .first1, .last1, .nth2, .skip, .isempty, .isvalid:
            try taking(builtin, arguments, at, input, emit)
        case .any1, .any2, .all1, .all2: try quantify(builtin, arguments, at, input, emit)
        case .add1:
            var sum: JSONValue = .null
            try eval(arguments[0], input) { value throws(Stop) in
                sum = try self.add(sum, value, at)
            }
            try emit(sum)
        case .range1, .range2, .range3: try range(arguments, at, input, emit)
        case .sortBy, .groupBy, .uniqueBy, .minBy, .maxBy:
            try emit(try ordered(builtin, by: arguments[0], at, input))
        default: try callMore(builtin, arguments, at, input, emit)
        }
    }

    private func callMore(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        switch builtin {
        case .path:
            try paths(arguments[0], PathStep(path: [], value: input), at) { step throws(Stop) in
                try emit(.array(step.path))
            }
        case .paths, .paths1, .leafPaths:
            try allPaths(builtin, arguments, at, input, emit)
        case .del:
            var places: [JSONValue] = []
            try paths(arguments[0], PathStep(path: [], value: input), at) {
                places.append(.array($0.path))
            }
            try emit(try Change.delete(places, from: input, self, at))
        case .pick: try emit(try pick(arguments[0], at, input))
        case .withEntries:
            let entries = try Entries.to(input, at)
            let changed = try collect { emit throws(Stop) in
                for entry in entries { try self.eval(arguments[0], entry, emit) }
            }
            try emit(try Entries.from(.array(changed), at))
        case .walk: try walk(arguments[0], input, emit)
        case .combinations: try combinations(input, at, emit)
        case .tostream: try stream(input, [], emit)
        case .match, .match2, .capture, .capture2, .scan, .scan2, .splits, .splits2, .sub, .sub3,
            .gsub, .gsub3, .test, .test2, .split2:
            try regex(builtin, arguments, at, input, emit)
        default:
            try product(arguments[...], [], input) { values throws(Stop) in
                try emit(try self.plain(builtin, values, at, input))
            }
        }
    }

    /// Every combination of the arguments' outputs; the first argument varies slowest.
    func product(
        _ arguments: ArraySlice<Node>,
        _ values: [JSONValue],
        _ input: JSONValue,
        _ body: ([JSONValue]) throws(Stop) -> Void,
    ) throws(Stop) {
        guard let first = arguments.first else { return try body(values) }
        try eval(first, input) { value throws(Stop) in
            try self.product(arguments.dropFirst(), values + [value], input, body)
        }
    }

    func collect(_ body: (Emit) throws(Stop) -> Void) throws(Stop) -> [JSONValue] {
        var values: [JSONValue] = []
        try body { value throws(Stop) in
            try self.charge(16)
            values.append(value)
        }
        return values
    }

    func raised(_ value: JSONValue, _ at: Int) -> Stop {
        let message = value.stringValue ?? "\(JSONWriter.string(value)) (not a string)"
        return .error(EvaluationError(.raised, message, at: at, value: value))
    }

    private func until(
        _ arguments: [Node],
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        var stack = [input]
        while let value = stack.popLast() {
            try tick()
            var tests: [Bool] = []
            try eval(arguments[0], value) { tests.append($0.isTruthy) }
            for holds in tests {
                if holds {
                    try emit(value)
                } else {
                    let next = try collect { emit throws(Stop) in
                        try self.eval(arguments[1], value, emit)
                    }
                    stack.append(contentsOf: next.reversed())
                }
            }
        }
    }

    private func quantify(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        let wanted = builtin == .any1 || builtin == .any2
        let source = arguments.count == 2 ? arguments[0] : .iterate(.identity, at: at)
        let condition = arguments[arguments.count - 1]
        var found = false
        do throws(Stop) {
            try eval(source, input) { value throws(Stop) in
                try self.eval(condition, value) { holds throws(Stop) in
                    guard holds.isTruthy == wanted else { return }
                    found = true
                    throw Stop.breakOut(-3)
                }
            }
        } catch {
            guard case .breakOut(-3) = error else { throw error }
        }
        try emit(.bool(found == wanted))
    }

    private func range(
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        try product(arguments[...], [], input) { values throws(Stop) in
            let from = values.count == 1 ? JSONValue.integer(0) : values[0]
            let to = values.count == 1 ? values[0] : values[1]
            let step = values.count == 3 ? values[2] : .integer(1)
            guard let end = to.doubleValue, let stride = step.doubleValue,
                from.doubleValue != nil
            else { throw self.fail(.type, "Range bounds must be numeric", at) }
            guard stride != 0 else { return }
            var value = from
            while let number = value.doubleValue, stride > 0 ? number < end : number > end {
                try self.tick()
                try emit(value)
                value = try self.add(value, step, at)
            }
        }
    }
}
