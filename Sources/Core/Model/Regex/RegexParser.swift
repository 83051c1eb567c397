/// The syntax tree of a pattern.
indirect enum RegexTree: Sendable {
    case empty
    case instruction(Instruction)
    case sequence([RegexTree])
    case choice(RegexTree, RegexTree)
    case repetition(RegexTree, min: Int, max: Int?, greedy: Bool)
    /// Saves its ends in the slots `2n` and `2n + 1`.
    case group(Int, RegexTree)
}

/// Reads Perl-like patterns.
struct RegexParser {
    static let depthLimit = 100
    static let countLimit = 1000

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var options: LinearRegex.Options
    private var depth = 0
    private(set) var groupNames: [String?] = []

    init(_ scalars: [Unicode.Scalar], options: LinearRegex.Options) {
        self.scalars = scalars
        self.options = options
    }

    mutating func parse() throws(RegexError) -> RegexTree {
        let tree = try choice()
        guard position == scalars.count else { throw error("`)` has no `(`") }
        return tree
    }

    private func error(_ message: String) -> RegexError { failure(message) }
    func failure(_ message: String) -> RegexError { RegexError(message, offset: position) }
    var ignoresCase: Bool { options.contains(.ignoreCase) }
    func peek(_ ahead: Int) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }
    mutating func takeIf(_ scalar: Unicode.Scalar) -> Bool { take(scalar) }
    mutating func takeAny() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        position += 1
        return scalar
    }
    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func choice() throws(RegexError) -> RegexTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw error("groups are nested too deeply") }
        var tree = try sequence()
        while take("|") { tree = .choice(tree, try sequence()) }
        return tree
    }

    private mutating func sequence() throws(RegexError) -> RegexTree {
        var parts: [RegexTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if options.contains(.extended), skipsExtended(scalar) { continue }
            let atom = try atom()
            parts.append(try repeated(atom))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func skipsExtended(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "#" {
            while let scalar = next, scalar != "\n" {
                _ = scalar
                position += 1
            }
            return true
        }
        guard scalar == " " || (scalar.value >= 9 && scalar.value <= 13) else { return false }
        position += 1
        return true
    }

    private mutating func repeated(_ atom: RegexTree) throws(RegexError) -> RegexTree {
        var tree = atom
        var count = 0
        while let (min, max) = try quantifier() {
            count += 1
            guard count <= 4 else { throw error("too many quantifiers in a row") }
            let greedy = !take("?")
            if take("+") { throw error("possessive quantifiers are not supported") }
            tree = .repetition(tree, min: min, max: max, greedy: greedy)
        }
        return tree
    }

    private mutating func quantifier() throws(RegexError) -> (Int, Int?)? {
        switch next {
        case "*":
            position += 1
            return (0, nil)
        case "+":
            position += 1
            return (1, nil)
        case "?":
            position += 1
            return (0, 1)
        case "{": return try counted()
        default: return nil
        }
    }

    /// `{n}`, `{n,}`, `{,m}`, `{n,m}`; anything else is a literal brace.
    private mutating func counted() throws(RegexError) -> (Int, Int?)? {
        let start = position
        position += 1
        let low = number()
        var high = low
        var hasComma = false
        if take(",") {
            hasComma = true
            high = number()
        }
        guard take("}"), low != nil || (hasComma && high != nil) else {
            position = start
            return nil
        }
        let minimum = low ?? 0
        guard minimum <= Self.countLimit, high ?? 0 <= Self.countLimit else {
            throw error("a repetition count is at most \(Self.countLimit)")
        }
        if let high, high < minimum { throw error("the counts of a repetition are swapped") }
        return (minimum, high)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, scalar >= "0", scalar <= "9", digits.count < 6 {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        return Int(digits)
    }

    private mutating func atom() throws(RegexError) -> RegexTree {
        guard let scalar = next else { return .empty }
        position += 1
        switch scalar {
        case "(": return try group()
        case "[": return .instruction(.set(try set()))
        case ".": return .instruction(.any(newline: options.contains(.dotMatchesNewline)))
        case "^": return .instruction(.assert(.textStart))
        case "$":
            let isStrict = options.contains(.strictEnd)
            return .instruction(.assert(isStrict ? .textEnd : .textEndOrNewline))
        case "\\": return try escape()
        case "*", "+", "?":
            position -= 1
            throw error("nothing to repeat before `\(scalar)`")
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> RegexTree {
        .instruction(.scalar(scalar, ignoreCase: options.contains(.ignoreCase)))
    }

    private mutating func group() throws(RegexError) -> RegexTree {
        let saved = options
        defer { options = saved }
        guard take("?") else { return try captured(nil) }
        if take(":") { return try closed() }
        if next == "=" || next == "!" { throw error("look-around is not supported") }
        if take("P") || next == "<" {
            _ = take("<")
            if next == "=" || next == "!" { throw error("look-around is not supported") }
            return try captured(try name())
        }
        if take("#") {
            while let scalar = next, scalar != ")" {
                _ = scalar
                position += 1
            }
            guard take(")") else { throw error("`)` is missing") }
            return .empty
        }
        return try flags()
    }

    private mutating func closed() throws(RegexError) -> RegexTree {
        let tree = try choice()
        guard take(")") else { throw error("`)` is missing") }
        return tree
    }

    private mutating func captured(_ name: String?) throws(RegexError) -> RegexTree {
        groupNames.append(name)
        let number = groupNames.count
        return .group(number, try closed())
    }

    private mutating func name() throws(RegexError) -> String {
        var name = String.UnicodeScalarView()
        while let scalar = next, scalar != ">" {
            guard ScalarSet(ranges: ScalarSet.words).contains(scalar) else {
                throw error("a group's name is letters, digits and _")
            }
            name.append(scalar)
            position += 1
        }
        guard take(">"), !name.isEmpty else { throw error("a group's name has no end") }
        return String(name)
    }

    /// `(?i)` and `(?i:…)`.
    private mutating func flags() throws(RegexError) -> RegexTree {
        var turnsOn = true
        while let scalar = next, scalar != ")", scalar != ":" {
            position += 1
            let option: LinearRegex.Options
            switch scalar {
            case "-":
                turnsOn = false
                continue
            case "i": option = .ignoreCase
            case "x": option = .extended
            case "s", "m": option = .dotMatchesNewline
            default: throw error("the group `(?\(scalar)` is not supported")
            }
            if turnsOn { options.insert(option) } else { options.remove(option) }
        }
        if take(":") { return try closed() }
        guard take(")") else { throw error("`)` is missing") }
        // The flags hold to the end of the enclosing group.
        return try choice()
    }
}
