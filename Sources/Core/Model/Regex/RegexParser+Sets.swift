extension RegexParser {
    mutating func escape() throws(RegexError) -> RegexTree {
        guard let scalar = takeAny() else { throw failure("the pattern ends after `\\`") }
        switch scalar {
        case "b": return .instruction(.assert(.wordBoundary))
        case "B": return .instruction(.assert(.noWordBoundary))
        case "A": return .instruction(.assert(.textStart))
        case "z": return .instruction(.assert(.textEnd))
        case "Z": return .instruction(.assert(.textEndOrNewline))
        case "1"..."9", "k": throw failure("back-references are not supported")
        default: break
        }
        if let ranges = try classEscape(scalar) {
            return .instruction(.set(ScalarSet(ranges: ranges)))
        }
        return .instruction(.scalar(try scalarEscape(scalar), ignoreCase: ignoresCase))
    }

    /// `\d` and its like.
    private func classEscape(_ scalar: Unicode.Scalar) throws(RegexError) -> [ClosedRange<UInt32>]?
    {
        switch scalar {
        case "d": return ScalarSet.digits
        case "D": return ScalarSet.complement(ScalarSet.digits)
        case "w": return ScalarSet.words
        case "W": return ScalarSet.complement(ScalarSet.words)
        case "s": return ScalarSet.spaces
        case "S": return ScalarSet.complement(ScalarSet.spaces)
        case "h": return ScalarSet.hexDigits
        case "H": return ScalarSet.complement(ScalarSet.hexDigits)
        case "p", "P": throw failure("Unicode properties are not supported")
        default: return nil
        }
    }

    private mutating func scalarEscape(
        _ scalar: Unicode.Scalar
    ) throws(RegexError) -> Unicode.Scalar {
        switch scalar {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "f": return "\u{c}"
        case "v": return "\u{b}"
        case "a": return "\u{7}"
        case "e": return "\u{1b}"
        case "0": return "\0"
        case "x": return try hex(2)
        case "u": return try hex(4)
        case "a"..."z", "A"..."Z": throw failure("the escape `\\\(scalar)` is unknown")
        default: return scalar
        }
    }

    private mutating func hex(_ count: Int) throws(RegexError) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let scalar = takeAny(), let digit = Character(scalar).hexDigitValue else {
                throw failure("\(count) hexadecimal digits are expected")
            }
            value = value << 4 | UInt32(digit)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure("no such character") }
        return scalar
    }

    /// After `[`.
    mutating func set() throws(RegexError) -> ScalarSet {
        var set = ScalarSet()
        set.inverted = takeIf("^")
        set.ignoreCase = ignoresCase
        var isFirst = true
        while true {
            guard let scalar = takeAny() else { throw failure("`]` is missing") }
            if scalar == "]", !isFirst { return set }
            isFirst = false
            if scalar == "[", takeIf(":") {
                set.ranges += try posixClass()
                continue
            }
            guard let low = try setMember(scalar, &set) else { continue }
            guard let dash = peek(0), dash == "-", let after = peek(1), after != "]" else {
                set.ranges.append(low.value...low.value)
                continue
            }
            _ = takeAny()
            guard let end = takeAny(), let high = try setMember(end, &set) else {
                throw failure("a range needs two characters")
            }
            guard low <= high else { throw failure("the ends of a range are swapped") }
            set.ranges.append(low.value...high.value)
        }
    }

    /// A single scalar; nil when the escape stood for a class, which is in the set now.
    private mutating func setMember(
        _ scalar: Unicode.Scalar,
        _ set: inout ScalarSet,
    ) throws(RegexError) -> Unicode.Scalar? {
        guard scalar == "\\" else { return scalar }
        guard let escaped = takeAny() else { throw failure("the pattern ends after `\\`") }
        if let ranges = try classEscape(escaped) {
            set.ranges += ranges
            return nil
        }
        return escaped == "b" ? "\u{8}" : try scalarEscape(escaped)
    }

    private mutating func posixClass() throws(RegexError) -> [ClosedRange<UInt32>] {
        let isInverted = takeIf("^")
        var name = ""
        while let scalar = takeAny() {
            if scalar == ":" {
                guard takeIf("]"), let ranges = Self.posix[name] else { break }
                return isInverted ? ScalarSet.complement(ranges) : ranges
            }
            name.unicodeScalars.append(scalar)
        }
        throw failure("the class [:\(name):] is unknown")
    }

    private static let posix: [String: [ClosedRange<UInt32>]] = [
        "alpha": [65...90, 97...122], "digit": ScalarSet.digits, "upper": [65...90],
        "lower": [97...122], "space": ScalarSet.spaces, "word": ScalarSet.words,
        "alnum": [48...57, 65...90, 97...122], "xdigit": ScalarSet.hexDigits,
        "punct": [33...47, 58...64, 91...96, 123...126], "blank": [9...9, 32...32],
        "cntrl": [0...31, 127...127], "print": [32...126], "graph": [33...126],
    ]
}
