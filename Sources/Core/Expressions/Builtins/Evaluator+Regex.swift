import Model

extension Evaluator {
    func regex(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        switch builtin {
        case .sub, .sub3, .gsub, .gsub3:
            return try substitute(builtin, arguments, at, input, emit)
        default: break
        }
        try product(arguments[...], [], input) { values throws(Stop) in
            let pattern = try RegexArguments(values, builtin, at)
            let text = try self.text(input, "cannot be matched, as it is not a string", at)
            let matches = try self.matches(
                text,
                pattern,
                isGlobal: pattern.isGlobal,
                onlyFirst: builtin.isTest,
                at,
            )
            switch builtin {
            case .test, .test2: try emit(.bool(!matches.isEmpty))
            case .match, .match2:
                for match in matches { try emit(match.json) }
            case .capture, .capture2:
                for match in matches { try emit(match.captureObject) }
            case .scan, .scan2:
                for match in matches { try emit(match.scanned) }
            default:
                let parts = RegexMatch.pieces(of: text, around: matches)
                try self.charge(text.utf8.count * 2)
                if builtin == .split2 {
                    try emit(.array(parts.map(JSONValue.string)))
                } else {
                    for part in parts { try emit(.string(part)) }
                }
            }
        }
    }

    private func matches(
        _ text: String,
        _ arguments: RegexArguments,
        isGlobal: Bool,
        onlyFirst: Bool,
        _ at: Int,
    ) throws(Stop) -> [RegexMatch] {
        let scalars = Array(text.unicodeScalars)
        var found: [RegexMatch] = []
        var position = 0
        while position <= scalars.count {
            var steps = 0
            let match = arguments.regex.firstMatch(in: scalars, from: position, steps: &steps)
            try tick(steps)
            guard let match else { break }
            if match.range.isEmpty, arguments.skipsEmpty {
                position = match.range.upperBound + 1
                continue
            }
            try charge(64 + match.groups.count * 64)
            found.append(RegexMatch(match, in: scalars, names: arguments.regex.groupNames))
            guard isGlobal, !onlyFirst else { break }
            position = match.range.isEmpty ? match.range.upperBound + 1 : match.range.upperBound
        }
        return found
    }

    /// `sub` and `gsub`: the replacement sees the named captures as its input. Several outputs of
    /// the replacement give several results.
    private func substitute(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ at: Int,
        _ input: JSONValue,
        _ emit: Emit,
    ) throws(Stop) {
        let text = try text(input, "cannot be matched, as it is not a string", at)
        let flags = arguments.count == 3 ? arguments[2] : .literal(.null)
        try product([arguments[0], flags], [], input) { values throws(Stop) in
            let pattern = try RegexArguments(values, builtin, at)
            let isGlobal = pattern.isGlobal || builtin == .gsub || builtin == .gsub3
            let found = try self.matches(text, pattern, isGlobal: isGlobal, onlyFirst: false, at)
            let pieces = RegexMatch.pieces(of: text, around: found)
            try self.replace(found[...], pieces, 0, "", arguments[1], at, emit)
        }
    }

    private func replace(
        _ matches: ArraySlice<RegexMatch>,
        _ pieces: [String],
        _ index: Int,
        _ before: String,
        _ replacement: Node,
        _ at: Int,
        _ emit: Emit,
    ) throws(Stop) {
        var text = before
        var index = index
        var matches = matches
        while let match = matches.popFirst() {
            text += pieces[index]
            index += 1
            var outputs: [String] = []
            try eval(replacement, match.captureObject) { value throws(Stop) in
                guard case .string(let piece) = value else {
                    throw self.fail(
                        .type,
                        "\(Describe.value(match.captureObject)) cannot be added to a string",
                        at,
                    )
                }
                outputs.append(piece)
            }
            guard outputs.count == 1 else {
                for output in outputs {
                    try replace(matches, pieces, index, text + output, replacement, at, emit)
                }
                return
            }
            try charge(outputs[0].utf8.count)
            text += outputs[0]
        }
        text += pieces[index]
        try charge(text.utf8.count)
        try emit(.string(text))
    }
}

extension Builtin {
    var isTest: Bool { self == .test || self == .test2 }
}

