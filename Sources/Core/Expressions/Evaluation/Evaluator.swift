import Model

/// Why an evaluation ended before its end.
enum Stop: Error {
    case error(EvaluationError)
    case breakOut(Int)
}

/// Takes one output after the other.
typealias Emit = (JSONValue) throws(Stop) -> Void

/// One evaluation of one program. Outputs are handed to a closure as they are found, as jq's own
/// backtracking does; what gives exactly one value takes the short way, ``one(_:_:)``.
final class Evaluator {
    let environment: Environment
    var locals: [JSONValue]
    private var stepsLeft: Int
    private var bytesLeft: Int
    let byteLimit: Int
    private var depth = 0

    init(environment: Environment, slots: Int, budget: Budget) {
        self.environment = environment
        locals = [JSONValue](repeating: .null, count: slots)
        stepsLeft = budget.steps
        bytesLeft = budget.bytes
        byteLimit = budget.bytes
    }

    // MARK: Budgets

    func tick(_ count: Int = 1) throws(Stop) {
        stepsLeft -= count
        guard stepsLeft >= 0 else {
            throw Stop.error(
                EvaluationError(.stepBudget, "the expression takes too many steps")
            )
        }
    }

    func charge(_ bytes: Int) throws(Stop) {
        bytesLeft = bytesLeft.subtractingReportingOverflow(bytes).partialValue
        guard bytesLeft >= 0 else {
            throw Stop.error(
                EvaluationError(.memoryBudget, "the expression makes too much data")
            )
        }
    }

    /// Whether an output may be more than a part of the environment.
    var hasMade: Bool { bytesLeft != byteLimit }

    func descend() throws(Stop) {
        depth += 1
        guard depth <= Budget.depthLimit else {
            throw Stop.error(
                EvaluationError(.depth, "the evaluation is nested too deeply")
            )
        }
    }

    func ascend() { depth -= 1 }

    func fail(
        _ code: EvaluationError.Code,
        _ message: String,
        _ offset: Int,
    ) -> Stop {
        .error(EvaluationError(code, message, at: offset))
    }

    // MARK: One value

    /// The value of a node that gives exactly one; nil when that is not known, and nothing was
    /// emitted.
    func one(_ node: Node, _ input: JSONValue) throws(Stop) -> JSONValue? {
        try tick()
        switch node {
        case .identity: return input
        case .literal(let value): return value
        case .global(let variable): return environment[variable]
        case .named(let name): return environment.named[name] ?? .null
        case .local(let slot): return locals[slot]
        case .field(let base, let name, let at):
            guard let value = try one(base, input) else { return nil }
            return try Access.field(value, name, at)
        case .compare(let comparison, let left, let right):
            guard let right = try one(right, input), let left = try one(left, input) else {
                return nil
            }
            return .bool(Order.compare(left, right, comparison))
        case .and(let left, let right):
            guard let left = try one(left, input) else { return nil }
            guard left.isTruthy else { return .bool(false) }
            guard let right = try one(right, input) else { return nil }
            return .bool(right.isTruthy)
        case .or(let left, let right):
            guard let left = try one(left, input) else { return nil }
            guard !left.isTruthy else { return .bool(true) }
            guard let right = try one(right, input) else { return nil }
            return .bool(right.isTruthy)
        case .pipe(let left, let right):
            guard let middle = try one(left, input) else { return nil }
            return try one(right, middle)
        case .interpolation(let nodes, _):
            return try interpolated(nodes, input)
        case .format(let format):
            let text = try formatted(input, format)
            return .string(text)
        default:
            return nil
        }
    }

    private func interpolated(_ nodes: [Node], _ input: JSONValue) throws(Stop) -> JSONValue? {
        var text = ""
        for node in nodes {
            guard let piece = try one(node, input) else { return nil }
            if case .string(let piece) = piece { text += piece }
        }
        try charge(text.utf8.count)
        return .string(text)
    }

    func formatted(_ value: JSONValue, _ format: TextFormat) throws(Stop) -> String {
        try measure(value)
        let text: String
        do throws(EvaluationError) {
            text = try TextFormats.apply(format, to: value)
        } catch {
            throw Stop.error(error)
        }
        try tick(text.utf8.count / 64)
        try charge(text.utf8.count)
        return text
    }

    // MARK: All values

