import Expressions
import Model

/// Where we differ from jq 1.6 on purpose; docs/reference/expressions.md lists the same.
///
/// Each rule names the programs of the corpus that show it, and passes over no others: a random
/// program must agree.
enum Differences {
    struct Rule: Sendable {
        var reason: String
        var programs: Set<String>
    }

    /// Why this difference is meant; nil when it is not.
    static func reason(_ item: Case) -> String? {
        rules.first { $0.programs.contains(item.program) }?.reason
    }

    static let rules: [Rule] = [
        Rule(
            reason: "functions that reach outside are refused",
            programs: ["env?", "input_line_number?"],
        ),
        Rule(
            reason: "functions that 1.6 has not",
            programs: [
                "pick(.a)?", "\"a\"|ascii_downcase|toarray", "-1|abs", "\" a \"|trim",
                "[skip(1;1,2)]", "[65]|map(ascii)", "add(.b[])", "isvalid(.a)",
            ],
        ),
        Rule(
            reason: "numbers that JSON cannot say are errors, not null or the greatest double",
            programs: ["infinite|isinfinite", "nan|isnan", "[nan]|sort", "1e400?"],
        ),
        Rule(
            reason:
                "integers are exact to 64 bits, and beyond them an error; jq makes doubles of them",
            programs: [
                "100000000000000000000 == 1e20", "9007199254740993", "9007199254740993-1",
                "9007199254740992==9007199254740993",
                "9223372036854775807+1 == 9223372036854775808.0",
            ],
        ),
        Rule(
            reason: "`if` may stand without `else`, as in jq 1.7",
            programs: ["if .a then 2 end", "if .zz then 2 end"],
        ),
        Rule(
            reason: "an empty match is found at the end of the text too",
            programs: [#""ab"|[match("";"g").offset]"#, #""ab"|[match("x*";"g").offset]"#],
        ),
        Rule(
            reason: "an update to nothing deletes every such place, where 1.6 skips the next one",
            programs: ["(.b[]|select(.>1))|=empty"],
        ),
        Rule(
            reason: "errors on the left of `//` count as no output, where jq raises them",
            programs: [
                #"[(error("x")) // 1]"#, "[.a.b // 5]", #"try (.a.b // 1) catch "c""#,
                "[.b[]|(.x // 7)]",
            ],
        ),
        Rule(
            reason:
                "`try` and `?` catch errors of their body alone, where 1.6 also catches those of"
                + " what follows, and the end of `limit`",
            programs: [
                #"[try .a | error("x")]"#, #"[(.a)? | error("x")]"#, #"[.b[]|(.,9)?|error("x")]"#,
                #"[limit(1; try (1,2) catch "e")]"#, ".a |= (try (1,2) catch 3)",
            ],
        ),
        Rule(
            reason:
                "`reverse` takes arrays, strings and null, `transpose` arrays of arrays; all else is an error",
            programs: [
                "[0]|transpose", "{}|reverse", "0|reverse", #"""|reverse"#, #""abc"|reverse"#,
            ],
        ),
        Rule(
            reason: "`any` and `all` stop at the first answer, before later errors",
            programs: [#"any((true,error("x"));.)"#, #"all((false,error("x"));.)"#],
        ),
        Rule(
            reason: "`from_entries` makes text of keys that are numbers or booleans, and knows `v`",
            programs: [
                ".b|with_entries(.)", #"[{"key":false,"value":1}]|from_entries"#,
                #"[{"k":"a","v":1}]|from_entries"#,
            ],
        ),
        Rule(
            reason: "`limit(0; f)` gives nothing, where 1.6 gives one output",
            programs: ["[limit(0;1,2)]"],
        ),
        Rule(
            reason: "`@html` writes `'` as `&#39;`, where 1.6 writes `&apos;`",
            programs: [#""<a href='x'>&\"</a>"|@html"#],
        ),
        Rule(
            reason: "a constant pattern that is wrong is refused when compiling, before any `try`",
            programs: [#"try test("(") catch 1"#],
        ),
    ]
}
