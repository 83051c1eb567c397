import Definitions
import Model

/// All records of the language, by name.
enum Records {
    static let all: [String: Record] = [
        "workflow": workflow, "trigger": trigger, "webhook": webhook, "verify": verify,
        "hmac": hmac, "standard": standard, "token": token, "secret": secret,
        "schedule": schedule, "input": input, "step": step, "retry": retry, "raise": raise,
        "raise_then": raiseThen, "reply": reply, "case": caseRecord, "wait": wait, "call": call,
        "stop": stop, "account": account, "auth": auth, "service": service, "oauth": oauth,
        "connect": connect, "retention": retention,
        "limits": limits, "last_resort": lastResort, "alerting": alerting,
        "grouping": grouping, "threshold": threshold, "ignore": ignore, "inhibit": inhibit,
        "matchers": matchers, "solution": solution, "slot": slot,
        "texts": texts,
        "connector": connector, "operation": operation, "error_rule": errorRule,
        "problem_texts": problemTexts, "text_page": textPage, "pagination": pagination,
        "connector_trigger": connectorTrigger, "poll": poll, "push": push,
        "push_find": pushFind, "push_subscribe": pushSubscribe, "push_renew": pushRenew,
        "push_unsubscribe": pushUnsubscribe, "push_verify": pushVerify, "push_hmac": pushHMAC,
        "push_standard": pushStandard, "push_token": pushToken, "handshake": handshake,
    ]

    static let milliseconds = Int64(1)...TimeSpan.longest.milliseconds
    static let day: Int64 = 86_400_000

    static let workflow = Record(
        "One workflow.",
        [
            Field("workflow", .name, required: true, "The name, unique in the solution."),
            Field("title", .string, "One line for people."),
            Field("description", .string, "What it is for."),
            Field(
                "trigger",
                .either([.word(["manual", "call", "webhook"]), .record("trigger")]),
                required: true,
                "What starts it.",
            ),
            Field("steps", .list(.record("step")), required: true, "What it does, in order."),
            Field(
                "on_error",
                .either([.word(["continue"]), .list(.record("step"))]),
                "Sees what no step handled.",
            ),
            Field("timeout", .duration(milliseconds), "Bounds the whole execution."),
            Field("concurrency", .integer(1...10_000), "Executions at once in one instance."),
        ],
    )

    static let errorHandler = Shape.either([
        .word(["continue", "break", "next"]), .list(.record("step")),
    ])

    static let trigger = Record(
        "What starts a workflow.",
        oneOf: ["webhook", "schedule", "service", "alert", "instance", "call", "manual"],
        [
            Field("webhook", .record("webhook"), "An HTTP request."),
            Field("schedule", .record("schedule"), "A clock."),
            Field("service", .operation, "A connector's trigger: `connector.trigger`."),
            Field("alert", .word(["instance", "account"]), "A failure of another workflow."),
            Field(
                "instance",
                .list(.word(LifecycleEvent.allCases.map(\.rawValue))),
                "What happens to the instance.",
            ),
            Field("call", .record("input"), "Another workflow."),
            Field("manual", .record("input"), "A person, or the API."),
            Field("auth", .string, beside: .key("service"), "With `service`: the auth slot."),
            Field("with", .template, beside: .key("service"), "With `service`: its parameters."),
        ],
    )

    static let input = Record(
        "What comes in.",
        [Field("input", .jsonSchema, "`$trigger.input` must match.")],
    )

    static let webhook = Record(
        "An HTTP request starts an execution.",
        [
            Field(
                "respond",
                .word(["when_finished", "immediately"]),
                "Whether the caller waits.",
            ),
            Field("timeout", .duration(1000...300_000), "How long a caller is held."),
            Field("on_timeout", .word(["fail", "accept"]), "504, or 202 and it goes on."),
            Field(
                "verify",
                .either([.word(["none"]), .record("verify")]),
                "How the request proves where it comes from.",
            ),
            Field("correlation_id", .template, "The caller's request id, from `$trigger`."),
            Field("deduplicate_by", .template, "Equal values within 24 h are one execution."),
            Field("input", .jsonSchema, "The body must match."),
        ],
    )

    static let verify = Record(
        "How a request proves where it comes from.",
        oneOf: ["hmac_sha256", "standard_webhooks", "token"],
        [
            Field("hmac_sha256", .record("hmac"), "HMAC-SHA256 of the body in a header."),
            Field("standard_webhooks", .record("standard"), "Standard Webhooks 1.0."),
            Field("token", .record("token"), "A shared token."),
        ],
    )

    static let hmac = hmac(.secret)

    static func hmac(_ secret: Shape) -> Record {
        Record("HMAC-SHA256 of the body.", hmacFields(secret))
    }

    private static func hmacFields(_ secret: Shape) -> [Field] {
        [
            Field("secret", secret, required: true, "The key."),
            Field("header", .string, required: true, "The header that holds the digest."),
            Field("prefix", .string, "Text before the digest, such as `sha256=`."),
            Field("encoding", .word(["hex", "base64"]), "How the digest is written."),
            Field("timestamp_header", .string, "Signed is `<timestamp>.<body>`."),
            Field("signed_text", .string, "Or this, with {timestamp} and {body} in it."),
            Field("tolerance", .duration(1000...86_400_000), "How old a timestamp may be."),
        ]
    }

    static let standard = standard(.secret)

    static func standard(_ secret: Shape) -> Record {
        Record(
            "Standard Webhooks 1.0.",
            [
                Field("secret", secret, required: true, "`whsec_` and base64."),
                Field("tolerance", .duration(1000...86_400_000), "How old a timestamp may be."),
            ],
        )
    }

    static let token = token(.secret)

    static func token(_ secret: Shape) -> Record {
        Record(
            "A shared token, compared in constant time.",
            oneOf: ["header", "query"],
            [
                Field("secret", secret, required: true, "The token."),
                Field("header", .string, "The header that holds it."),
                Field("query", .string, "The query parameter that holds it."),
            ],
        )
    }

    static let secret = Record(
        "Where a secret is found.",
        oneOf: ["env", "file"],
        [
            Field("env", .string, "The environment variable."),
            Field("file", .string, "The file, relative to the project."),
        ],
    )

    static let schedule = Record(
        "A clock starts an execution.",
        oneOf: ["every", "cron"],
        [
            Field("every", .duration(1000...(366 * day)), "The time between two starts."),
            Field("cron", .string, "Five fields: minute hour day month weekday."),
            Field("time_zone", .timeZone, "An IANA name; default UTC."),
            Field("overlap", .word(["skip", "queue", "allow"]), "When the last still runs."),
            Field("catch_up", .integer(0...1000), "Missed runs that are made up."),
        ],
    )
}
