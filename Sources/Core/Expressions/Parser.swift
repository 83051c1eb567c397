import Model

/// Builds nodes from tokens: jq's grammar less `def`, `import`, `include` and `?//`.
struct Parser {
    static let depthLimit = 200

    var tokens: [Token]
    var position = 0
    var depth = 0
    let allowed: VariableSet
    let named: Set<String>
    var scope: [(name: String, slot: Int)] = []
    var labels: [(name: String, slot: Int)] = []
    var slots: Slots

    /// Shared by the parsers of one program: how many slots it needs, and what it uses.
    final class Slots {
        var count = 0
        var labelCount = 0
        var globals: VariableSet = []
    }

    init(
        tokens: [Token],
        allowed: VariableSet,
        named: Set<String>,
        slots: Slots = Slots(),
    ) {
        self.tokens = tokens
        self.allowed = allowed
        self.named = named
        self.slots = slots
    }

    // MARK: Tokens

    var token: Token { tokens[min(position, tokens.count - 1)] }

    mutating func take(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    mutating func takeWord(_ word: String) -> Bool {
        guard token.kind == .identifier(word) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard take(symbol) else { throw unexpected("`\(symbol)` is expected") }
    }

    mutating func expectWord(_ word: String) throws(ExpressionError) {
        guard takeWord(word) else { throw unexpected("`\(word)` is expected") }
    }

    func unexpected(_ wanted: String? = nil) -> ExpressionError {
        if token.kind == .end {
            return ExpressionError(
                .unexpectedEnd,
                "the expression ends too early" + (wanted.map { ": \($0)" } ?? ""),
                at: token.offset,
            )
        }
        return ExpressionError(
            .unexpectedToken,
            "\(Self.describe(token)) is not expected here" + (wanted.map { ": \($0)" } ?? ""),
            at: token.offset,
        )
    }

    static func describe(_ token: Token) -> String {
        switch token.kind {
        case .number(let text): "the number \(text)"
        case .string: "a string"
        case .format(let name): "`@\(name)`"
        case .field(let name): "`.\(name)`"
        case .identifier(let name): "`\(name)`"
        case .variable(let name): "`$\(name)`"
        case .symbol(let symbol): "`\(symbol)`"
        case .end: "the end"
        }
    }

    mutating func nested<Value>(
        _ body: (inout Parser) throws(ExpressionError) -> Value
    ) throws(ExpressionError) -> Value {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw ExpressionError(
                .tooDeep,
                "the expression is nested deeper than \(Self.depthLimit)",
                at: token.offset,
            )
        }
        return try body(&self)
    }

    // MARK: Grammar

    mutating func whole() throws(ExpressionError) -> Node {
        guard token.kind != .end else {
            throw ExpressionError(.emptyExpression, "there is no expression", at: token.offset)
        }
        let node = try pipe()
        guard token.kind == .end else { throw unexpected() }
        return node
    }

    /// `|` binds weakest; a binding (`as`) reaches to its end.
    mutating func pipe() throws(ExpressionError) -> Node {
        try nested { parser throws(ExpressionError) in
            if case .identifier("def") = parser.token.kind {
                throw parser.refused("def", "name the steps of your workflow instead")
            }
            if case .identifier("label") = parser.token.kind { return try parser.label() }
            let left = try parser.comma()
            guard parser.take("|") else { return left }
            return .pipe(left, try parser.pipe())
        }
    }

    func refused(_ name: String, _ advice: String) -> ExpressionError {
        ExpressionError(
            .notAllowed,
            "`\(name)` is not part of this language",
            at: token.offset,
            suggestion: advice,
        )
    }

    private mutating func label() throws(ExpressionError) -> Node {
        position += 1
        guard case .variable(let name) = token.kind else { throw unexpected("a `$name`") }
        position += 1
        try expect("|")
        let slot = slots.labelCount
        slots.labelCount += 1
        labels.append((name, slot))
        let body = try pipe()
        labels.removeLast()
        return .label(slot, body)
    }

    mutating func binding(of source: Node) throws(ExpressionError) -> Node {
        let before = scope.count
        let pattern = try pattern()
        try expect("|")
        let body = try pipe()
        scope.removeLast(scope.count - before)
        return .bind(source, pattern, body: body)
    }

    mutating func pattern() throws(ExpressionError) -> Pattern {
        try nested { parser throws(ExpressionError) in
            if case .variable(let name) = parser.token.kind {
                parser.position += 1
                return .variable(parser.declare(name))
            }
            if parser.take("[") {
                var elements = [try parser.pattern()]
                while parser.take(",") { elements.append(try parser.pattern()) }
                try parser.expect("]")
                return .array(elements)
            }
            try parser.expect("{")
            var members: [(key: Node, variable: Int?, pattern: Pattern?)] = []
            repeat { members.append(try parser.patternMember()) } while parser.take(",")
            try parser.expect("}")
            return .object(members)
        }
    }

    private mutating func patternMember() throws(ExpressionError)
        -> (key: Node, variable: Int?, pattern: Pattern?)
    {
        if case .variable(let name) = token.kind {
            position += 1
            let slot = declare(name)
            let inner = take(":") ? try pattern() : nil
            return (.literal(.string(name)), slot, inner)
        }
        let key: Node
        if case .identifier(let name) = token.kind {
            position += 1
            key = .literal(.string(name))
        } else if case .string(let pieces) = token.kind {
            position += 1
            key = try string(pieces, format: .text)
        } else {
            try expect("(")
            key = try pipe()
            try expect(")")
        }
        try expect(":")
        return (key, nil, try pattern())
    }

    private mutating func declare(_ name: String) -> Int {
        let slot = slots.count
        slots.count += 1
        scope.append((name, slot))
        return slot
    }

    private mutating func comma() throws(ExpressionError) -> Node {
        var left = try binary(0)
        while take(",") { left = .comma(left, try binary(0)) }
        return left
    }
}
