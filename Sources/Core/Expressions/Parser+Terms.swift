import Model

extension Parser {
    mutating func postfix() throws(ExpressionError) -> Node {
        var node = try term()
        while true {
            let offset = token.offset
            if case .field(let name) = token.kind {
                position += 1
                node = .field(node, name, at: offset)
            } else if token.kind == .symbol("."), position + 1 < tokens.count,
                case .string(let pieces) = tokens[position + 1].kind
            {
                position += 2
                node = .index(node, try string(pieces, format: .text), at: offset)
            } else if token.kind == .symbol("."), position + 1 < tokens.count,
                tokens[position + 1].kind == .symbol("[")
            {
                position += 2
                node = try bracket(after: node, offset)
            } else if take("[") {
                node = try bracket(after: node, offset)
            } else if take("?") {
                node = Self.optional(node)
            } else {
                return node
            }
        }
    }

    /// `?` after an access makes that access alone optional, not what stands before it: `.a.b?`
    /// still fails when `.a` does.
    private static func optional(_ node: Node) -> Node {
        switch node {
        case .field(let base, let name, let at):
            .pipe(base, .optional(.field(.identity, name, at: at)))
        case .iterate(let base, let at): .pipe(base, .optional(.iterate(.identity, at: at)))
        case .index(let base, .literal(let value), let at):
            .pipe(base, .optional(.index(.identity, .literal(value), at: at)))
        default: .optional(node)
        }
    }

    /// After `[`: `]`, an index or a slice.
    private mutating func bracket(after node: Node, _ offset: Int) throws(ExpressionError) -> Node {
        if take("]") { return .iterate(node, at: offset) }
        if take(":") {
            let end = try pipe()
            try expect("]")
            return .slice(node, from: nil, to: end, at: offset)
        }
        let start = try pipe()
        guard take(":") else {
            try expect("]")
            if case .literal(.string(let name)) = start {
                return .field(node, name, at: offset)
            }
            return .index(node, start, at: offset)
        }
        if take("]") { return .slice(node, from: start, to: nil, at: offset) }
        let end = try pipe()
        try expect("]")
        return .slice(node, from: start, to: end, at: offset)
    }

    private mutating func term() throws(ExpressionError) -> Node {
        let token = token
        position += 1
        switch token.kind {
        case .number(let text):
            return .literal(try number(text, token.offset))
        case .string(let pieces):
            return try string(pieces, format: .text)
        case .format(let name):
            return try format(name, token.offset)
        case .field(let name):
            return .field(.identity, name, at: token.offset)
        case .variable(let name):
            return try variable(name, token.offset)
        case .identifier(let name):
            return try word(name, token.offset)
        case .symbol(let symbol):
            return try symbolTerm(symbol)
        case .end:
            position -= 1
            throw unexpected()
        }
    }

    private mutating func symbolTerm(_ symbol: String) throws(ExpressionError) -> Node {
        let offset = tokens[position - 1].offset
        switch symbol {
        case ".":
            if case .string(let pieces) = token.kind {
                position += 1
                return .index(.identity, try string(pieces, format: .text), at: offset)
            }
            return .identity
        case "..": return .recurseAll
        case "(":
            let inner = try pipe()
            try expect(")")
            return inner
        case "[":
            if take("]") { return .array(nil) }
            let inner = try pipe()
            try expect("]")
            return .array(inner)
        case "{": return try object(offset)
        default:
            position -= 1
            throw unexpected()
        }
    }

    private func number(_ text: String, _ offset: Int) throws(ExpressionError) -> JSONValue {
        if let integer = Int64(text) { return .integer(integer) }
        guard let value = Double(text), value.isFinite,
            text.contains(where: { $0 == "." || $0 == "e" || $0 == "E" })
        else {
            throw ExpressionError(
                .invalidNumber,
                "\(text) is no number of 64 bits",
                at: offset,
            )
        }
        return .number(value)
    }

