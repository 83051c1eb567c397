import Model

/// A place inside a value, and what is there.
struct PathStep {
    var path: [JSONValue]
    var value: JSONValue
}

extension Evaluator {
    typealias EmitPath = (PathStep) throws(Stop) -> Void

    /// The places that a path expression names, in order.
    // `dynamic`: see `eval`.
    dynamic func paths(_ node: Node, _ input: PathStep, _ at: Int, _ emit: EmitPath) throws(Stop) {
        try tick()
        try descend()
        defer { ascend() }
        switch node {
        case .identity: try emit(input)
        case .field(let base, let name, let at):
            try paths(base, input, at) { step throws(Stop) in
                try emit(
                    PathStep(
                        path: step.path + [.string(name)],
                        value: try Access.field(step.value, name, at),
                    )
                )
            }
        case .index(let base, let index, let at):
            try paths(base, input, at) { step throws(Stop) in
                try self.eval(index, input.value) { index throws(Stop) in
                    try emit(
                        PathStep(
                            path: step.path + [index],
                            value: try Access.index(step.value, index, at),
                        )
                    )
                }
            }
        case .slice(let base, let from, let to, let at):
            try paths(base, input, at) { step throws(Stop) in
                try self.slicePath(step, from, to, at, input.value, emit)
            }
        case .iterate(let base, let at):
            try paths(base, input, at) { step throws(Stop) in
                try self.iteratePath(step, at, emit)
            }
        case .recurseAll: try recursePath(input, using: nil, at, emit)
        case .pipe(let left, let right):
            try paths(left, input, at) { step throws(Stop) in
                try self.paths(right, step, at, emit)
            }
        case .comma(let left, let right):
            try paths(left, input, at, emit)
            try paths(right, input, at, emit)
        default: try morePaths(node, input, at, emit)
        }
    }

    private func morePaths(
        _ node: Node,
        _ input: PathStep,
        _ at: Int,
        _ emit: EmitPath,
    ) throws(Stop) {
        switch node {
        case .condition(let test, let then, let otherwise):
            try eval(test, input.value) { test throws(Stop) in
                try self.paths(test.isTruthy ? then : otherwise, input, at, emit)
            }
        case .optional(let body), .attempt(let body, handler: nil):
            try attemptPath(body, input, at, emit)
        case .alternative(let left, let right):
            var found: [PathStep] = []
            do throws(Stop) {
                try paths(left, input, at) { if $0.value.isTruthy { found.append($0) } }
            } catch {
                guard case .error(let problem) = error, !problem.isFinal else { throw error }
            }
            guard !found.isEmpty else { return try paths(right, input, at, emit) }
            for step in found { try emit(step) }
        case .bind(let source, let pattern, let body):
            try eval(source, input.value) { value throws(Stop) in
                try self.bind(pattern, to: value, input.value) { () throws(Stop) in
                    let saved = self.locals
                    try self.paths(body, input, at) { step throws(Stop) in
                        try emit(step)
                        self.locals = saved
                    }
                }
            }
        case .reduce(let source, let pattern, let initial, let update):
            try paths(initial, input, at) { start throws(Stop) in
                var state = start
                try self.eval(source, input.value) { value throws(Stop) in
                    try self.bind(pattern, to: value, input.value) { () throws(Stop) in
                        try self.paths(update, state, at) { state = $0 }
                    }
                }
                try emit(state)
            }
        case .label(let slot, let body):
            do throws(Stop) {
                try paths(body, input, at, emit)
            } catch {
                guard case .breakOut(slot) = error else { throw error }
            }
        case .breakOut(let slot): throw Stop.breakOut(slot)
        case .call(let builtin, let arguments, let at):
            try callPath(builtin, arguments, at, input, emit)
        default:
            throw invalidPath(node, input.value, at)
        }
    }

    private func invalidPath(_ node: Node, _ input: JSONValue, _ at: Int) -> Stop {
        var shown = "it"
        do throws(Stop) {
            if let value = try one(node, input) { shown = "result " + Describe.value(value) }
        } catch { return error }
        return fail(.invalidPath, "Invalid path expression with \(shown)", at)
    }

    private func attemptPath(
        _ body: Node,
        _ input: PathStep,
        _ at: Int,
        _ emit: EmitPath,
    ) throws(Stop) {
        var outer: Stop?
        do throws(Stop) {
            try paths(body, input, at) { step throws(Stop) in
                do throws(Stop) {
                    try emit(step)
                } catch {
                    outer = error
                    throw error
                }
            }
        } catch {
            if let outer { throw outer }
            guard case .error(let problem) = error, !problem.isFinal else { throw error }
        }
    }

    private func slicePath(
        _ step: PathStep,
        _ from: Node?,
        _ to: Node?,
        _ at: Int,
        _ input: JSONValue,
        _ emit: EmitPath,
    ) throws(Stop) {
        try eval(from ?? .literal(.null), input) { from throws(Stop) in
            try self.eval(to ?? .literal(.null), input) { to throws(Stop) in
                var range = JSONObject()
                range["start"] = from
                range["end"] = to
                try emit(
                    PathStep(
                        path: step.path + [.object(range)],
                        value: try Access.slice(step.value, from, to, at),
                    )
                )
            }
        }
    }

    private func iteratePath(_ step: PathStep, _ at: Int, _ emit: EmitPath) throws(Stop) {
        switch step.value {
        case .array(let elements):
            for (position, element) in elements.enumerated() {
                try tick()
                try emit(
                    PathStep(path: step.path + [.integer(Int64(position))], value: element)
                )
            }
        case .object(let object):
            for entry in object {
                try tick()
                try emit(PathStep(path: step.path + [.string(entry.key)], value: entry.value))
            }
        default:
            throw fail(.type, "Cannot iterate over \(Describe.value(step.value))", at)
        }
    }

