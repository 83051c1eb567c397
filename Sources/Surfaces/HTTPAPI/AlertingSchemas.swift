import Alerting
import Definitions
import Embedding
import Engine
import Model

/// What the OpenAPI document says of the error plane's routes.
enum AlertingSchemas {
    private static let text = OpenAPISchemas.text
    private static let time = OpenAPISchemas.time
    private static let object: JSONValue = ["type": "object"]
    private static let number: JSONValue = ["type": "integer", "minimum": 0]
    private static let texts: JSONValue = ["type": "array", "items": ["type": "string"]]

    static func summary(_ route: Route) -> String? {
        switch route {
        case .failures: "What failed, newest first."
        case .failure: "One failure."
        case .alerts: "Alerts, newest first."
        case .alert: "One alert with its way up the ladder."
        case .resendAlert: "Send an alert once more, from the foot of the ladder."
        case .dismissAlert: "Take a dead letter from those that wait."
        case .deadLetters: "Alerts that nobody could take, newest first."
        case .issues: "Issues, newest first."
        case .issue: "One issue with its counts."
        case .changeIssue: "Acknowledge, resolve, mute, reopen, assign an issue, or note on it."
        case .silences: "Silences, newest first."
        case .createSilence: "Tell nobody of what matches, for a time."
        case .silence: "One silence."
        case .expireSilence: "End a silence now."
        case .doctor: "Look whether every failure is accounted for, and mend what is not."
        default: nil
        }
    }

    static func answers(_ route: Route) -> [(status: String, schema: String?)]? {
        switch route {
        case .failures: [("200", "Failures")]
        case .failure: [("200", "Failure")]
        case .alerts: [("200", "Alerts")]
        case .alert, .resendAlert, .dismissAlert: [("200", "Alert")]
        case .deadLetters: [("200", "DeadLetters")]
        case .issues: [("200", "Issues")]
        case .issue, .changeIssue: [("200", "Issue")]
        case .silences: [("200", "Silences")]
        case .createSilence: [("201", "Silence")]
        case .silence, .expireSilence: [("200", "Silence")]
        case .doctor: [("200", "DoctorReport")]
        default: nil
        }
    }

    static func parameter(_ name: String, of route: Route) -> JSONValue? {
        switch (route, name) {
        case (.issues, "state"): words(Issue.State.allCases.map(\.rawValue))
        case (.issues, "mark"): words(Issue.Mark.allCases.map(\.rawValue))
        case (.issues, "problem"): words(ProblemType.allCases.map(\.rawValue))
        case (.issues, "cursor"): EmbeddingSchemas.id(.issue)
        case (.silences, "state"): words(Silence.State.allCases.map(\.rawValue))
        case (.silences, "cursor"): EmbeddingSchemas.id(.silence)
        case (.failures, "kind"): words(Failure.Kind.allCases.map(\.rawValue))
        case (.failures, "problem"): words(ProblemType.allCases.map(\.rawValue))
        case (.failures, "cursor"): EmbeddingSchemas.id(.failure)
        case (.alerts, "state"): words(Alert.State.allCases.map(\.rawValue))
        case (.alerts, "cursor"), (.deadLetters, "cursor"): EmbeddingSchemas.id(.alert)
        case (.failures, "issue"), (.alerts, "issue"): EmbeddingSchemas.id(.issue)
        case (.failures, "instance"), (.alerts, "instance"): EmbeddingSchemas.id(.instance)
        default: nil
        }
    }

    private static func words(_ words: [String]) -> JSONValue { OpenAPISchemas.words(words) }

    static var all: JSONObject {
        var schemas: JSONObject = [
            "Failure": failure, "Alert": alert, "Issue": issue, "Silence": silence,
            "DoctorReport": report,
        ]
        for (name, member, item, kind) in [
            ("Failures", "failures", "Failure", ObjectID.Kind.failure),
            ("Alerts", "alerts", "Alert", .alert),
            ("DeadLetters", "dead_letters", "Alert", .alert),
            ("Issues", "issues", "Issue", .issue), ("Silences", "silences", "Silence", .silence),
        ] {
            schemas[name] = OpenAPISchemas.object(
                [.string(member)],
                .object([
                    member: [
                        "type": "array",
                        "items": ["$ref": .string("#/components/schemas/\(item)")],
                    ],
                    "next_cursor": EmbeddingSchemas.id(kind),
                ]),
            )
        }
        return schemas
    }