/// The pattern and flags of a regex builtin. jq: `g` global, `i` ignore case, `x` extended, `n`
/// ignore empty matches, `p` that and dot matches newline; `l` and `s` change nothing here.
struct RegexArguments {
    var regex: LinearRegex
    var isGlobal: Bool
    var skipsEmpty: Bool

    init(_ values: [JSONValue], _ builtin: Builtin, _ at: Int) throws(Stop) {
        var pattern = values[0]
        var flags: JSONValue = values.count > 1 ? values[1] : .null
        if case .array(let both) = pattern, values.count == 1 {
            pattern = both.first ?? .null
            flags = both.count > 1 ? both[1] : .null
        }
        guard case .string(let source) = pattern else {
            throw Stop.error(
                EvaluationError(
                    .type,
                    "\(Describe.value(pattern)) cannot be matched, as it is not a string",
                    at: at,
                )
            )
        }
        guard flags.isNull || flags.stringValue != nil else {
            throw Stop.error(
                EvaluationError(.type, "\(Describe.value(flags)) is not a string", at: at)
            )
        }
        var options: LinearRegex.Options = []
        isGlobal = builtin.isAlwaysGlobal
        skipsEmpty = false
        for flag in (flags.stringValue ?? "").unicodeScalars {
            switch flag {
            case "g": isGlobal = true
            case "i": options.insert(.ignoreCase)
            case "x": options.insert(.extended)
            case "n": skipsEmpty = true
            case "p":
                options.insert(.dotMatchesNewline)
                skipsEmpty = true
            case "l", "s": break
            default:
                throw Stop.error(
                    EvaluationError(
                        .invalidRegex,
                        "\(flags.stringValue ?? "") is not a valid modifier string",
                        at: at,
                    )
                )
            }
        }
        do {
            regex = try RegexCache.shared.regex(source, options)
        } catch {
            throw Stop.error(
                EvaluationError(.invalidRegex, "\(source) is not a valid regex: \(error)", at: at)
            )
        }
    }
}

extension Builtin {
    var isAlwaysGlobal: Bool {
        switch self {
        case .scan, .scan2, .splits, .splits2, .split2: true
        default: false
        }
    }
}

/// One match as jq shows it; offsets and lengths in code points.
struct RegexMatch {
    struct Group {
        var offset: Int
        var text: String?
        var name: String?
    }

    var range: Range<Int>
    var text: String
    var groups: [Group]

    init(_ match: LinearRegex.Match, in scalars: [Unicode.Scalar], names: [String?]) {
        range = match.range
        text = Self.text(scalars, match.range)
        groups = match.groups.enumerated().map { index, range in
            Group(
                offset: range?.lowerBound ?? -1,
                text: range.map { Self.text(scalars, $0) },
                name: names.indices.contains(index) ? names[index] : nil,
            )
        }
    }

    private static func text(_ scalars: [Unicode.Scalar], _ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    var json: JSONValue {
        var object = JSONObject()
        object["offset"] = .integer(Int64(range.lowerBound))
        object["length"] = .integer(Int64(range.count))
        object["string"] = .string(text)
        object["captures"] = .array(
            groups.map { group in
                var capture = JSONObject()
                capture["offset"] = .integer(Int64(group.offset))
                capture["length"] = .integer(Int64(group.text?.unicodeScalars.count ?? 0))
                capture["string"] = group.text.map(JSONValue.string) ?? .null
                capture["name"] = group.name.map(JSONValue.string) ?? .null
                return .object(capture)
            }
        )
        return .object(object)
    }

    var captureObject: JSONValue {
        var object = JSONObject()
        for group in groups {
            guard let name = group.name else { continue }
            object[name] = group.text.map(JSONValue.string) ?? .null
        }
        return .object(object)
    }

    /// The text, or the captures when there are any.
    var scanned: JSONValue {
        guard !groups.isEmpty else { return .string(text) }
        return .array(groups.map { $0.text.map(JSONValue.string) ?? .null })
    }

    /// The texts between matches, one more than there are matches.
    static func pieces(of text: String, around matches: [RegexMatch]) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var pieces: [String] = []
        var start = 0
        for match in matches {
            pieces.append(Self.text(scalars, start..<match.range.lowerBound))
            start = match.range.upperBound
        }
        pieces.append(Self.text(scalars, start..<scalars.count))
        return pieces
    }
}