    private func recursePath(
        _ input: PathStep,
        using node: Node?,
        while condition: Node? = nil,
        _ at: Int,
        _ emit: EmitPath,
    ) throws(Stop) {
        var stack = [input]
        while let step = stack.popLast() {
            try tick()
            if let condition {
                var holds = false
                try eval(condition, step.value) { holds = holds || $0.isTruthy }
                guard holds else { continue }
            }
            try emit(step)
            var children: [PathStep] = []
            if let node {
                try paths(node, step, at) { children.append($0) }
            } else if step.value.arrayValue != nil || step.value.objectValue != nil {
                try iteratePath(step, at) { children.append($0) }
            }
            try charge(children.count * (32 + step.path.count * 16))
            stack.append(contentsOf: children.reversed())
        }
    }

    private func callPath(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: PathStep,
        _ emit: EmitPath,
    ) throws(Stop) {
        switch builtin {
        case .empty: return
        case .select:
            try eval(arguments[0], input.value) { holds throws(Stop) in
                if holds.isTruthy { try emit(input) }
            }
        case .recurse: try recursePath(input, using: nil, at, emit)
        case .recurse1: try recursePath(input, using: arguments[0], at, emit)
        case .recurse2:
            try recursePath(input, using: arguments[0], while: arguments[1], at, emit)
        case .getpath:
            try eval(arguments[0], input.value) { path throws(Stop) in
                let steps = try self.pathArray(path, at)
                var value = input.value
                for step in steps {
                    value = value.isNull ? .null : try Access.index(value, step, at)
                }
                try emit(PathStep(path: input.path + steps, value: value))
            }
        case .values, .numbers, .strings, .booleans, .nulls, .arrays, .objects, .iterables,
            .scalars:
            if TypeFilter.holds(builtin, input.value) { try emit(input) }
        case .error, .error1:
            try call(builtin, arguments, at, input.value) { _ in }
        default: try takingPath(builtin, arguments, at, input, emit)
        }
    }

    /// Builtins that choose one place, or some, of many.
    private func takingPath(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: PathStep,
        _ emit: EmitPath,
    ) throws(Stop) {
        switch builtin {
        case .first1: try limitPath(1, arguments[0], at, input, emit)
        case .limit:
            try eval(arguments[0], input.value) { count throws(Stop) in
                try self.limitPath(try self.count(count, at), arguments[1], at, input, emit)
            }
        case .last1:
            var found: PathStep?
            try paths(arguments[0], input, at) { found = $0 }
            if let found { try emit(found) }
        case .first: try indexPath(.integer(0), at, input, emit)
        case .last: try indexPath(.integer(-1), at, input, emit)
        case .nth:
            try eval(arguments[0], input.value) { index throws(Stop) in
                try self.indexPath(index, at, input, emit)
            }
        default:
            throw invalidPath(.call(builtin, arguments, at: at), input.value, at)
        }
    }

    private func indexPath(
        _ index: JSONValue,
        _ at: Int,
        _ input: PathStep,
        _ emit: EmitPath,
    ) throws(Stop) {
        let value = try Access.index(input.value, index, at)
        try emit(PathStep(path: input.path + [index], value: value))
    }

    private func limitPath(
        _ count: Int,
        _ node: Node,
        _ at: Int,
        _ input: PathStep,
        _ emit: EmitPath,
    ) throws(Stop) {
        guard count > 0 else { return }
        var found: [PathStep] = []
        do throws(Stop) {
            try paths(node, input, at) { step throws(Stop) in
                try self.charge(32 + step.path.count * 16)
                found.append(step)
                if found.count == count { throw Stop.breakOut(-1) }
            }
        } catch {
            guard case .breakOut(-1) = error else { throw error }
        }
        for step in found { try emit(step) }
    }

    func pathArray(_ value: JSONValue, _ at: Int) throws(Stop) -> [JSONValue] {
        guard case .array(let steps) = value else {
            throw fail(.invalidPath, "Path must be specified as an array", at)
        }
        return steps
    }

    // MARK: Changing places

    func setAll(
        _ node: Node,
        in input: JSONValue,
        _ at: Int,
        _ change: (JSONValue) throws(Stop) -> JSONValue,
    ) throws(Stop) -> JSONValue {
        var places: [[JSONValue]] = []
        try paths(node, PathStep(path: [], value: input), at) { step throws(Stop) in
            try self.charge(32 + step.path.count * 16)
            places.append(step.path)
        }
        var result = input
        for place in places {
            let old = try Change.get(result, place[...], at)
            let new = try change(old)
            try Change.set(&result, place[...], to: new, self, at)
        }
        return result
    }

    /// `|=`: the first output replaces the value; without one the place is deleted.
    func updateAll(
        _ node: Node,
        in input: JSONValue,
        with update: Node,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        var deleted: [JSONValue] = []
        var places: [[JSONValue]] = []
        try paths(node, PathStep(path: [], value: input), at) { step throws(Stop) in
            try self.charge(32 + step.path.count * 16)
            places.append(step.path)
        }
        var result = input
        for place in places {
            let old = try Change.get(result, place[...], at)
            var new: JSONValue?
            let label = -2
            do throws(Stop) {
                try eval(update, old) { value throws(Stop) in
                    new = value
                    throw Stop.breakOut(label)
                }
            } catch {
                guard case .breakOut(label) = error else { throw error }
            }
            if let new {
                try Change.set(&result, place[...], to: new, self, at)
            } else {
                deleted.append(.array(place))
            }
        }
        return try Change.delete(deleted, from: result, self, at)
    }
}
