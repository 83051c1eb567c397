import Model

extension Records {
    static let account = Record(
        "The account: backstop.yaml.",
        [
            Field("title", .string, "One line for people."),
            Field("language", .string, "The language of texts without one; default en."),
            Field("alert", .string, "The account alert workflow."),
            Field("auth", .map(.record("auth")), "The account's own credentials, by slot."),
            Field("services", .map(.record("service")), "How end users connect, by service."),
            Field("connect", .record("connect"), "The connect page."),
            Field("config", .map(.any), "Values for every solution."),
            Field("allowed_hosts", .list(.string), "Private hosts that requests may reach."),
            Field("retention", .record("retention"), "How long things are kept."),
            Field("limits", .record("limits"), "The account's limits."),
            Field("alerting", .record("alerting"), "Who is told of what, and how often."),
            Field("last_resort", .record("last_resort"), "Where dead letters are told."),
        ],
    )

    static let lastResort = Record(
        "The channel apart from every workflow.",
        [
            Field("webhook", .string, required: true, "Where it posts: http or https."),
            Field("secret", .secret, required: true, "It signs with (Standard Webhooks)."),
            Field("heartbeat", .duration(10_000...day), "How often it gets a sign of life."),
        ],
    )

    static let auth = Record(
        "A credential; secrets by reference only.",
        [
            Field(
                "kind",
                .word(["bearer", "basic", "api_key", "headers"]),
                required: true,
                "How it is sent.",
            ),
            Field("token", .secret, required: true, beside: bearer, "bearer: the token."),
            Field("user", .string, required: true, beside: basic, "basic: the user's name."),
            Field("password", .secret, required: true, beside: basic, "basic: the password."),
            Field("key", .secret, required: true, beside: apiKey, "api_key: the key."),
            Field("header", .string, beside: apiKey, "api_key: the header, default X-API-Key."),
            Field("query", .string, beside: apiKey, "api_key: the query parameter instead."),
            Field(
                "headers",
                .map(.secret),
                required: true,
                beside: .value("kind", "headers"),
                "headers: the values.",
            ),
        ],
    )

    private static let bearer = Field.Home.value("kind", "bearer")
    private static let basic = Field.Home.value("kind", "basic")
    private static let apiKey = Field.Home.value("kind", "api_key")

    static let retention = Record(
        "How long things are kept.",
        [Field("executions", .duration(60_000...TimeSpan.longest.milliseconds), "Finished ones.")],
    )

    static let limits = Record(
        "The account's limits.",
        [
            Field("concurrency", .integer(1...10_000), "Executions at once."),
            Field("concurrency_per_instance", .integer(1...10_000), "Of one instance."),
            Field("backlog", .integer(1...10_000_000), "Accepted ones that wait to begin."),
            Field("backlog_per_instance", .integer(1...10_000_000), "Of one instance."),
            Field("request_body", .integer(1...67_108_864), "Bytes of a webhook's body."),
            Field("step_output", .integer(1...67_108_864), "Bytes of one step's output."),
            Field("execution_timeout", .duration(1000...(366 * day)), "The longest execution."),
            Field("attempts_per_execution", .integer(1...1_000_000), "Attempts of one."),
        ],
    )

    static let solution = Record(
        "A solution: solution.yaml.",
        [
            Field("solution", .name, required: true, "The name; the folder's."),
            Field("version", .string, "Semantic Versioning."),
            Field("title", .string, "One line for people."),
            Field("description", .string, "What it is for."),
            Field("auth", .map(.record("slot")), "Auth slots."),
            Field("config", .map(.map(.any)), "Config slots: a JSON Schema each."),
            Field("alert", .string, "The instance alert workflow."),
            Field("escalate", .word(["never", "always"]), "Whether the account hears, too."),
            Field("texts", .record("texts"), "Words for problems."),
        ],
    )

    static let slot = Record(
        "An auth slot.",
        [
            Field("service", .string, required: true, "The connector."),
            Field("shared", .boolean, "The partner's own, hidden from end users."),
            Field("title", .string, "One line for people."),
        ],
    )

