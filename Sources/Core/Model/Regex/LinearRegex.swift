/// A regular expression that is matched in time linear in the text: no backtracking, so no pattern
/// can hang it. Perl syntax less look-around and back-references; leftmost match, greedy by choice
/// order, as in Perl. Offsets are in Unicode scalars.
public struct LinearRegex: Sendable {
    public struct Options: OptionSet, Sendable, Hashable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let ignoreCase = Options(rawValue: 1)
        /// White space and `#` comments in the pattern mean nothing.
        public static let extended = Options(rawValue: 2)
        public static let dotMatchesNewline = Options(rawValue: 4)
        /// `$` is the very end, as in ECMA-262, not also the place before a last line feed.
        public static let strictEnd = Options(rawValue: 8)
    }

    public struct Match: Sendable, Hashable {
        public var range: Range<Int>
        /// Capture groups in order; nil for one that took no part.
        public var groups: [Range<Int>?]
    }

    /// Scalars of a pattern at most.
    public static let patternLimit = 4096
    /// Instructions of a compiled pattern at most; counted repetitions are written out.
    public static let programLimit = 20_000

    let program: [Instruction]
    /// Names of the capture groups, nil for unnamed ones.
    public let groupNames: [String?]

    /// - Throws: with the offset in the pattern, in scalars.
    public init(_ pattern: String, options: Options = []) throws(RegexError) {
        let scalars = Array(pattern.unicodeScalars)
        guard scalars.count <= Self.patternLimit else {
            throw RegexError("a pattern has at most \(Self.patternLimit) characters", offset: 0)
        }
        var parser = RegexParser(scalars, options: options)
        let tree = try parser.parse()
        var compiler = RegexCompiler()
        try compiler.emit(.group(0, tree))
        compiler.program.append(.match)
        program = compiler.program
        groupNames = parser.groupNames
    }
}

/// Why a pattern is refused.
public struct RegexError: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    public var offset: Int

    init(_ message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }

    public var description: String { "\(message) (at \(offset))" }
}

enum Instruction: Sendable {
    case scalar(Unicode.Scalar, ignoreCase: Bool)
    case any(newline: Bool)
    case set(ScalarSet)
    case split(first: Int, second: Int)
    case jump(Int)
    case save(Int)
    case assert(Assertion)
    case match
}

enum Assertion: Sendable {
    case textStart, textEnd, textEndOrNewline, wordBoundary, noWordBoundary
}

/// A set of scalars: ranges, maybe inverted.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var inverted = false
    var ignoreCase = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var found = holds(scalar.value)
        if !found, ignoreCase {
            found = CaseFolding.variants(scalar).contains { holds($0.value) }
        }
        return found != inverted
    }

    private func holds(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

    static let digits: [ClosedRange<UInt32>] = [48...57]
    static let words: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
    static let spaces: [ClosedRange<UInt32>] = [9...13, 32...32]
    static let hexDigits: [ClosedRange<UInt32>] = [48...57, 65...70, 97...102]

    static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        result.append(next...0x10FFFF)
        return result
    }
}

/// Simple case folding, one scalar to one scalar.
enum CaseFolding {
    static func variants(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap {
            $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first : nil
        }
    }

    static func equal(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
        left == right || variants(left).contains(right)
            || variants(left).contains { variants(right).contains($0) }
    }
}
