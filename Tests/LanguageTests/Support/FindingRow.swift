import Language
import Testing

/// A project with one mistake.
struct FindingRow: Sendable, CustomTestStringConvertible {
    var code: FindingCode
    /// Texts by path.
    var files: [String: String]
    /// `file:line:column`
    var place: String
    var isWarning = false

    var testDescription: String { "\(code.rawValue) at \(place)" }

    private static let path = "solutions/s/w.yaml"

    /// One workflow file.
    private static func file(
        _ code: FindingCode,
        _ place: String,
        _ text: String,
        warning: Bool = false,
    ) -> FindingRow {
        FindingRow(
            code: code,
            files: [path: text],
            place: "\(path):\(place)",
            isWarning: warning,
        )
    }

    /// The steps of a workflow, from line 4 on.
    private static func steps(
        _ code: FindingCode,
        _ place: String,
        _ steps: String,
        trigger: String = "manual",
        warning: Bool = false,
    ) -> FindingRow {
        let text = "workflow: w\ntrigger: \(trigger)\nsteps:\n\(steps)\n"
        return file(code, place, text, warning: warning)
    }

    static let all = text + shapes + meaning + project

    private static let text = [
        file(.syntax, "2:1", "workflow: [\n"),
        file(.tooLarge, "1:1", String(repeating: "[", count: 100)),
        file(.tooLarge, "1:1", "# " + String(repeating: "x", count: 1 << 20)),
        steps(.duplicateKey, "4:5", "- { set: 1, set: 2 }"),
        steps(.ambiguousKey, "4:5", "- { on: 1, set: 2 }"),
        steps(.ambiguousKey, "4:10", "- set: { No: 1 }"),
        steps(.unsupportedYAML, "5:10", "- set: &a { x: 1 }\n- set: { <<: *a, y: 2 }"),
        steps(.unsupportedYAML, "4:8", "- set: !!str 5"),
        steps(.unsupportedYAML, "4:8", "- set: !own { x: 1 }"),
        steps(.outOfRange, "4:8", "- set: 99999999999999999999"),
    ]

    private static let shapes = [
        steps(.wrongType, "4:20", "- { set: 1, retry: [] }"),
        steps(.wrongType, "4:9", "- stop: false"),
        steps(.wrongType, "4:25", "- { run: test.do, with: 1 }"),
        steps(.wrongType, "4:39", "- { run: test.do, with: { x: 1, auth: 2 } }"),
        steps(.unknownKey, "4:13", "- { set: 1, tiemout: 5s }"),
        steps(.missingKey, "4:3", "- { for_each: \"[1]\" }"),
        steps(.missingKey, "4:3", "- { switch: \"1\" }"),
        steps(.missingKey, "4:9", "- call: { input: 1 }"),
        steps(.notAllowed, "4:19", "- { set: 1, then: stopp }"),
        file(
            .notAllowed,
            "4:11",
            "workflow: w\ntrigger: manual\nsteps: []\non_error: next\n",
        ),
        steps(.outOfRange, "4:20", "- { set: 1, retry: 101 }"),
        steps(.outOfRange, "4:22", "- { set: 1, timeout: 0s }"),
        steps(.outOfRange, "4:9", "- wait: -1"),
        steps(.invalidDuration, "4:22", "- { set: 1, timeout: 12:30 }"),
        steps(.invalidDuration, "4:9", "- wait: soon"),
        steps(.invalidName, "4:17", "- { set: 1, id: a.b }"),
        steps(.invalidName, "4:8", "- run: test"),
        steps(.stepForm, "4:3", "- { id: a }"),
        steps(.stepForm, "4:3", "- { set: 1, group: [] }"),
        steps(.invalidExpression, "4:14", "- { set: \"${ $error }\" }"),
        steps(
            .invalidCron,
            "2:32",
            "- set: 1",
            trigger: "{ schedule: { cron: 0 25 * * * } }",
        ),
        steps(
            .invalidCron,
            "2:35",
            "- set: 1",
            trigger: "{ schedule: { cron: \"0 0 30 2 *\" } }",
        ),
        steps(
            .invalidTimeZone,
            "2:51",
            "- set: 1",
            trigger: "{ schedule: { cron: \"@daily\", time_zone: europe/berlin } }",
        ),
        steps(.outOfRange, "2:31", "- set: 1", trigger: "{ schedule: { every: 367d } }"),
        steps(.outOfRange, "2:31", "- set: 1", trigger: "{ schedule: { every: 999ms } }"),
        steps(.conflictingKeys, "4:13", "- { set: 1, with: {} }"),
        steps(.conflictingKeys, "4:19", "- { set: 1, then: [] }"),
        steps(.conflictingKeys, "4:13", "- { set: 1, else: [] }"),
        steps(.conflictingKeys, "2:24", "- set: 1", trigger: "{ manual: {}, auth: a }"),
        steps(.conflictingKeys, "2:10", "- set: 1", trigger: "{ manual: {}, call: {} }"),
    ]

