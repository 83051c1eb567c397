/// A word of the expression language with its place.
struct Token: Sendable, Hashable {
    indirect enum Kind: Sendable, Hashable {
        case number(String)
        /// Literal pieces and interpolated token lists, in turn, with the format before it.
        case string([StringPiece])
        case format(String)
        case field(String)
        case identifier(String)
        case variable(String)
        case symbol(String)
        case end
    }

    enum StringPiece: Sendable, Hashable {
        case literal(String)
        case interpolation([Token])
    }

    var kind: Kind
    var offset: Int
}

/// Cuts a source text into tokens (jq's lexical rules).
struct Lexer {
    /// The longest source, in Unicode scalars.
    static let lengthLimit = 65_536

    private let scalars: [Unicode.Scalar]
    private(set) var position: Int
    private let base: Int
    private var depth: Int

    init(_ scalars: [Unicode.Scalar], from position: Int = 0, base: Int = 0, depth: Int = 0) {
        self.scalars = scalars
        self.position = position
        self.base = base
        self.depth = depth
    }

    static func tokens(_ source: String) throws(ExpressionError) -> [Token] {
        let scalars = Array(source.unicodeScalars)
        guard scalars.count <= lengthLimit else {
            throw ExpressionError(
                .tooLong,
                "an expression has at most \(lengthLimit) characters",
                at: lengthLimit,
            )
        }
        var lexer = Lexer(scalars)
        return try lexer.tokens(until: nil)
    }

    /// Tokens up to the closing scalar that stands outside all brackets (which is consumed), or to
    /// the end.
    mutating func tokens(until close: Unicode.Scalar?) throws(ExpressionError) -> [Token] {
        guard depth < 32 else {
            throw ExpressionError(.tooDeep, "strings are nested too deeply", at: position)
        }
        var tokens: [Token] = []
        var open: [Unicode.Scalar] = []
        while true {
            skipSpace()
            guard position < scalars.count else {
                if let close {
                    throw ExpressionError(
                        .unexpectedEnd,
                        "`\(close)` is missing at the end",
                        at: position,
                    )
                }
                tokens.append(Token(kind: .end, offset: position))
                return tokens
            }
            let scalar = scalars[position]
            if open.isEmpty, scalar == close {
                tokens.append(Token(kind: .end, offset: position))
                position += 1
                return tokens
            }
            if scalar == "(" || scalar == "[" || scalar == "{" { open.append(scalar) }
            if scalar == ")" || scalar == "]" || scalar == "}" { _ = open.popLast() }
            tokens.append(try token())
        }
    }

    private mutating func skipSpace() {
        while position < scalars.count {
            let scalar = scalars[position]
            if scalar == "#" {
                while position < scalars.count, scalars[position] != "\n" { position += 1 }
            } else if scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" {
                position += 1
            } else {
                return
            }
        }
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    private mutating func token() throws(ExpressionError) -> Token {
        let start = position
        let scalar = scalars[position]
        if Self.isDigit(scalar) || (scalar == "." && peek(1).map(Self.isDigit) == true) {
            return Token(kind: .number(try number()), offset: start)
        }
        if scalar == "\"" { return Token(kind: .string(try string()), offset: start) }
        if scalar == "@" {
            position += 1
            return Token(kind: .format(word()), offset: start)
        }
        if scalar == "$" {
            position += 1
            let name = word()
            guard !name.isEmpty else {
                throw ExpressionError(.unexpectedCharacter, "a name must follow `$`", at: start)
            }
            return Token(kind: .variable(name), offset: start)
        }
        if scalar == ".", let next = peek(1), Self.isNameStart(next) {
            position += 1
            return Token(kind: .field(word()), offset: start)
        }
        if Self.isNameStart(scalar) { return Token(kind: .identifier(name()), offset: start) }
        return Token(kind: .symbol(try symbol()), offset: start)
    }

    private static let symbols: [String] = [
        "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//",
        "..", "|", ",", "+", "-", "*", "/", "%", "=", "<", ">", "(", ")", "[", "]", "{",
        "}", ":", ";", ".", "?",
    ]

    private mutating func symbol() throws(ExpressionError) -> String {
        for symbol in Self.symbols {
            let wanted = Array(symbol.unicodeScalars)
            guard position + wanted.count <= scalars.count,
                scalars[position..<(position + wanted.count)].elementsEqual(wanted)
            else { continue }
            position += wanted.count
            return symbol
        }
        throw ExpressionError(
            .unexpectedCharacter,
            "`\(scalars[position])` has no meaning here",
            at: position,
        )
    }

    private mutating func word() -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek(), Self.isNameStart(scalar) || Self.isDigit(scalar) {
            text.append(scalar)
            position += 1
        }
        return String(text)
    }

    private mutating func name() -> String {
        var text = word()
        while peek() == ":", peek(1) == ":", let next = peek(2), Self.isNameStart(next) {
            position += 2
            text += "::" + word()
        }
        return text
    }

    private mutating func number() throws(ExpressionError) -> String {
        let start = position
        while let scalar = peek(), Self.isDigit(scalar) || scalar == "." { position += 1 }
        if let scalar = peek(), scalar == "e" || scalar == "E" {
            position += 1
            if let sign = peek(), sign == "+" || sign == "-" { position += 1 }
            while let scalar = peek(), Self.isDigit(scalar) { position += 1 }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<position])
        return String(text)
    }

    private mutating func string() throws(ExpressionError) -> [Token.StringPiece] {
        let start = position
        position += 1
        var pieces: [Token.StringPiece] = []
        var text = String.UnicodeScalarView()
        while let scalar = peek() {
            position += 1
            if scalar == "\"" {
                if !text.isEmpty || pieces.isEmpty { pieces.append(.literal(String(text))) }
                return pieces
            }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            if peek() == "(" {
                position += 1
                if !text.isEmpty { pieces.append(.literal(String(text))) }
                text = String.UnicodeScalarView()
                var inner = Lexer(scalars, from: position, depth: depth + 1)
                pieces.append(.interpolation(try inner.tokens(until: ")")))
                position = inner.position
            } else {
                text.append(try escape())
            }
        }
        throw ExpressionError(.unterminatedString, "the string has no end", at: start)
    }

    private mutating func escape() throws(ExpressionError) -> Unicode.Scalar {
        guard let scalar = peek() else {
            throw ExpressionError(.unterminatedString, "the string has no end", at: position)
        }
        position += 1
        switch scalar {
        case "\"", "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let high = try hex()
            if let plain = Unicode.Scalar(high) { return plain }
            guard peek() == "\\", peek(1) == "u" else { return "\u{fffd}" }
            position += 2
            let low = try hex()
            guard (0xDC00...0xDFFF).contains(low), high < 0xDC00 else { return "\u{fffd}" }
            return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{fffd}"
        default:
            throw ExpressionError(
                .invalidEscape,
                "`\\\(scalar)` is no escape",
                at: position - 2,
            )
        }
    }

    private mutating func hex() throws(ExpressionError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let scalar = peek(), let digit = Character(scalar).hexDigitValue else {
                throw ExpressionError(
                    .invalidEscape,
                    "\\u needs four hexadecimal digits",
                    at: position,
                )
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        (scalar >= "a" && scalar <= "z") || (scalar >= "A" && scalar <= "Z") || scalar == "_"
    }
}