    private static var failure: JSONValue {
        OpenAPISchemas.object(
            ["id", "at", "kind", "problem"],
            [
                "id": EmbeddingSchemas.id(.failure), "at": time,
                "kind": words(Failure.Kind.allCases.map(\.rawValue)),
                "instance": EmbeddingSchemas.id(.instance), "solution": text, "version": text,
                "workflow": text, "user": EmbeddingSchemas.id(.endUser), "execution": text,
                "correlation_id": text, "problem": object, "fingerprint": text, "chain": texts,
                "alert": EmbeddingSchemas.id(.alert), "disposition": object, "suppressed": text,
            ],
        )
    }

    private static var alert: JSONValue {
        OpenAPISchemas.object(
            ["id", "at", "state", "rung", "failure", "chain", "history", "payload"],
            [
                "id": EmbeddingSchemas.id(.alert), "at": time,
                "state": words(Alert.State.allCases.map(\.rawValue)),
                "rung": words(Rung.allCases.map(\.rawValue)),
                "failure": EmbeddingSchemas.id(.failure),
                "instance": EmbeddingSchemas.id(.instance),
                "user": EmbeddingSchemas.id(.endUser), "solution": text,
                "issue": EmbeddingSchemas.id(.issue), "group": text, "chain": texts,
                "execution": text, "refusals": number,
                "history": ["type": "array", "items": object], "payload": object,
                "resends": number, "delivered_at": time,
            ],
        )
    }

    private static var issue: JSONValue {
        OpenAPISchemas.object(
            [
                "id", "fingerprint", "state", "mark", "kind", "title", "first_seen", "last_seen",
                "count", "instances", "occurrences",
            ],
            [
                "id": EmbeddingSchemas.id(.issue), "fingerprint": text,
                "state": words(Issue.State.allCases.map(\.rawValue)), "muted_until": time,
                "mark": words(Issue.Mark.allCases.map(\.rawValue)),
                "kind": words(Failure.Kind.allCases.map(\.rawValue)), "solution": text,
                "workflow": text, "title": text, "first_seen": time, "last_seen": time,
                "count": number, "instances": object, "others_count": number,
                "occurrences": object, "regressions": number,
                "last_failure": EmbeddingSchemas.id(.failure), "problem": object,
                "assignee": text, "notes": ["type": "array", "items": object],
                "resolved_at": time, "resolved_by": text,
            ],
        )
    }

    private static var silence: JSONValue {
        OpenAPISchemas.object(
            ["id", "matchers", "starts_at", "expires_at", "author", "comment", "state"],
            [
                "id": EmbeddingSchemas.id(.silence), "matchers": object, "starts_at": time,
                "expires_at": time, "author": text, "comment": text,
                "state": words(Silence.State.allCases.map(\.rawValue)),
            ],
        )
    }

    private static var report: JSONValue {
        OpenAPISchemas.object(
            ["well", "checks"],
            ["well": ["type": "boolean"], "checks": ["type": "array", "items": object]],
        )
    }

    // MARK: Requests

    static func request(of route: Route) -> JSONValue? {
        switch route {
        case .changeIssue:
            strict(
                [],
                [
                    "state": words(Issue.State.allCases.map(\.rawValue)), "muted_until": time,
                    "assignee": ["anyOf": [line(RequestBody.nameLength), ["type": "null"]]],
                    "note": line(1...Issue.noteBytesMax),
                ],
            )
        case .createSilence:
            strict(
                ["matchers", "expires_at", "comment"],
                [
                    "matchers": matchers, "starts_at": time, "expires_at": time,
                    "comment": line(1...Silence.commentBytesMax),
                ],
            )
        case .doctor:
            strict(
                [],
                [
                    "repair": ["type": "boolean"],
                    "depth": [
                        "type": "integer", "minimum": 1,
                        "maximum": .integer(Int64(Engine.doctorDepthMax)),
                    ],
                ],
            )
        default: nil
        }
    }

    private static var matchers: JSONValue {
        var properties = JSONObject()
        for label in AlertLabel.allCases { properties[label.rawValue] = ["type": "string"] }
        return [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
            "minProperties": 1,
        ]
    }

    private static func line(_ length: ClosedRange<Int>) -> JSONValue {
        [
            "type": "string", "minLength": .integer(Int64(length.lowerBound)),
            "maxLength": .integer(Int64(length.upperBound)),
            "pattern": #"^[^\u0000-\u001f\u007f]*$"#,
        ]
    }

    private static func strict(_ required: [JSONValue], _ properties: JSONValue) -> JSONValue {
        [
            "type": "object", "required": .array(required), "properties": properties,
            "additionalProperties": false,
        ]
    }
}