    /// `dynamic` keeps the optimizer from cloning this for every closure passed to it, and those
    /// clones again: it made the release build take gigabytes and many minutes.
    dynamic func eval(_ node: Node, _ input: JSONValue, _ emit: Emit) throws(Stop) {
        try descend()
        defer { ascend() }
        if let value = try one(node, input) { return try emit(value) }
        switch node {
        case .identity, .literal, .global, .named, .local, .format:
            return
        case .field(let base, let name, let at):
            try eval(base, input) { value throws(Stop) in
                try emit(try Access.field(value, name, at))
            }
        case .index(let base, let index, let at):
            try eval(base, input) { value throws(Stop) in
                try self.eval(index, input) { index throws(Stop) in
                    try self.tick()
                    try emit(try Access.index(value, index, at))
                }
            }
        case .slice(let base, let from, let to, let at):
            try slice(base, from, to, at, input, emit)
        case .iterate(let base, let at):
            try eval(base, input) { value throws(Stop) in
                try self.iterate(value, at, emit)
            }
        case .recurseAll: try recurse(input, using: nil, emit)
        case .optional(let body): try attempt(body, handler: nil, input, emit)
        case .attempt(let body, let handler): try attempt(body, handler: handler, input, emit)
        case .pipe(let left, let right):
            try eval(left, input) { value throws(Stop) in try self.eval(right, value, emit) }
        case .comma(let left, let right):
            try eval(left, input, emit)
            try eval(right, input, emit)
        case .negate(let operand, let at):
            try eval(operand, input) { value throws(Stop) in
                try emit(try self.arithmetic(.subtract, .integer(0), value, at))
            }
        default:
            try evalOperator(node, input, emit)
        }
    }

    private func evalOperator(_ node: Node, _ input: JSONValue, _ emit: Emit) throws(Stop) {
        switch node {
        case .arithmetic(let operation, let left, let right, let at):
            try eval(right, input) { right throws(Stop) in
                try self.eval(left, input) { left throws(Stop) in
                    try emit(try self.arithmetic(operation, left, right, at))
                }
            }
        case .compare(let comparison, let left, let right):
            try eval(right, input) { right throws(Stop) in
                try self.eval(left, input) { left throws(Stop) in
                    try emit(.bool(Order.compare(left, right, comparison)))
                }
            }
        case .and(let left, let right):
            try eval(left, input) { left throws(Stop) in
                guard left.isTruthy else { return try emit(.bool(false)) }
                try self.eval(right, input) { value throws(Stop) in
                    try emit(.bool(value.isTruthy))
                }
            }
        case .or(let left, let right):
            try eval(left, input) { left throws(Stop) in
                guard !left.isTruthy else { return try emit(.bool(true)) }
                try self.eval(right, input) { value throws(Stop) in
                    try emit(.bool(value.isTruthy))
                }
            }
        case .alternative(let left, let right): try alternative(left, right, input, emit)
        case .condition(let test, let then, let otherwise):
            try eval(test, input) { test throws(Stop) in
                try self.eval(test.isTruthy ? then : otherwise, input, emit)
            }
        case .array(let body):
            var elements: [JSONValue] = []
            if let body {
                try eval(body, input) { value throws(Stop) in
                    try self.charge(16)
                    elements.append(value)
                }
            }
            let made = JSONValue.array(elements)
            try measure(made)
            try emit(made)
        case .object(let members, let at): try object(members, at, input, emit)
        case .interpolation(let nodes, _): try interpolate(nodes[...], "", input, emit)
        case .call(let builtin, let arguments, let at):
            try call(builtin, arguments, at, input, emit)
        default:
            try evalBinding(node, input, emit)
        }
    }

    private func evalBinding(_ node: Node, _ input: JSONValue, _ emit: Emit) throws(Stop) {
        switch node {
        case .bind(let source, let pattern, let body):
            try eval(source, input) { value throws(Stop) in
                try self.bind(pattern, to: value, input) { () throws(Stop) in
                    let saved = self.locals
                    try self.eval(body, input) { output throws(Stop) in
                        try emit(output)
                        self.locals = saved
                    }
                }
            }
        case .reduce(let source, let pattern, let initial, let update):
            try reduce(source, pattern, initial, update, input, emit)
        case .foreach(let source, let pattern, let initial, let update, let extract):
            try foreach(source, pattern, initial, update, extract, input, emit)
        case .label(let slot, let body):
            do throws(Stop) {
                try eval(body, input, emit)
            } catch {
                guard case .breakOut(slot) = error else { throw error }
            }
        case .breakOut(let slot): throw Stop.breakOut(slot)
        case .assign(let path, let value, let at):
            try eval(value, input) { value throws(Stop) in
                try emit(try self.setAll(path, in: input, at) { _ in value })
            }
        case .update(let path, let update, let at):
            try emit(try self.updateAll(path, in: input, with: update, at))
        case .arithmeticUpdate(let operation, let path, let value, let at):
            try eval(value, input) { value throws(Stop) in
                let result = try self.setAll(path, in: input, at) { old throws(Stop) in
                    guard let operation else { return old.isTruthy ? old : value }
                    return try self.arithmetic(operation, old, value, at)
                }
                try emit(result)
            }
        default:
            return
        }
    }
}

extension JSONValue {
    /// Everything but null and false.
    package var isTruthy: Bool {
        switch self {
        case .null, .bool(false): false
        default: true
        }
    }
}