    mutating func string(
        _ pieces: [Token.StringPiece],
        format: TextFormat,
    ) throws(ExpressionError) -> Node {
        if pieces.count == 1, case .literal(let text) = pieces[0] { return .literal(.string(text)) }
        var nodes: [Node] = []
        for piece in pieces {
            switch piece {
            case .literal(let text): nodes.append(.literal(.string(text)))
            case .interpolation(let tokens):
                var inner = Parser(tokens: tokens, allowed: allowed, named: named, slots: slots)
                inner.scope = scope
                inner.labels = labels
                inner.depth = depth
                nodes.append(.pipe(try inner.whole(), .format(format)))
            }
        }
        return .interpolation(nodes, format: format)
    }

    private mutating func format(_ name: String, _ offset: Int) throws(ExpressionError) -> Node {
        guard let format = TextFormat(rawValue: name) else {
            throw ExpressionError(
                .unknownFormat,
                "there is no format @\(name)",
                at: offset,
                suggestion: Spelling.suggestion(name, among: TextFormat.allCases.map(\.rawValue)),
            )
        }
        guard case .string(let pieces) = token.kind else { return .format(format) }
        position += 1
        return try string(pieces, format: format)
    }

    private func variable(_ name: String, _ offset: Int) throws(ExpressionError) -> Node {
        if let local = scope.last(where: { $0.name == name }) { return .local(local.slot) }
        if let variable = Variable(name: name), allowed.contains(variable) {
            slots.globals.insert(variable)
            return .global(variable)
        }
        if named.contains(name) { return .named(name) }
        if name == "ENV" || name == "__loc__" {
            throw ExpressionError(
                .notAllowed,
                "`$\(name)` is not part of this language",
                at: offset,
                suggestion: "use $config for settings",
            )
        }
        let known = allowed.elements.map(\.name) + scope.map(\.name) + named.sorted()
        let isElsewhere = Variable(name: name) != nil
        throw ExpressionError(
            .unknownVariable,
            isElsewhere ? "$\(name) has no value at this place" : "there is no variable $\(name)",
            at: offset,
            suggestion: Spelling.suggestion(name, among: known).map { "did you mean $\($0)?" },
        )
    }

    private mutating func object(_ offset: Int) throws(ExpressionError) -> Node {
        var members: [(key: Node, value: Node)] = []
        if take("}") { return .literal(.object(JSONObject())) }
        repeat { members.append(try member()) } while take(",")
        try expect("}")
        return .object(members, at: offset)
    }

    private mutating func member() throws(ExpressionError) -> (key: Node, value: Node) {
        let token = token
        position += 1
        switch token.kind {
        case .variable(let name):
            return (.literal(.string(name)), try variable(name, token.offset))
        case .identifier(let name), .field(let name):
            let key = Node.literal(.string(name))
            guard take(":") else { return (key, .field(.identity, name, at: token.offset)) }
            return (key, try memberValue())
        case .number(let text):
            let key = Node.literal(.string(text))
            try expect(":")
            return (key, try memberValue())
        case .string(let pieces):
            let key = try string(pieces, format: .text)
            guard take(":") else { return (key, .index(.identity, key, at: token.offset)) }
            return (key, try memberValue())
        case .format(let name):
            let key = try format(name, token.offset)
            guard take(":") else { return (key, .index(.identity, key, at: token.offset)) }
            return (key, try memberValue())
        case .symbol("("):
            let key = try pipe()
            try expect(")")
            try expect(":")
            return (key, try memberValue())
        default:
            position -= 1
            throw unexpected("an object key")
        }
    }

    /// Values may be piped but hold no comma: `{a: 1 | . + 1}`.
    private mutating func memberValue() throws(ExpressionError) -> Node {
        try nested { parser throws(ExpressionError) in
            let left = try parser.binary(0)
            guard parser.take("|") else { return left }
            return .pipe(left, try parser.memberValue())
        }
    }
}
