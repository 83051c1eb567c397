import Model

/// Random programs of the subset over random small inputs.
struct ProgramGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func random() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    private mutating func below(_ limit: Int) -> Int { Int(random() % UInt64(limit)) }
    private mutating func pick(_ list: [String]) -> String { list[below(list.count)] }

    mutating func next() -> Case { Case(program: pipe(3), input: value(3)) }

    mutating func value(_ depth: Int) -> JSONValue {
        switch below(depth > 0 ? 9 : 6) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2, 3: return .integer(Int64(below(20)) - 5)
        case 4: return .number(Double(below(40)) / 4)
        case 5: return .string(pick(["a", "b", "hello", "", "x y", "10"]))
        case 6: return .array((0..<below(4)).map { _ in value(depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<below(4) { object[pick(["a", "b", "c"])] = value(depth - 1) }
            return .object(object)
        }
    }

    private mutating func pipe(_ depth: Int) -> String {
        (0...below(3)).map { _ in term(depth) }.joined(separator: " | ")
    }

    private mutating func term(_ depth: Int) -> String {
        guard depth > 0 else {
            return pick([".", ".a", ".b", "1", "\"x\"", "null", ".[0]", ".a?", ".[]?"])
        }
        switch below(20) {
        case 0, 1: return pick([".a", ".b", ".c", ".[0]", ".[-1]", ".a.b?", ".[1:]", ".[:-1]"])
        case 2: return "[\(pipe(depth - 1))]"
        case 3: return "{a: (\(pipe(depth - 1))), b: 1}"
        case 4: return "(\(pipe(depth - 1))) \(pick(["+", "-", "*"])) (\(pipe(depth - 1)))"
        case 5: return "(\(pipe(depth - 1))) \(pick(["==", "!=", "<", ">="])) (\(pipe(depth - 1)))"
        case 6: return "(\(pipe(depth - 1))) \(pick(["and", "or"])) (\(pipe(depth - 1)))"
        case 7: return "if \(term(depth - 1)) then \(pipe(depth - 1)) else \(pipe(depth - 1)) end"
        case 8: return "map(\(pipe(depth - 1)))"
        case 9: return caught(pipe(depth - 1))
        case 10: return "(\(term(depth - 1))) as $x | [$x, .]"
        case 11: return "[.[]? | select(\(term(depth - 1)))]"
        case 12:
            return "(\(pick([".a", ".[0]", ".b.c", ".[]?"]))) |= first((\(term(depth - 1))), null)"
        case 13: return "reduce .[]? as $i (0; [., $i] | length)"
        case 14: return "[limit(2; \(pipe(depth - 1)))]"
        case 15: return "(\(term(depth - 1)), \(term(depth - 1)))"
        case 16: return "del(\(pick([".a", ".[0]", ".b.c", ".[1:]"])))"
        case 17: return "(\(caught(pipe(depth - 1)))) // (\(pipe(depth - 1)))"
        default:
            return pick([
                "length", "keys", "type", "not", "sort", "unique", "add", "(arrays | reverse)",
                "to_entries",
                "min", "max", "first", "last", "any", "all", "flatten", "tojson", "[paths]",
                "has(\"a\")", "has(0)", "sort_by(.)", "group_by(.)", "[..]", "floor", "tostring",
                "ascii_downcase", "explode", "(objects | to_entries | from_entries)",
                "(objects | with_entries(.))", "index(1)",
                "contains(1)", "join(\"-\")", "(arrays | map(arrays, nulls) | transpose)",
                "tonumber", "values",
                "numbers",
            ])
        }
    }

    /// jq 1.6 gets `try` wrong when errors of what follows reach it, and raises the errors on the
    /// left of `//`. Inside an array nothing follows, and nothing is raised out of it.
    private mutating func caught(_ body: String) -> String {
        let handler = pick([" catch \"e\"", " catch type", "", " catch (.[]?, 1)"])
        return "([try (\(body))\(handler)] | .[])"
    }
}