    static let texts = Record(
        "Words for problems, in the account's language; `$service` is known.",
        textKinds + [
            Field("languages", .names(.record("text_page")), "The same, by language tag.")
        ],
    )

    static let textPage = Record("Words for problems in one language.", textKinds)

    private static let textKinds = [
        Field("title", .record("problem_texts"), "One line for everybody, by problem type."),
        Field("client", .record("problem_texts"), "For the client, by problem type."),
        Field("support", .record("problem_texts"), "For support, by problem type."),
    ]

    static let problemTexts = Record(
        "Words by problem type.",
        types.map { Field($0, .template, "Instead of the text of its own.") },
    )

    static let connector = Record(
        "A declarative connector.",
        [
            Field("connector", .name, required: true, "The name: the part before the dot."),
            Field("title", .string, "One line for people."),
            Field("version", .string, "Default 1."),
            Field(
                "base_url",
                .string,
                required: true,
                "http or https; may use $config and $auth.",
            ),
            Field("headers", .map(.template), "Sent with every request."),
            Field("timeout", .duration(1...day), "Of one request; default 30s."),
            Field("fails_when", .expression, "An answer that is a failure whatever its status."),
            Field("errors", .list(.record("error_rule")), "Answers to problems."),
            Field("texts", .record("texts"), "Words for problems of its operations."),
            Field("operations", .names(.record("operation")), required: true, "What it can do."),
            Field(
                "triggers",
                .names(.record("connector_trigger")),
                "What can start a workflow.",
            ),
        ],
    )

    static let operation = Record(
        "One operation.",
        [
            Field("title", .string, "One line for people."),
            Field(
                "method",
                .word(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]),
                "Default GET.",
            ),
            Field("path", .string, required: true, "After the base URL."),
            Field("query", .map(.template), "Query parameters; null leaves one out."),
            Field("headers", .map(.template), "Header fields."),
            Field("body", .template, "The body."),
            Field("body_kind", .word(["json", "form", "multipart", "raw"]), "How it is written."),
            Field("parameters", .map(.jsonSchema), "JSON Schemas; `required: true` where needed."),
            Field("idempotency_header", .string, "The header for the idempotency key."),
            Field(
                "side_effect",
                .word(SideEffect.allCases.map(\.rawValue)),
                "Default by the method.",
            ),
            Field("fails_when", .expression, "An answer that is a failure."),
            Field("errors", .list(.record("error_rule")), "Tried before the connector's own."),
            Field("texts", .record("texts"), "Words for its problems."),
            Field("result", .expression, "The output, from $response; default the body."),
            Field("pagination", .record("pagination"), "More than one page."),
            Field("timeout", .duration(1...day), "Of one request."),
        ],
    )

    static let errorRule = Record(
        "Turns an answer into a problem.",
        [
            Field("when", .expression, required: true, "Sees $response."),
            Field("type", .word(types), required: true, "The problem type."),
            Field("title", .template, "One line for people."),
            Field("detail", .template, "What happened."),
            Field("retry", .word(RetryKind.allCases.map(\.rawValue)), "Whether to try again."),
            Field("client", .template, "The text for the client."),
            Field("actor", .word(actors), "Who can act."),
            Field("action", .word(actions), "What to do."),
        ],
    )

    static let pagination = Record(
        "More than one page.",
        [
            Field("items", .expression, required: true, "The page's items, from $response."),
            Field("next", .expression, required: true, "Query of the next page; null ends."),
            Field("max_pages", .integer(1...1000), "Default 10."),
        ],
    )

    static let connectorTrigger = Record(
        "Starts workflows.",
        oneOf: ["poll", "push"],
        [
            Field("poll", .record("poll"), "By asking."),
            Field("push", .record("push"), "By being told."),
        ],
    )

    static let poll = Record(
        "Asks for what is new.",
        [
            Field("operation", .name, required: true, "The operation that is asked."),
            Field("with", .template, "Its parameters; $cursor is known."),
            Field("every", .duration(1000...day), "Default 60s."),
            Field("items", .expression, required: true, "The events in the output (`.`)."),
            Field("key", .expression, required: true, "Sees $item; equal keys are one event."),
            Field("cursor", .expression, required: true, "Sees $items and $cursor."),
        ],
    )
}
