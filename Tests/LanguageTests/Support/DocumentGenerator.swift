import Model

/// Makes documents that the language accepts, with every form and option.
struct DocumentGenerator {
    var random: SeededRandom
    private(set) var ids = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func document() -> (kind: String, value: JSONValue) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: ("account", account())
        case 2: ("solution", solution())
        case 3, 4: ("connector", connector())
        default: ("workflow", workflow())
        }
    }

    // MARK: Parts

    typealias Part = (inout DocumentGenerator) -> JSONValue

    /// The members of `always`, and about every third of `sometimes`.
    mutating func object(
        _ always: [(String, Part)],
        _ sometimes: [(String, Part)] = [],
    ) -> JSONValue {
        var object = JSONObject()
        for (key, part) in always { object[key] = part(&self) }
        for (key, part) in sometimes where random.once(in: 3) { object[key] = part(&self) }
        return .object(object)
    }

    mutating func list(_ counts: ClosedRange<Int>, _ part: Part) -> JSONValue {
        let count = Int.random(in: counts, using: &random)
        return .array((0..<count).map { _ in part(&self) })
    }

    mutating func map(_ part: Part) -> JSONValue {
        var object = JSONObject()
        for key in ["one", "two_2", "Three-3"] where random.once(in: 2) {
            object[key] = part(&self)
        }
        return .object(object)
    }

    mutating func word(_ words: String...) -> JSONValue { .string(random.pick(words)) }

    mutating func text() -> JSONValue {
        word("some words", "", "x: y", "# z", "a\nb", "yes", "12:30")
    }

    mutating func name() -> JSONValue { word("w", "sync-lead", "A_1", "on", "n0-_") }

    mutating func flag() -> JSONValue { .bool(random.once(in: 2)) }

    mutating func integer(_ range: ClosedRange<Int64>) -> JSONValue {
        if random.once(in: 4) {
            return .integer(random.pick([range.lowerBound, range.upperBound]))
        }
        return .integer(Int64.random(in: range, using: &random))
    }

    /// A duration from so many milliseconds to so many, in any unit that has one.
    mutating func duration(_ low: Int64, _ high: Int64) -> JSONValue {
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        let fitting = units.filter { (low + $0.1 - 1) / $0.1 <= high / $0.1 }
        let (suffix, size) = random.pick(fitting)
        let range = ((low + size - 1) / size)...(high / size)
        let number =
            random.once(in: 3)
            ? random.pick([range.lowerBound, range.upperBound])
            : Int64.random(in: range, using: &random)
        return .string("\(number)\(suffix)")
    }

    mutating func expression() -> JSONValue {
        random.pick(["1 + 1", "${ [1, 2] }", true, 3, "\"a\" == \"b\"", "1.5", 2.5])
    }

    mutating func template() -> JSONValue {
        random.pick([
            "plain", "${ 1 + 1 }", "a ${ \"b\" } c", 1, 2.5, nil, true, "$${ kept",
            ["list", "${ 2 }"], ["a": ["b": "${ 3 }"]], [], [:],
        ])
    }

    mutating func pause() -> JSONValue {
        random.pick(["500ms", "3650d", "0s", 5, 0.5, 0, "${ 1 }", "${ 1 }m"])
    }

    mutating func secret() -> JSONValue {
        random.pick([["env": "TOKEN"], ["file": "secrets/token"]])
    }

    mutating func jsonSchema() -> JSONValue {
        random.pick([["type": "object"], true, [:], ["type": "string", "minLength": 1]])
    }

    // MARK: Workflow

    private static let longest: Int64 = 3650 * 86_400_000
    static let day: Int64 = 86_400_000

    private mutating func workflow() -> JSONValue {
        object(
            [
                ("workflow", { $0.name() }), ("trigger", { $0.trigger() }),
                ("steps", { $0.steps(2, false) }),
            ],
            [
                ("title", { $0.text() }), ("description", { $0.text() }),
                ("on_error", { $0.random.once(in: 2) ? "continue" : $0.steps(1, false) }),
                ("timeout", { $0.duration(1, Self.longest) }),
                ("concurrency", { $0.integer(1...10_000) }),
            ],
        )
    }

    private mutating func trigger() -> JSONValue {
        let input: Part = { $0.object([], [("input", { $0.jsonSchema() })]) }
        switch Int.random(in: 0..<9, using: &random) {
        case 8:
            return object([
                ("instance", { $0.list(0...3) { $0.word("created", "enabled", "deleted") } })
            ])
        case 0: return word("manual", "call", "webhook")
        case 1: return object([("manual", input)])
        case 2: return object([("call", input)])
        case 3: return ["alert": word("instance", "account")]
        case 4:
            return object(
                [("service", { $0.word("crm.created", "a-1.b_2") })],
                [("auth", { $0.name() }), ("with", { $0.template() })],
            )
        case 5: return object([("schedule", { $0.schedule() })])
        default: return object([("webhook", { $0.webhook() })])
        }
    }

    private mutating func schedule() -> JSONValue {
        let every: (String, Part) = ("every", { $0.duration(1000, 366 * Self.day) })
        let cron: (String, Part) = ("cron", { $0.word("0 5 * * 1", "*/5 * * * *", "@daily") })
        return object(
            [random.once(in: 2) ? every : cron],
            [
                (
                    "time_zone",
                    { $0.word("UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5") },
                ),
                ("overlap", { $0.word("skip", "queue", "allow") }),
                ("catch_up", { $0.integer(0...1000) }),
            ],
        )
    }

    private mutating func webhook() -> JSONValue {
        object(
            [],
            [
                ("respond", { $0.word("when_finished", "immediately") }),
                ("timeout", { $0.duration(1000, 300_000) }),
                ("on_timeout", { $0.word("fail", "accept") }),
                ("verify", { $0.verify() }),
                ("correlation_id", { $0.template() }),
                ("deduplicate_by", { $0.template() }),
                ("input", { $0.jsonSchema() }),
            ],
        )
    }

    private mutating func verify() -> JSONValue { verification(("secret", { $0.secret() })) }

    mutating func verification(_ secret: (String, Part)) -> JSONValue {
        let tolerance: (String, Part) = ("tolerance", { $0.duration(1000, Self.day) })
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "none"
        case 1:
            return object([
                (
                    "hmac_sha256",
                    {
                        $0.object(
                            [secret, ("header", { $0.name() })],
                            [
                                ("prefix", { $0.word("sha256=", "") }),
                                ("encoding", { $0.word("hex", "base64") }),
                                ("timestamp_header", { $0.name() }), tolerance,
                                ("signed_text", { $0.word("v0:{timestamp}:{body}", "{body}") }),
                            ],
                        )
                    },
                )
            ])
        case 2: return object([("standard_webhooks", { $0.object([secret], [tolerance]) })])
        default:
            let place = random.pick(["header", "query"])
            return object([("token", { $0.object([secret, (place, { $0.name() })]) })])
        }
    }

    // MARK: Steps

    mutating func steps(_ depth: Int, _ inLoop: Bool) -> JSONValue {
        list((depth == 2 ? 1 : 0)...3) { $0.step(depth, inLoop) }
    }

    private mutating func step(_ depth: Int, _ inLoop: Bool) -> JSONValue {
        ids += 1
        let id = ids
        var step = form(depth, inLoop)
        let isBare = step.isEmpty
        let isBranch = step["then"] != nil
        let around = object(
            [],
            [
                ("id", { _ in .string("s\(id)") }),
                ("timeout", { $0.duration(1, Self.longest) }),
                ("retry", { $0.retry() }),
                ("on_error", { $0.handler(depth, inLoop) }),
            ]
                + (isBranch
                    ? []
                    : [("if", { $0.expression() }), ("then", { $0.directive(inLoop) })]),
        )
        for entry in around.objectValue ?? JSONObject() { step[entry.key] = entry.value }
        if isBare, step["then"] == nil { step["then"] = directive(inLoop) }
        return .object(step)
    }

    private mutating func handler(_ depth: Int, _ inLoop: Bool) -> JSONValue {
        if depth > 0, random.once(in: 2) { return steps(depth - 1, inLoop) }
        return inLoop ? word("continue", "break", "next") : "continue"
    }

    private mutating func directive(_ inLoop: Bool) -> JSONValue {
        if random.once(in: 4) { return object([("raise", { $0.raise() })]) }
        return inLoop
            ? word("continue", "stop", "fail", "break", "next") : word("continue", "stop", "fail")
    }

    private mutating func retry() -> JSONValue {
        if random.once(in: 3) { return "none" }
        if random.once(in: 3) { return integer(0...100) }
        return object(
            [],
            [
                ("times", { $0.integer(0...100) }), ("delay", { $0.duration(0, Self.day) }),
                ("backoff", { $0.word("constant", "linear", "exponential") }),
                ("factor", { $0.random.pick([1, 2.5, 10]) }),
                ("max_delay", { $0.duration(0, Self.day) }),
                ("jitter", { $0.random.pick([true, false, 0, 0.25, 1]) }),
                ("when", { $0.random.pick(["$error.status == 409", "${ $error.retryable }"]) }),
                ("deadline", { $0.duration(1, Self.longest) }),
                ("attempt_timeout", { $0.duration(1, Self.day) }),
            ],
        )
    }

    mutating func raise() -> JSONValue {
        object(
            [],
            [
                ("type", { $0.problemType() }), ("title", { $0.template() }),
                ("detail", { $0.template() }), ("status", { $0.random.pick([400, "${ 409 }"]) }),
                ("client", { $0.template() }), ("support", { $0.template() }),
                ("actor", { $0.actor() }), ("action", { $0.action() }),
                ("data", { $0.template() }),
            ],
        )
    }

    mutating func problemType() -> JSONValue {
        .string(random.pick(ProblemType.allCases).rawValue)
    }

    mutating func actor() -> JSONValue { .string(random.pick(ProblemActor.allCases).rawValue) }

    mutating func action() -> JSONValue { .string(random.pick(ProblemAction.allCases).rawValue) }

    /// The keys of one form; none of them for a step that has `then` alone.
    private mutating func form(_ depth: Int, _ inLoop: Bool) -> JSONObject {
        let simple = ["run", "reply", "set", "wait", "raise", "call", "stop", "nothing"]
        let nested = ["if", "switch", "for_each", "parallel", "group"]
        let kind = random.pick(depth > 0 ? simple + nested : simple)
        let inner: Part = { $0.steps(depth - 1, inLoop) }
        let made: JSONValue =
            switch kind {
            case "if":
                object([("if", { $0.expression() }), ("then", inner)], [("else", inner)])
            case "switch":
                object(
                    [
                        ("switch", { $0.expression() }),
                        (
                            "cases",
                            {
                                $0.list(0...2) {
                                    $0.object([("case", { $0.template() }), ("steps", inner)])
                                }
                            },
                        ),
                    ],
                    [("default", inner)],
                )
            case "for_each":
                object(
                    [
                        ("for_each", { $0.expression() }),
                        ("steps", { $0.steps(depth - 1, true) }),
                    ],
                    [("concurrency", { $0.integer(1...100) })],
                )
            case "parallel": object([("parallel", { $0.map(inner) })])
            case "group": object([("group", inner)])
            case "nothing": [:]
            default: simpleForm(kind)
            }
        return made.objectValue ?? JSONObject()
    }

    private mutating func simpleForm(_ kind: String) -> JSONValue {
        switch kind {
        case "run":
            object(
                [("run", { $0.word("crm.get", "a-1.b_2") })],
                [
                    (
                        "with",
                        { $0.object([], [("auth", { $0.name() }), ("x", { $0.template() })]) },
                    )
                ],
            )
        case "reply":
            object([
                (
                    "reply",
                    {
                        $0.object(
                            [],
                            [
                                ("status", { $0.random.pick([200, "${ 400 }"]) }),
                                ("headers", { $0.map { $0.template() } }),
                                ("body", { $0.template() }),
                            ],
                        )
                    },
                )
            ])
        case "set": object([("set", { $0.template() })])
        case "wait":
            ["wait": random.pick([pause(), ["for": pause()], ["until": "2030-01-01T00:00:00Z"]])]
        case "raise": object([("raise", { $0.raise() })])
        case "call":
            object([
                (
                    "call",
                    {
                        guard $0.random.once(in: 2) else { return "other" }
                        return $0.object(
                            [("workflow", { $0.name() })],
                            [("input", { $0.template() }), ("wait", { $0.flag() })],
                        )
                    },
                )
            ])
        default:
            object([
                (
                    "stop",
                    {
                        guard $0.random.once(in: 2) else { return true }
                        return $0.object(
                            [],
                            [("fail", { $0.flag() }), ("output", { $0.template() })],
                        )
                    },
                )
            ])
        }
    }
}
