import Model

/// The schemas of the OpenAPI document.
enum OpenAPISchemas {
    static let text: JSONValue = ["type": "string"]
    static let time: JSONValue = ["type": "string", "format": "date-time"]
    private static let id: JSONValue = [
        "type": "string", "pattern": "^exe_[0-7][0-9a-hjkmnp-tv-z]{12}$",
    ]
    private static let status = words(ExecutionStatus.allCases.map(\.rawValue))
    private static let reason = words(ExecutionReason.allCases.map(\.rawValue))

    static func words(_ words: [String]) -> JSONValue {
        ["type": "string", "enum": .array(words.map(JSONValue.string))]
    }

    static func object(_ required: [JSONValue], _ properties: JSONValue) -> JSONValue {
        ["type": "object", "required": .array(required), "properties": properties]
    }

    static func parameter(_ name: String, of route: Route) -> JSONValue {
        if let schema = EmbeddingSchemas.parameter(name, of: route) { return schema }
        return switch name {
        case "status": status
        case "reason": reason
        case "limit": ["type": "integer", "minimum": 1, "maximum": 500]
        case "created_from", "created_to": time
        case "parent", "replay_of", "root", "cursor": id
        default: text
        }
    }

    static var all: JSONObject {
        JSONObject(
            (executions.map { ($0.key, $0.value) })
                + EmbeddingSchemas.all.map { ($0.key, $0.value) }
        )
    }

    private static let executions: JSONObject = [
        "Health": object(["status"], ["status": text]),
        "Workflows": object(
            ["workflows"],
            [
                "workflows": [
                    "type": "array",
                    "items": object(
                        ["name", "trigger"],
                        ["name": text, "title": text, "trigger": text, "digest": text],
                    ),
                ]
            ],
        ),
        "Execution": object(
            ["id", "workflow", "status", "created_at"],
            [
                "id": id, "workflow": text, "solution": text, "instance": text, "status": status,
                "reason": reason, "correlation_id": text, "parent": id, "replay_of": id,
                "root": id, "resumed": ["type": "integer", "minimum": 1],
                "replays": ["type": "array", "items": id], "created_at": time,
                "finished_at": time, "problem_type": text, "problem": ["type": "object"],
                "steps": ["type": "array", "items": ["type": "object"]],
                "parked": ["type": "array", "items": ["type": "object"]],
            ],
        ),
        "Executions": object(
            ["executions"],
            [
                "executions": [
                    "type": "array", "items": ["$ref": "#/components/schemas/Execution"],
                ],
                "next_cursor": id,
            ],
        ),
        "Status": object(
            ["id", "status", "created_at"],
            [
                "id": id, "status": status, "reason": reason, "correlation_id": text,
                "created_at": time, "finished_at": time, "problem": ["type": "object"],
                "parked": ["type": "array", "items": ["type": "object"]],
            ],
        ),
        "Event": object(["event", "data"], ["event": text, "data": text, "id": text]),
        "Accepted": object(
            ["id", "status", "status_url", "events_url"],
            [
                "id": id, "status": status, "status_url": text, "events_url": text,
                "correlation_id": text,
            ],
        ),
        "Problem": object(
            ["type", "title", "status"],
            [
                "type": text, "title": text,
                "status": ["type": "integer", "minimum": 400, "maximum": 599], "detail": text,
                "code": text, "instance": text,
            ],
        ),
    ]
}
