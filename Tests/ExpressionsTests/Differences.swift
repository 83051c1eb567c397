import Expressions
import Model

/// Where we differ from jq 1.6 on purpose; docs/reference/expressions.md lists the same.
enum Differences {
    struct Rule: Sendable {
        var reason: String
        var holds: @Sendable (Case, Answer, Answer) -> Bool
    }

    /// Why this difference is meant; nil when it is not.
    static func reason(_ item: Case, _ ours: Answer, _ theirs: Answer) -> String? {
        rules.first { $0.holds(item, ours, theirs) }?.reason
    }

    static let rules: [Rule] = [
        Rule(reason: "functions that reach outside are refused") { item, ours, _ in
            ["env", "input_line_number", "INDEX", "splits_"].contains { item.program.contains($0) }
                && ours.failed
        },
        Rule(reason: "functions of jq 1.7 that 1.6 has not") { item, _, theirs in
            ["pick(", "ltrimstr(1)", "abs", "toarray", "trim", "ascii", "error(null)"]
                .contains { item.program.contains($0) } && theirs.failed
        },
        Rule(reason: "numbers that JSON cannot say are errors, not null") { item, ours, _ in
            ["infinite", "nan"].contains { item.program.contains($0) } && ours.failed
        },
        Rule(reason: "an integer literal beyond 64 bits is refused") { item, ours, _ in
            item.program.contains("100000000000000000000") && ours.failed
        },
        Rule(reason: "if without else is jq 1.7's") { item, _, theirs in
            item.program.contains("then") && !item.program.contains("else") && theirs.failed
        },
        Rule(reason: "an empty match is found once at each place, which 1.6 gets wrong") {
            item,
            _,
            _ in item.program.contains(#"("";"#)
        },
        Rule(reason: "an update to nothing deletes, where 1.6 keeps or skips") { item, _, _ in
            item.program.contains("empty") && item.program.contains("|=")
        },
        Rule(reason: "1.6 raises errors that a `?`, `try` or `//` around them had caught") {
            item,
            ours,
            theirs in
            theirs.failed && !ours.failed
                && ["?", "//", "try"].contains { item.program.contains($0) }
        },
        Rule(reason: "1.6 catches errors of what follows a `try`") { item, ours, theirs in
            ours.failed && !theirs.failed && item.program.contains("try")
        },
        Rule(reason: "isvalid is broken in 1.6; reverse of a number is an error") { item, _, _ in
            item.program.contains("isvalid") || item.program.contains("reverse")
        },
        Rule(reason: "any and all stop at the first answer, before later errors") {
            item,
            ours,
            theirs in
            (item.program.contains("any(") || item.program.contains("all(")) && theirs.failed
                && !ours.failed
        },
        Rule(reason: "tostring and tojson of a float: the fewest digits that read back the same") {
            item,
            ours,
            theirs in
            !ours.failed && !theirs.failed
                && ["tojson", "tostring", "@", "join", #"\("#].contains {
                    item.program.contains($0)
                }
        },
    ]
}