    private static let meaning = [
        steps(
            .invalidSchema,
            "2:29",
            "- set: 1",
            trigger: "{ manual: { input: { type: word } } }",
        ),
        steps(.duplicateStep, "5:3", "- { id: a, set: 1 }\n- { id: a, set: 2 }"),
        steps(.unknownStep, "4:3", "- set: ${ $steps.nope }"),
        steps(
            .stepUsedEarly,
            "4:3",
            "- set: ${ $steps.late }\n- { id: late, set: 1 }",
            warning: true,
        ),
        steps(.outsideLoop, "4:23", "- { set: 1, on_error: next }"),
        steps(.outsideLoop, "4:19", "- { set: 1, then: break }"),
        steps(.unreachable, "5:3", "- stop: true\n- set: 1", warning: true),
        steps(.unknownOperation, "4:3", "- { run: test.doo, with: { x: 1 } }"),
        steps(.wrongInput, "4:3", "- { run: test.do }"),
        steps(.wrongInput, "4:3", "- { run: test.do, with: { x: 1, y: \"${ 1 }\" } }"),
        steps(.unknownAuth, "4:3", "- { run: test.do, with: { x: 1, auth: crm } }"),
        steps(.unknownWorkflow, "4:3", "- call: nobody"),
        steps(.unknownConfig, "4:3", "- set: ${ $config.nope }"),
        steps(.nobodyWaits, "4:3", "- reply: { body: 1 }", warning: true),
        steps(
            .noReply,
            "1:1",
            "- set: 1",
            trigger: "{ webhook: { respond: when_finished } }",
            warning: true,
        ),
        steps(
            .heldReply,
            "5:3",
            "- reply: { status: 200 }\n- set: 1",
            trigger: "{ webhook: { respond: when_finished } }",
            warning: true,
        ),
    ]

