import Model

extension Parser {
    /// A term that begins with a word: a keyword or a builtin.
    mutating func word(_ name: String, _ offset: Int) throws(ExpressionError) -> Node {
        switch name {
        case "if": return try nested { parser throws(ExpressionError) in try parser.condition() }
        case "try": return try attempt()
        case "reduce": return try reduce()
        case "foreach": return try foreach()
        case "break": return try breakOut(offset)
        case "null": return .literal(.null)
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        default: return try call(name, offset)
        }
    }

    private mutating func condition() throws(ExpressionError) -> Node {
        let test = try pipe()
        try expectWord("then")
        let then = try pipe()
        if takeWord("elif") {
            let otherwise = try nested { parser throws(ExpressionError) in
                try parser.condition()
            }
            return .condition(test, then: then, otherwise: otherwise)
        }
        let otherwise: Node = takeWord("else") ? try pipe() : .identity
        try expectWord("end")
        return .condition(test, then: then, otherwise: otherwise)
    }

    private mutating func attempt() throws(ExpressionError) -> Node {
        try nested { parser throws(ExpressionError) in
            let body = try parser.postfix()
            let handler = parser.takeWord("catch") ? try parser.postfix() : nil
            return .attempt(body, handler: handler)
        }
    }

    private mutating func reduce() throws(ExpressionError) -> Node {
        let source = try postfix()
        try expectWord("as")
        let before = scope.count
        let pattern = try pattern()
        try expect("(")
        let initial = try pipe()
        try expect(";")
        let update = try pipe()
        try expect(")")
        scope.removeLast(scope.count - before)
        return .reduce(source, pattern, initial: initial, update: update)
    }

    private mutating func foreach() throws(ExpressionError) -> Node {
        let source = try postfix()
        try expectWord("as")
        let before = scope.count
        let pattern = try pattern()
        try expect("(")
        let initial = try pipe()
        try expect(";")
        let update = try pipe()
        let extract = take(";") ? try pipe() : nil
        try expect(")")
        scope.removeLast(scope.count - before)
        return .foreach(source, pattern, initial: initial, update: update, extract: extract)
    }

    private mutating func breakOut(_ offset: Int) throws(ExpressionError) -> Node {
        guard case .variable(let name) = token.kind,
            let label = labels.last(where: { $0.name == name })
        else {
            throw ExpressionError(.unexpectedToken, "`break` needs a label around it", at: offset)
        }
        position += 1
        return .breakOut(label.slot)
    }

    private static let refusedWords: [String: String] = [
        "def": "name the steps of your workflow instead",
        "import": "everything is one expression", "include": "everything is one expression",
        "input": "use the variables", "inputs": "use the variables",
        "debug": "use the log connector", "stderr": "use the log connector",
        "env": "use $config for settings", "input_filename": "there is no file",
        "input_line_number": "there is no file", "halt": "use a `stop` step",
        "halt_error": "use a `raise` step", "$__loc__": "there is no file",
        "modulemeta": "everything is one expression", "get_search_list": "there is no library",
        "builtins": "see docs/reference/expressions.md", "limit_depth": "",
    ]

    private mutating func call(_ name: String, _ offset: Int) throws(ExpressionError) -> Node {
        if let advice = Self.refusedWords[name] {
            throw ExpressionError(
                .notAllowed,
                "`\(name)` is not part of this language",
                at: offset,
                suggestion: advice.isEmpty ? nil : advice,
            )
        }
        var arguments: [Node] = []
        if take("(") {
            repeat { arguments.append(try pipe()) } while take(";")
            try expect(")")
        }
        if let builtin = Builtin.find(name, arguments.count) {
            try checkPattern(builtin, arguments, offset)
            return .call(builtin, arguments, at: offset)
        }
        let arities = Builtin.arities(of: name)
        guard arities.isEmpty else {
            let list = arities.map(String.init).joined(separator: " or ")
            throw ExpressionError(
                .unknownFunction,
                "`\(name)` takes \(list) arguments, not \(arguments.count)",
                at: offset,
            )
        }
        let keywords = ["then", "elif", "else", "end", "as", "catch", "and", "or"]
        if keywords.contains(name) {
            position -= 1
            throw unexpected()
        }
        throw ExpressionError(
            .unknownFunction,
            "there is no function `\(name)`",
            at: offset,
            suggestion: Spelling.suggestion(name, among: Builtin.names)
                .map { "did you mean `\($0)`?" },
        )
    }

    /// A pattern that is a constant is read now, so that a mistake in it is found before it runs.
    private func checkPattern(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ offset: Int,
    ) throws(ExpressionError) {
        let flags: Node?
        switch builtin {
        case .test, .match, .capture, .scan, .splits, .sub, .gsub: flags = nil
        case .test2, .match2, .capture2, .scan2, .splits2, .split2: flags = arguments[1]
        case .sub3, .gsub3: flags = arguments[2]
        default: return
        }
        guard case .literal(let pattern) = arguments[0] else { return }
        var values = [pattern]
        if let flags {
            guard case .literal(let text) = flags else { return }
            values.append(text)
        }
        do throws(Stop) {
            _ = try RegexArguments(values, builtin, offset)
        } catch {
            guard case .error(let problem) = error, problem.code == .invalidRegex else { return }
            throw ExpressionError(.invalidRegex, problem.message, at: offset)
        }
    }
}
