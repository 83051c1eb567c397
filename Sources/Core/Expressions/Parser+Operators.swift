extension Parser {
    private enum Associativity { case left, right, none }

    /// jq's precedences, weakest first.
    private static let levels: [(symbols: [String], associativity: Associativity)] = [
        (["//"], .right),
        (["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="], .none),
        (["or"], .left),
        (["and"], .left),
        (["==", "!=", "<", "<=", ">", ">="], .none),
        (["+", "-"], .left),
        (["*", "/", "%"], .left),
    ]

    mutating func binary(_ level: Int) throws(ExpressionError) -> Node {
        guard level < Self.levels.count else { return try unary() }
        return try nested { parser throws(ExpressionError) in
            try parser.chain(level)
        }
    }

    private mutating func chain(_ level: Int) throws(ExpressionError) -> Node {
        let (symbols, associativity) = Self.levels[level]
        var left = try binary(level + 1)
        while let symbol = symbols.first(where: isNext) {
            let offset = token.offset
            position += 1
            switch associativity {
            case .left:
                left = combine(symbol, left, try binary(level + 1), offset)
            case .right:
                return combine(symbol, left, try binary(level), offset)
            case .none:
                left = combine(symbol, left, try binary(level + 1), offset)
                if let again = symbols.first(where: isNext) {
                    throw ExpressionError(
                        .unexpectedToken,
                        "`\(again)` cannot follow `\(symbol)` without brackets",
                        at: token.offset,
                    )
                }
            }
        }
        return left
    }

    private func isNext(_ symbol: String) -> Bool {
        token.kind == .symbol(symbol) || token.kind == .identifier(symbol)
    }

    private func combine(_ symbol: String, _ left: Node, _ right: Node, _ offset: Int) -> Node {
        switch symbol {
        case "//": return .alternative(left, right)
        case "=": return .assign(left, right, at: offset)
        case "|=": return .update(left, right, at: offset)
        case "//=": return .arithmeticUpdate(nil, left, right, at: offset)
        case "or": return .or(left, right)
        case "and": return .and(left, right)
        default: break
        }
        if let comparison = Node.Comparison(rawValue: symbol) {
            return .compare(comparison, left, right)
        }
        if let operation = Node.Operator(rawValue: symbol) {
            return .arithmetic(operation, left, right, at: offset)
        }
        let operation = symbol.first.flatMap { Node.Operator(rawValue: String($0)) }
        return .arithmeticUpdate(operation, left, right, at: offset)
    }

    private mutating func unary() throws(ExpressionError) -> Node {
        let offset = token.offset
        guard take("-") else {
            let term = try postfix()
            return takeWord("as") ? try binding(of: term) : term
        }
        let operand = try nested { parser throws(ExpressionError) in try parser.unary() }
        if case .literal(.integer(let value)) = operand { return .literal(.integer(-value)) }
        if case .literal(.number(let value)) = operand { return .literal(.number(-value)) }
        return .negate(operand, at: offset)
    }
}