    private static let project = [
        FindingRow(
            code: .duplicateWorkflow,
            files: [
                "solutions/s/a.yaml": "workflow: w\ntrigger: manual\nsteps: []\n",
                "solutions/s/b.yaml": "# again\nworkflow: w\ntrigger: manual\nsteps: []\n",
            ],
            place: "solutions/s/b.yaml:2:1",
        ),
        FindingRow(
            code: .unknownAlert,
            files: ["backstop.yaml": "title: t\nalert: nobody\n"],
            place: "backstop.yaml:2:8",
        ),
        FindingRow(
            code: .unknownAlert,
            files: [
                "solutions/s/solution.yaml": "solution: s\nalert: w\n",
                "solutions/s/w.yaml": "workflow: w\ntrigger: { alert: account }\nsteps: []\n",
            ],
            place: "solutions/s/solution.yaml:2:8",
        ),
        FindingRow(
            code: .alertCycle,
            files: [
                "solutions/s/solution.yaml": "solution: s\nalert: w\n",
                "solutions/s/w.yaml": """
                workflow: w
                trigger: { alert: instance }
                steps:
                  - { call: { workflow: x, wait: false } }
                ---
                workflow: x
                trigger: call
                steps: []

                """,
            ],
            place: "solutions/s/w.yaml:1:1",
            isWarning: true,
        ),
        FindingRow(
            code: .invalidPattern,
            files: [
                "backstop.yaml":
                    "alerting:\n  ignore:\n    - { name: n, match: { type: \"~[a\" } }\n"
            ],
            place: "backstop.yaml:3:33",
        ),
        FindingRow(
            code: .invalidLanguage,
            files: ["backstop.yaml": "language: a.b\n"],
            place: "backstop.yaml:1:11",
            isWarning: true,
        ),
        FindingRow(
            code: .plainSecret,
            files: ["backstop.yaml": "auth:\n  crm: { kind: bearer, token: abc }\n"],
            place: "backstop.yaml:2:31",
        ),
        FindingRow(
            code: .missingKey,
            files: ["backstop.yaml": "auth:\n  crm: { kind: bearer }\n"],
            place: "backstop.yaml:2:8",
        ),
        FindingRow(
            code: .conflictingKeys,
            files: [
                "backstop.yaml":
                    "auth:\n  crm: { kind: bearer, token: { env: T }, user: me }\n"
            ],
            place: "backstop.yaml:2:43",
        ),
        FindingRow(
            code: .unexpectedFile,
            files: ["connectors/deep/x.yaml": "connector: x\n"],
            place: "connectors/deep/x.yaml:1:1",
            isWarning: true,
        ),
        FindingRow(
            code: .invalidSchema,
            files: [
                "solutions/s/solution.yaml":
                    "solution: s\nconfig:\n  list: { type: string, default: 5 }\n"
            ],
            place: "solutions/s/solution.yaml:3:9",
        ),
        FindingRow(
            code: .invalidSchema,
            files: [
                "solutions/s/solution.yaml":
                    "solution: s\nconfig:\n  list: { type: string, required: please }\n"
            ],
            place: "solutions/s/solution.yaml:3:9",
        ),
        FindingRow(
            code: .unknownKey,
            files: [
                "solutions/s/solution.yaml":
                    "solution: s\ntexts:\n  client: { notfound: Nothing there }\n"
            ],
            place: "solutions/s/solution.yaml:3:13",
        ),
        FindingRow(
            code: .invalidName,
            files: [
                "connectors/c.yaml":
                    "connector: c\nbase_url: https://example.org\n"
                    + "operations:\n  get it: { path: / }\n"
            ],
            place: "connectors/c.yaml:4:3",
        ),
        FindingRow(
            code: .unknownOperation,
            files: [
                "connectors/c.yaml": """
                connector: c
                base_url: https://example.org
                operations:
                  list: { path: / }
                triggers:
                  created:
                    poll: { operation: lst, items: ., key: $item.id, cursor: $cursor }

                """
            ],
            place: "connectors/c.yaml:7:24",
        ),
        FindingRow(
            code: .repeatedSubscription,
            files: [
                "connectors/c.yaml": """
                connector: c
                base_url: https://example.org
                operations:
                  hook: { method: POST, path: / }
                triggers:
                  created:
                    push:
                      subscribe: { operation: hook, id: .id }
                      verify: none
                      key: $item.id

                """
            ],
            place: "connectors/c.yaml:8:18",
        ),
        file(
            .unsignedBody,
            "4:74",
            "workflow: w\ntrigger:\n  webhook:\n"
                + "    verify: { hmac_sha256: { header: S, secret: { env: A }, signed_text: v0 } }\n"
                + "steps: []\n",
        ),
        FindingRow(
            code: .callCircle,
            files: [
                "solutions/s/a.yaml": "workflow: a\ntrigger: call\nsteps:\n- { call: a }\n"
            ],
            place: "solutions/s/a.yaml:4:3",
        ),
    ]
}
