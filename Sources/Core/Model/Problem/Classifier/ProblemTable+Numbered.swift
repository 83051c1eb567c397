extension ProblemTable {
    /// Faults of the engine, its limits and its checks, by number. `Problem.init` looks here.
    package static let numbered: [String: Row] = Dictionary(
        uniqueKeysWithValues: rows.compactMap { row in row.code.map { ($0, row) } }
    )

    private static let rows: [Row] = [
        Row(.timeout, code: "B2101", "an attempt took longer than it may"),
        Row(.limit, code: "B2102", "an execution waited too long and could not begin"),
        Row(.runtime, code: "B2103", "a journal entry cannot be read"),
        Row(
            .configuration,
            code: "B2104",
            "the definition that an execution started with cannot be loaded",
        ),
        Row(.configuration, code: "B2105", "there is no such operation"),
        Row(.tooLarge, code: "B2106", origin: .platform, "an output is larger than `step_output`"),
        Row(.validation, code: "B2107", "a step's input does not match its operation"),
        Row(.configuration, code: "B2108", "an authentication slot is not filled"),
        Row(.configuration, code: "B2201", "an environment variable of a secret is not set"),
        Row(.configuration, code: "B2202", "a secret file cannot be read"),
        Row(.runtime, code: "B2203", "a stored value is not JSON"),
        Row(.runtime, code: "B2204", "the store refused"),
        Row(.notFound, code: "B2205", "there is no such execution"),
        Row(.configuration, code: "B2206", "there is no workflow of the name to call"),
        Row(
            .configuration,
            code: "B2207",
            "the workflow has a trigger of its own and cannot be called",
        ),
        Row(.timeout, code: "B2301", origin: .workflow, "the execution took longer than it may"),
        Row(.runtime, code: "B2302", "the caller was answered already"),
        Row(.limit, .terminal, code: "B2303", "an execution made as many attempts as it may"),
        Row(.validation, code: "B2304", "the status of a reply is no number from 200 to 599"),
        Row(.validation, code: "B2305", "a wait has no duration or time"),
        Row(.timeout, code: "B2306", "a step took longer than its `timeout`"),
        Row(.limit, code: "B2307", "the outputs of all steps are too large together"),
        Row(.expression, code: "B2308", "a loop is given no array"),
        Row(.limit, code: "B2309", "a loop has more items than it may"),
        Row(.runtime, code: "B2607", "a sealed secret is none"),
        Row(
            .configuration,
            code: "B2608",
            "the key that a secret was sealed with is not in the ring",
        ),
        Row(.runtime, code: "B2609", "a sealed secret does not open"),
        Row(.tooLarge, code: "B2610", "a secret is too large to be sealed"),
        Row(.authentication, code: "B2622", "a service refuses the token that it just gave"),
        Row(
            .conflict,
            .transient,
            code: "B2631",
            origin: .platform,
            "the tokens of an authentication change all the time",
        ),
        Row(.runtime, code: "B2632", "renewed tokens cannot be stored"),
        Row(.cancelled, code: "B2633", "the wait for a token was cancelled"),
        Row(.runtime, code: "B3210", "what was withheld from a document cannot be read"),
    ]
}
