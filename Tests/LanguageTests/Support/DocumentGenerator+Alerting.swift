import Definitions
import Model

extension DocumentGenerator {
    mutating func alerting() -> JSONValue {
        object(
            [],
            [
                ("instance", { $0.grouping() }), ("account", { $0.grouping() }),
                (
                    "ignore",
                    {
                        $0.list(0...2) {
                            $0.object(
                                [("name", { $0.name() }), ("match", { $0.matchers() })],
                                [],
                            )
                        }
                    },
                ),
                (
                    "inhibit",
                    {
                        $0.list(0...2) {
                            $0.object(
                                [("source", { $0.matchers() }), ("target", { $0.matchers() })],
                                [("equal", { $0.labels() })],
                            )
                        }
                    },
                ),
            ],
        )
    }

    private mutating func grouping() -> JSONValue {
        object(
            [],
            [
                ("group_by", { $0.random.once(in: 3) ? "failure" : $0.labels() }),
                ("group_wait", { $0.duration(0, Self.day) }),
                ("group_interval", { $0.duration(0, Self.day) }),
                ("repeat_interval", { $0.duration(0, 366 * Self.day) }),
                ("threshold", { $0.threshold() }), ("send_resolved", { $0.flag() }),
            ],
        )
    }

    private mutating func threshold() -> JSONValue {
        random.once(in: 2)
            ? object([("in_a_row", { $0.integer(1...1_000) })], [])
            : object(
                [
                    ("rate", { $0.integer(1...1_000) }),
                    ("within", { $0.duration(1000, Self.day) }),
                ],
                [],
            )
    }

    private mutating func labels() -> JSONValue {
        list(0...3) { .string($0.random.pick(AlertLabel.allCases).rawValue) }
    }

    private mutating func matchers() -> JSONValue {
        object(
            [],
            AlertLabel.allCases.map { label in
                (label.rawValue, { $0.word("x", "!x", "~x.*", "!~[a-z]+", "") })
            },
        )
    }
}
