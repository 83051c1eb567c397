import Model

extension DocumentGenerator {
    mutating func account() -> JSONValue {
        let many: Part = { $0.integer(1...10_000_000) }
        let bytes: Part = { $0.integer(1...67_108_864) }
        return object(
            [],
            [
                ("title", { $0.text() }), ("alert", { $0.name() }),
                ("language", { $0.word("de", "pt-br") }),
                ("auth", { $0.map { $0.authentication() } }),
                ("services", { $0.map { $0.service() } }), ("connect", { $0.connect() }),
                ("config", { $0.map { $0.template() } }),
                ("allowed_hosts", { $0.list(0...2) { $0.word("127.0.0.1", "10.0.0.0/8") } }),
                (
                    "retention",
                    {
                        $0.object([], [("executions", { $0.duration(60_000, 3650 * Self.day) })])
                    },
                ),
                (
                    "limits",
                    {
                        $0.object(
                            [],
                            [
                                ("concurrency", { $0.integer(1...10_000) }),
                                ("concurrency_per_instance", { $0.integer(1...10_000) }),
                                ("backlog", many), ("backlog_per_instance", many),
                                ("request_body", bytes), ("step_output", bytes),
                                ("execution_timeout", { $0.duration(1000, 366 * Self.day) }),
                                ("attempts_per_execution", { $0.integer(1...1_000_000) }),
                            ],
                        )
                    },
                ),
                ("last_resort", { $0.lastResort() }), ("alerting", { $0.alerting() }),
            ],
        )
    }

    private mutating func lastResort() -> JSONValue {
        object(
            [("webhook", { $0.text() }), ("secret", { $0.secret() })],
            [("heartbeat", { $0.duration(10_000, Self.day) })],
        )
    }

    private mutating func authentication() -> JSONValue {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return object([("kind", { _ in "bearer" }), ("token", { $0.secret() })])
        case 1:
            return object([
                ("kind", { _ in "basic" }), ("user", { $0.text() }), ("password", { $0.secret() }),
            ])
        case 2:
            return object(
                [
                    ("kind", { _ in "api_key" }), ("key", { $0.secret() }),
                    (random.pick(["header", "query"]), { $0.name() }),
                ]
            )
        default:
            return object([
                ("kind", { _ in "headers" }), ("headers", { $0.map { $0.secret() } }),
            ])
        }
    }

    mutating func solution() -> JSONValue {
        let slot: Part = {
            $0.object(
                [("service", { $0.name() })],
                [("shared", { $0.flag() }), ("title", { $0.text() })],
            )
        }
        let config: Part = {
            $0.object(
                [],
                [
                    ("type", { _ in "string" }), ("default", { _ in "d" }),
                    ("required", { $0.flag() }), ("secret", { $0.flag() }),
                    ("hidden", { $0.flag() }), ("title", { $0.text() }),
                ],
            )
        }
        return object(
            [("solution", { $0.name() }), ("texts", { $0.texts() })],
            [
                ("version", { $0.word("1.0.0", "2") }), ("title", { $0.text() }),
                ("description", { $0.text() }), ("auth", { $0.map(slot) }),
                ("config", { $0.map(config) }), ("alert", { $0.name() }),
                ("escalate", { $0.word("always", "never") }),
            ],
        )
    }

    private mutating func texts() -> JSONValue {
        let words: [(String, Part)] = ProblemType.allCases.map { type in
            (type.rawValue, { $0.template() })
        }
        let kinds: [(String, Part)] = ["title", "client", "support"].map { kind in
            (kind, { $0.object([], words) })
        }
        let languages: [(String, Part)] = ["de", "pt-BR"].map { tag in
            (tag, { $0.object([], kinds) })
        }
        return object([], kinds + [("languages", { $0.object([], languages) })])
    }

    mutating func connector() -> JSONValue {
        object(
            [
                ("connector", { $0.name() }),
                ("base_url", { $0.word("https://example.org", "${ $config.url }/v1") }),
                ("operations", { $0.map { $0.operation() } }),
            ],
            [
                ("title", { $0.text() }), ("version", { $0.word("1", "2.0") }),
                ("headers", { $0.map { $0.template() } }),
                ("timeout", { $0.duration(1, Self.day) }),
                ("fails_when", { $0.answer() }),
                ("errors", { $0.list(0...2) { $0.errorRule() } }), ("texts", { $0.texts() }),
                (
                    "triggers",
                    {
                        $0.map {
                            $0.random.once(in: 2)
                                ? $0.object([("push", { $0.push() })])
                                : $0.object([("poll", { $0.poll() })])
                        }
                    },
                ),
            ],
        )
    }

    private mutating func answer() -> JSONValue {
        word("$response.status == 422", "${ $response.body.failed }", "false")
    }

    private mutating func errorRule() -> JSONValue {
        object(
            [("when", { $0.answer() }), ("type", { $0.problemType() })],
            [
                ("title", { $0.template() }), ("detail", { $0.template() }),
                ("retry", { .string($0.random.pick(RetryKind.allCases).rawValue) }),
                ("client", { $0.template() }), ("actor", { $0.actor() }),
                ("action", { $0.action() }),
            ],
        )
    }

    private mutating func operation() -> JSONValue {
        object(
            [("path", { $0.word("/orders", "/orders/${ $input.id }") })],
            [
                ("title", { $0.text() }),
                ("method", { $0.word("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD") }),
                ("query", { $0.map { $0.template() } }),
                ("headers", { $0.map { $0.template() } }), ("body", { $0.template() }),
                ("body_kind", { $0.word("json", "form", "multipart", "raw") }),
                (
                    "parameters",
                    {
                        $0.map {
                            $0.random.pick([["type": "string", "required": true], [:], true])
                        }
                    },
                ),
                ("idempotency_header", { $0.name() }),
                ("side_effect", { .string($0.random.pick(SideEffect.allCases).rawValue) }),
                ("fails_when", { $0.answer() }),
                ("errors", { $0.list(0...2) { $0.errorRule() } }), ("texts", { $0.texts() }),
                ("result", { $0.answer() }),
                (
                    "pagination",
                    {
                        $0.object(
                            [("items", { $0.answer() }), ("next", { $0.answer() })],
                            [("max_pages", { $0.integer(1...1000) })],
                        )
                    },
                ),
                ("timeout", { $0.duration(1, Self.day) }),
            ],
        )
    }

    private mutating func poll() -> JSONValue {
        object(
            [
                ("operation", { $0.name() }), ("items", { $0.word(".", ".leads") }),
                ("key", { $0.word("$item.id") }),
                ("cursor", { $0.word("$items[-1].at // $cursor") }),
            ],
            [
                ("with", { $0.object([("since", { $0.word("${ $cursor }") })]) }),
                ("every", { $0.duration(1000, Self.day) }),
            ],
        )
    }
}
