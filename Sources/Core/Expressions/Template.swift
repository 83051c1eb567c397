import Model

/// A value with `${ … }` in its strings. A string that is one expression keeps the expression's
/// type; any other interpolates its values as jq's `@text` does. `$${` stands for a literal `${`.
package indirect enum Template: Sendable, Hashable {
    case literal(JSONValue)
    case expression(Program)
    case interpolation([Part])
    case array([Template])
    case object([Member])

    package enum Part: Sendable, Hashable {
        case text(String)
        case expression(Program)
    }

    package struct Member: Sendable, Hashable {
        package var key: String
        package var value: Template

        package init(key: String, value: Template) {
            self.key = key
            self.value = value
        }
    }

    package var isConstant: Bool {
        guard case .literal = self else { return false }
        return true
    }

    /// Every program in it.
    package var programs: [Program] {
        switch self {
        case .literal: []
        case .expression(let program): [program]
        case .interpolation(let parts):
            parts.compactMap { part in
                guard case .expression(let program) = part else { return nil }
                return program
            }
        case .array(let elements): elements.flatMap(\.programs)
        case .object(let members): members.flatMap(\.value.programs)
        }
    }

    // MARK: Compiling

    /// Compiles the strings of a value; object keys are never templates.
    package static func compile(
        _ value: JSONValue,
        allowed: VariableSet = .all,
        named: Set<String> = [],
    ) throws(ExpressionError) -> Template {
        switch value {
        case .string(let text): return try compile(text, allowed: allowed, named: named)
        case .array(let elements):
            var templates: [Template] = []
            for element in elements {
                templates.append(try compile(element, allowed: allowed, named: named))
            }
            return make(array: templates)
        case .object(let object):
            var members: [Member] = []
            for entry in object {
                members.append(
                    Member(
                        key: entry.key,
                        value: try compile(entry.value, allowed: allowed, named: named),
                    )
                )
            }
            return make(object: members)
        default: return .literal(value)
        }
    }

    /// An array, folded when all of it is constant.
    package static func make(array elements: [Template]) -> Template {
        let values = elements.compactMap(\.value)
        return values.count == elements.count ? .literal(.array(values)) : .array(elements)
    }

    /// An object, folded when all of it is constant.
    package static func make(object members: [Member]) -> Template {
        var object = JSONObject()
        for member in members {
            guard let value = member.value.value else { return .object(members) }
            object[member.key] = value
        }
        return .literal(.object(object))
    }

    private var value: JSONValue? {
        guard case .literal(let value) = self else { return nil }
        return value
    }

    /// Compiles one string. Offsets of errors count from the start of the string.
    package static func compile(
        _ text: String,
        allowed: VariableSet = .all,
        named: Set<String> = [],
    ) throws(ExpressionError) -> Template {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return .literal(.string(text)) }
        let scalars = Array(text.unicodeScalars)
        var parts: [Part] = []
        var literal = String.UnicodeScalarView()
        var position = 0
        while position < scalars.count {
            if scalars[position...].starts(with: "$${".unicodeScalars) {
                literal.append(contentsOf: "${".unicodeScalars)
                position += 3
            } else if scalars[position...].starts(with: "${".unicodeScalars) {
                if !literal.isEmpty { parts.append(.text(String(literal))) }
                literal = String.UnicodeScalarView()
                let (program, end) = try expression(scalars, position, allowed, named)
                parts.append(.expression(program))
                position = end
            } else {
                literal.append(scalars[position])
                position += 1
            }
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.text(String(literal))) }
        if parts.count == 1 {
            switch parts[0] {
            case .text(let text): return .literal(.string(text))
            case .expression(let program):
                return program.constant.map(Template.literal) ?? .expression(program)
            }
        }
        return .interpolation(parts)
    }

    private static func expression(
        _ scalars: [Unicode.Scalar],
        _ start: Int,
        _ allowed: VariableSet,
        _ named: Set<String>,
    ) throws(ExpressionError) -> (Program, Int) {
        var lexer = Lexer(scalars, from: start + 2)
        let tokens: [Token]
        do throws(ExpressionError) {
            tokens = try lexer.tokens(until: "}")
        } catch {
            guard error.code == .unexpectedEnd else { throw error }
            throw ExpressionError(.unterminatedTemplate, "`${` has no `}`", at: start)
        }
        var source = String.UnicodeScalarView()
        source.append(contentsOf: scalars[(start + 2)..<(lexer.position - 1)])
        let program = try Program(
            source: ASCII.trimmed(String(source), left: true, right: true),
            tokens: tokens,
            allowed: allowed,
            named: named,
        )
        return (program, lexer.position)
    }

    // MARK: Evaluating

    /// The value; the budget is for all expressions of the template together.
    package func evaluate(
        _ environment: Environment,
        budget: Budget = .standard,
    ) throws(EvaluationError) -> JSONValue {
        switch self {
        case .literal(let value): return value
        case .expression(let program): return try program.evaluate(environment, budget: budget)
        case .interpolation(let parts):
            var text = ""
            for part in parts {
                switch part {
                case .text(let piece): text += piece
                case .expression(let program):
                    text += TextFormats.plain(
                        try program.evaluate(environment, budget: budget)
                    )
                }
            }
            return .string(text)
        case .array(let elements):
            var values: [JSONValue] = []
            values.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                values.append(
                    try element.evaluate(environment, budget, inside: "/\(index)")
                )
            }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for member in members {
                object[member.key] = try member.value.evaluate(
                    environment,
                    budget,
                    inside: "/\(member.key)",
                )
            }
            return .object(object)
        }
    }

    private func evaluate(
        _ environment: Environment,
        _ budget: Budget,
        inside pointer: String,
    ) throws(EvaluationError) -> JSONValue {
        if case .literal(let value) = self { return value }
        do throws(EvaluationError) {
            return try evaluate(environment, budget: budget)
        } catch {
            var error = error
            error.pointer = pointer + error.pointer
            throw error
        }
    }
}
