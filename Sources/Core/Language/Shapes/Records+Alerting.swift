import Definitions
import Model

extension Records {
    private static let labels = AlertLabel.allCases.map(\.rawValue)

    static let alerting = Record(
        "Who is told of what, and how often.",
        [
            Field("instance", .record("grouping"), "Alerts to instance alert workflows."),
            Field("account", .record("grouping"), "Alerts to the account alert workflow."),
            Field("ignore", .list(.record("ignore")), "What is no issue and no alert."),
            Field("inhibit", .list(.record("inhibit")), "What mutes what follows from it."),
        ],
    )

    static let grouping = Record(
        "How alerts are gathered; the words are Alertmanager's.",
        [
            Field(
                "group_by",
                .either([.word(["failure"]), .list(.word(labels))]),
                "Equal values are one group; `failure`: each is told by itself.",
            ),
            Field("group_wait", .duration(0...day), "From the first failure to the alert."),
            Field("group_interval", .duration(0...day), "To the next one, with more failures."),
            Field(
                "repeat_interval",
                .duration(0...(366 * day)),
                "To the next one, when nothing changed; `0s`: never.",
            ),
            Field("threshold", .record("threshold"), "How much must have failed before."),
            Field("send_resolved", .boolean, "Whether a recovery is told; default true."),
        ],
    )

    static let threshold = Record(
        "How much must have failed before anybody is told.",
        oneOf: ["in_a_row", "rate"],
        [
            Field("in_a_row", .integer(1...1_000), "Failures without a success in between."),
            Field("rate", .integer(1...1_000), "Failures `within` a time."),
            Field(
                "within",
                .duration(1000...day),
                required: true,
                beside: .key("rate"),
                "With `rate`: the time.",
            ),
        ],
    )

    static let ignore = Record(
        "A named policy.",
        [
            Field("name", .name, required: true, "Its name: failures tell it."),
            Field("match", .record("matchers"), required: true, "All must hold."),
        ],
    )

    static let inhibit = Record(
        "While `source` is an open issue, `target` is told to nobody.",
        [
            Field("source", .record("matchers"), required: true, "The cause."),
            Field("target", .record("matchers"), required: true, "What follows from it."),
            Field("equal", .list(.word(labels)), "What both must have in common."),
        ],
    )

    static let matchers = Record(
        "Conditions on labels: `x`, `!x`, `~regex`, `!~regex`.",
        AlertLabel.allCases.map { Field($0.rawValue, .string, "The failure's \($0.rawValue).") },
    )
}
