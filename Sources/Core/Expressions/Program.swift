import Model

/// An expression, compiled once and evaluated often. A pure value; two are equal when their sources
/// are.
package struct Program: Sendable, Hashable {
    package let source: String
    /// Which variables it reads.
    package let variables: VariableSet
    /// Static paths from variables: `$steps.lead.Email` is `steps`, `["lead", "Email"]`.
    package let references: [Reference]
    let root: Node
    let slots: Int

    package struct Reference: Sendable, Hashable {
        package var variable: Variable
        package var keys: [String]
        /// Characters from the start of the source.
        package var offset: Int
    }

    /// - Parameters:
    ///   - allowed: Variables that have a value at this place; others are compile errors.
    ///   - named: Further names that the environment gives values to.
    package init(
        _ source: String,
        allowed: VariableSet = .all,
        named: Set<String> = [],
    ) throws(ExpressionError) {
        let tokens = try Lexer.tokens(source)
        try self.init(source: source, tokens: tokens, allowed: allowed, named: named)
    }

    init(
        source: String,
        tokens: [Token],
        allowed: VariableSet,
        named: Set<String>,
    ) throws(ExpressionError) {
        var parser = Parser(tokens: tokens, allowed: allowed, named: named)
        root = try parser.whole()
        self.source = source
        slots = parser.slots.count
        variables = parser.slots.globals
        references = References.find(in: root)
    }

    /// The constant that it is, when it is one.
    package var constant: JSONValue? {
        guard case .literal(let value) = root else { return nil }
        return value
    }

    package static func == (left: Program, right: Program) -> Bool { left.source == right.source }
    package func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// Its one value. None, or more than one, is an error (E208, E209).
    package func evaluate(
        _ environment: Environment,
        budget: Budget = .standard,
    ) throws(EvaluationError) -> JSONValue {
        if let constant { return constant }
        var found: JSONValue?
        var count = 0
        try run(environment, budget) { value throws(Stop) in
            count += 1
            guard count == 1 else {
                throw Stop.error(
                    EvaluationError(
                        .manyOutputs,
                        "the expression gives more than one value; wrap it in [ ] or use first()",
                    )
                )
            }
            found = value
        }
        guard let found else {
            var error = EvaluationError(
                .noOutput,
                "the expression gives no value; add `// null` or another default",
            )
            error.source = source
            throw error
        }
        return found
    }

    /// All its values, in order.
    package func outputs(
        _ environment: Environment,
        budget: Budget = .standard,
    ) throws(EvaluationError) -> [JSONValue] {
        var values: [JSONValue] = []
        try run(environment, budget) { values.append($0) }
        return values
    }

    /// Whether its one value is neither null nor false.
    package func holds(
        _ environment: Environment,
        budget: Budget = .standard,
    ) throws(EvaluationError) -> Bool {
        try evaluate(environment, budget: budget).isTruthy
    }

    private func run(
        _ environment: Environment,
        _ budget: Budget,
        _ emit: Emit,
    ) throws(EvaluationError) {
        let evaluator = Evaluator(environment: environment, slots: slots, budget: budget)
        do throws(Stop) {
            try evaluator.eval(root, environment.input) { value throws(Stop) in
                if evaluator.hasMade { try evaluator.measure(value) }
                try emit(value)
            }
        } catch {
            switch error {
            case .error(var problem):
                problem.source = source
                throw problem
            case .breakOut:
                throw EvaluationError(.type, "break")
            }
        }
    }
}
