import Model

extension Evaluator {
    func iterate(_ value: JSONValue, _ at: Int, _ emit: Emit) throws(Stop) {
        switch value {
        case .array(let elements):
            for element in elements {
                try tick()
                try emit(element)
            }
        case .object(let object):
            for entry in object {
                try tick()
                try emit(entry.value)
            }
        default:
            throw fail(.type, "Cannot iterate over \(Describe.value(value))", at)
        }
    }

    /// Depth first, parents before children, without native recursion. Without `step` the children
    /// are `.[]?`.
    func recurse(
        _ input: JSONValue,
        using step: Node?,
        while condition: Node? = nil,
        _ emit: Emit,
    ) throws(Stop) {
        var stack = [input]
        while let value = stack.popLast() {
            try tick()
            if let condition {
                var holds = false
                try eval(condition, value) { holds = holds || $0.isTruthy }
                guard holds else { continue }
            }
            try emit(value)
            var children: [JSONValue] = []
            if let step {
                try eval(step, value) { child throws(Stop) in
                    try self.charge(16)
                    children.append(child)
                }
            } else if case .array(let elements) = value {
                children = elements
            } else if case .object(let object) = value {
                children = object.values
            }
            try charge(children.count * 16)
            stack.append(contentsOf: children.reversed())
        }
    }

    func attempt(
        _ body: Node,
        handler: Node?,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        // An error of what follows must not be caught here: it is carried past.
        var outer: Stop?
        do throws(Stop) {
            try eval(body, input) { value throws(Stop) in
                do throws(Stop) {
                    try emit(value)
                } catch {
                    outer = error
                    throw error
                }
            }
        } catch {
            if let outer { throw outer }
            guard case .error(let problem) = error, !problem.isFinal else { throw error }
            guard let handler else { return }
            try eval(handler, problem.value, emit)
        }
    }

    /// All truthy outputs of the left, or those of the right when there is none; errors on the left
    /// count as no output.
    func alternative(
        _ left: Node,
        _ right: Node,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        var found = false
        var outer: Stop?
        do throws(Stop) {
            try eval(left, input) { value throws(Stop) in
                guard value.isTruthy else { return }
                found = true
                do throws(Stop) {
                    try emit(value)
                } catch {
                    outer = error
                    throw error
                }
            }
        } catch {
            if let outer { throw outer }
            guard case .error(let problem) = error, !problem.isFinal else { throw error }
        }
        if !found { try eval(right, input, emit) }
    }

    func bind(
        _ pattern: Pattern,
        to value: JSONValue,
        _ input: JSONValue,
        _ body: () throws(Stop) -> Void,
    ) throws(Stop) {
        switch pattern {
        case .variable(let slot):
            locals[slot] = value
            try body()
        case .array(let patterns):
            guard value.isNull || value.arrayValue != nil else {
                throw fail(.type, "Cannot index \(value.typeName) with number", 0)
            }
            try bindElements(patterns[...], 0, value, input, body)
        case .object(let members):
            try bindMembers(members[...], value, input, body)
        }
    }

    private func bindElements(
        _ patterns: ArraySlice<Pattern>,
        _ position: Int,
        _ value: JSONValue,
        _ input: JSONValue,
        _ body: () throws(Stop) -> Void,
    ) throws(Stop) {
        guard let first = patterns.first else { return try body() }
        let rest = patterns.dropFirst()
        try bind(first, to: value[position] ?? .null, input) { () throws(Stop) in
            try self.bindElements(rest, position + 1, value, input, body)
        }
    }

    private func bindMembers(
        _ members: ArraySlice<(key: Node, variable: Int?, pattern: Pattern?)>,
        _ value: JSONValue,
        _ input: JSONValue,
        _ body: () throws(Stop) -> Void,
    ) throws(Stop) {
        guard let member = members.first else { return try body() }
        let rest = members.dropFirst()
        try eval(member.key, input) { key throws(Stop) in
            guard case .string(let name) = key else {
                throw self.fail(.type, "Cannot index object with \(key.typeName)", 0)
            }
            let inner = try Access.field(value, name, 0)
            if let slot = member.variable { self.locals[slot] = inner }
            guard let pattern = member.pattern else {
                return try self.bindMembers(rest, value, input, body)
            }
            try self.bind(pattern, to: inner, input) { () throws(Stop) in
                try self.bindMembers(rest, value, input, body)
            }
        }
    }

    func reduce(
        _ source: Node,
        _ pattern: Pattern,
        _ initial: Node,
        _ update: Node,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        try eval(initial, input) { start throws(Stop) in
            var state = start
            try self.eval(source, input) { value throws(Stop) in
                try self.bind(pattern, to: value, input) { () throws(Stop) in
                    var last: JSONValue = .null
                    let before = state
                    state = .null
                    try self.eval(update, before) { last = $0 }
                    state = last
                }
            }
            try emit(state)
        }
    }

    func foreach(
        _ source: Node,
        _ pattern: Pattern,
        _ initial: Node,
        _ update: Node,
        _ extract: Node?,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        try eval(initial, input) { start throws(Stop) in
            var state = start
            try self.eval(source, input) { value throws(Stop) in
                try self.bind(pattern, to: value, input) { () throws(Stop) in
                    let saved = self.locals
                    let before = state
                    try self.eval(update, before) { next throws(Stop) in
                        state = next
                        if let extract {
                            try self.eval(extract, next, emit)
                        } else {
                            try emit(next)
                        }
                        self.locals = saved
                    }
                }
            }
        }
    }

    /// The first member varies slowest.
    func object(
        _ members: [(key: Node, value: Node)],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        var object = JSONObject()
        for (position, member) in members.enumerated() {
            guard let key = try one(member.key, input), let value = try one(member.value, input)
            else { return try spread(members[position...], object, at, input, emit) }
            try set(&object, key, value, at)
        }
        try charge(32 + members.count * 32)
        try measure(.object(object))
        try emit(.object(object))
    }

    private func set(
        _ object: inout JSONObject,
        _ key: JSONValue,
        _ value: JSONValue,
        _ at: Int,
    ) throws(Stop) {
        guard case .string(let name) = key else {
            throw fail(.type, "Object keys must be strings, not \(key.typeName)", at)
        }
        object[name] = value
    }

    private func spread(
        _ members: ArraySlice<(key: Node, value: Node)>,
        _ object: JSONObject,
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        guard let member = members.first else {
            try charge(32 + object.count * 32)
            try measure(.object(object))
            return try emit(.object(object))
        }
        let rest = members.dropFirst()
        try eval(member.key, input) { key throws(Stop) in
            try self.eval(member.value, input) { value throws(Stop) in
                var next = object
                try self.set(&next, key, value, at)
                try self.spread(rest, next, at, input, emit)
            }
        }
    }

    /// The last interpolation varies slowest.
    func interpolate(
        _ nodes: ArraySlice<Node>,
        _ after: String,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        guard let last = nodes.last else {
            try charge(after.utf8.count)
            return try emit(.string(after))
        }
        let rest = nodes.dropLast()
        try eval(last, input) { piece throws(Stop) in
            try self.interpolate(rest, (piece.stringValue ?? "") + after, input, emit)
        }
    }

    func slice(
        _ base: Node,
        _ from: Node?,
        _ to: Node?,
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        try eval(base, input) { value throws(Stop) in
            try self.eval(from ?? .literal(.null), input) { from throws(Stop) in
                try self.eval(to ?? .literal(.null), input) { to throws(Stop) in
                    try self.tick()
                    let result = try Access.slice(value, from, to, at)
                    try emit(result)
                }
            }
        }
    }
}
