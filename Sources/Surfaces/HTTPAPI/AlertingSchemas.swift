import Alerting
import Embedding
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
        default: nil
        }
    }

    static func parameter(_ name: String, of route: Route) -> JSONValue? {
        switch (route, name) {
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
        var schemas: JSONObject = ["Failure": failure, "Alert": alert]
        for (name, member, item, kind) in [
            ("Failures", "failures", "Failure", ObjectID.Kind.failure),
            ("Alerts", "alerts", "Alert", .alert),
            ("DeadLetters", "dead_letters", "Alert", .alert),
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
}
