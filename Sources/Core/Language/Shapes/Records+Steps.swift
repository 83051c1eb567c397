import Model

extension Records {
    static let kinds = [
        "run", "reply", "set", "switch", "for_each", "parallel", "group", "wait", "raise", "call",
        "stop",
    ]

    static let step = Record(
        "One step: exactly one form, and what happens around it.",
        [
            Field("id", .name, "The name under which `$steps` knows it."),
            Field("if", .expression, "Skips the step; with `then` as a list, chooses."),
            Field("run", .operation, "A connector operation: `connector.operation`."),
            Field(
                "with",
                .arguments,
                beside: .key("run"),
                "The operation's parameters, and `auth`.",
            ),
            Field("reply", .record("reply"), "Answers the waiting caller."),
            Field("set", .template, "Computes values; they are the step's output."),
            Field("else", .list(.record("step")), "With `if` and `then` as a list."),
            Field("switch", .expression, "The subject of `cases`."),
            Field(
                "cases",
                .list(.record("case")),
                required: true,
                beside: .key("switch"),
                "With `switch`: the first equal one runs.",
            ),
            Field(
                "default",
                .list(.record("step")),
                beside: .key("switch"),
                "With `switch`: when none is equal.",
            ),
            Field("for_each", .expression, "The items; `steps` runs once for each."),
            Field(
                "concurrency",
                .integer(1...100),
                beside: .key("for_each"),
                "With `for_each`: items at once; default 1.",
            ),
            Field(
                "steps",
                .list(.record("step")),
                required: true,
                beside: .key("for_each"),
                "With `for_each`: the body.",
            ),
            Field("parallel", .map(.list(.record("step"))), "Branches by name, all at once."),
            Field("group", .list(.record("step")), "Steps that are handled as one."),
            Field("wait", .either([.record("wait"), .pause]), "A duration, or { until }."),
            Field("raise", .record("raise"), "Fails with a problem of its own words."),
            Field(
                "call",
                .either([.string, .record("call")]),
                "Runs another workflow.",
            ),
            Field(
                "stop",
                .either([.yes, .record("stop")]),
                "Ends the execution.",
            ),
            Field("timeout", .duration(milliseconds), "Bounds the step with all attempts."),
            Field(
                "retry",
                .either([.word(["none"]), .integer(0...100), .record("retry")]),
                "How often and when it is tried again.",
            ),
            Field("on_error", errorHandler, "What happens when it failed for good."),
            Field(
                "then",
                .either([
                    .word(["continue", "stop", "fail", "break", "next"]), .record("raise_then"),
                    .list(.record("step")),
                ]),
                "What follows when it ended well.",
            ),
        ],
    )

    static let retry = Record(
        "How often and when a step is tried again.",
        [
            Field("times", .integer(0...100), "Retries after the first attempt; default 3."),
            Field("delay", .duration(0...day), "Before the first retry; default 1s."),
            Field("backoff", .word(["constant", "linear", "exponential"]), "How it grows."),
            Field("factor", .number(1...10), "For exponential; default 2."),
            Field("max_delay", .duration(0...day), "The longest delay; default 60s."),
            Field(
                "jitter",
                .either([.boolean, .number(0...1)]),
                "The share of the delay that chance may take away; default 1.",
            ),
            Field("when", .expression, "Replaces \"the problem is retryable\"."),
            Field("deadline", .duration(milliseconds), "No retry begins later than this."),
            Field("attempt_timeout", .duration(1...day), "Bounds each attempt."),
        ],
    )

    static let types = ProblemType.allCases.map(\.rawValue)
    static let actors = ProblemActor.allCases.map(\.rawValue)
    static let actions = ProblemAction.allCases.map(\.rawValue)

    static let raise = Record(
        "A problem of the workflow's own words.",
        [
            Field("type", .word(types), "The problem type; default raised."),
            Field("title", .template, "One line for people."),
            Field("detail", .template, "What happened."),
            Field("status", .template, "The HTTP status, 400 to 599."),
            Field("client", .template, "The text for the client."),
            Field("support", .template, "The text for support."),
            Field("actor", .word(actors), "Who can act."),
            Field("action", .word(actions), "What to do."),
            Field("data", .template, "Anything more."),
        ],
    )

    static let raiseThen = Record(
        "Fails with another problem.",
        [Field("raise", .record("raise"), required: true, "The problem.")],
    )

    static let reply = Record(
        "The caller's answer.",
        [
            Field("status", .template, "The HTTP status; default 200."),
            Field("headers", .map(.template), "Header fields."),
            Field("body", .template, "The body, as JSON unless it is a string."),
        ],
    )

    static let caseRecord = Record(
        "One case of a switch.",
        [
            Field("case", .template, required: true, "The value that the subject equals."),
            Field("steps", .list(.record("step")), required: true, "What runs then."),
        ],
    )

    static let wait = Record(
        "Waits.",
        oneOf: ["for", "until"],
        [
            Field("for", .pause, "A duration, or a number of seconds."),
            Field("until", .template, "An RFC 3339 time."),
        ],
    )

    static let call = Record(
        "Runs another workflow.",
        [
            Field("workflow", .string, required: true, "Its name in this solution."),
            Field("input", .template, "It sees this as `$trigger.input`."),
            Field("wait", .boolean, "Whether its end is waited for; default true."),
        ],
    )

    static let stop = Record(
        "Ends the execution.",
        [
            Field("fail", .boolean, "As a failure; default false."),
            Field("output", .template, "The execution's output."),
        ],
    )
}
