import Alerting
import Embedding
import Engine
import Model

/// What the OpenAPI document says of resume and replay.
enum ReplaySchemas {
    private static let execution: JSONValue = [
        "type": "string", "pattern": "^exe_[0-7][0-9a-hjkmnp-tv-z]{12}$",
    ]

    /// Of a list of items.
    static func parameter(_ name: String) -> JSONValue {
        name == "cursor" ? execution : words(ReplayItem.State.self)
    }

    static func summary(_ route: Route) -> String? {
        switch route {
        case .resumeExecution: "Let an execution go on from its failed step."
        case .replays: "Replays, newest first."
        case .createReplay: "Run executions again, or see what that would do."
        case .replay: "One replay, with its progress."
        case .replayItems: "What became of each execution of a replay."
        case .pauseReplay: "Begin nothing more of a replay for now."
        case .resumeReplay: "Let a paused replay go on."
        case .cancelReplay: "Begin nothing more of a replay; what runs goes on."
        default: nil
        }
    }

    static func answers(_ route: Route) -> [(status: String, schema: String?)]? {
        switch route {
        case .resumeExecution: [("202", "Execution")]
        case .replays: [("200", "Replays")]
        case .createReplay: [("200", "ReplayPlan"), ("201", "Replay")]
        case .replay, .pauseReplay, .resumeReplay, .cancelReplay: [("200", "Replay")]
        case .replayItems: [("200", "ReplayItems")]
        default: nil
        }
    }

    static func request(of route: Route) -> JSONValue? {
        guard route == .createReplay else { return nil }
        return EmbeddingSchemas.strict(
            [],
            [
                "ids": [
                    "type": "array", "items": execution, "minItems": 1,
                    "maxItems": .integer(Int64(Directory.ReplaySelector.idsMax)),
                ],
                "filter": ["type": "object"], "issue": EmbeddingSchemas.id(.issue),
                "mode": words(ReplayOrder.Mode.self), "start": EmbeddingSchemas.name(),
                "definition": words(ReplayOrder.Definition.self),
                "keys": words(ReplayOrder.Keys.self), "input_patch": [:], "trigger_patch": [:],
                "again": ["type": "boolean"], "unfinished": ["type": "boolean"],
                "dry_run": ["type": "boolean"],
                "rate": [
                    "type": "integer",
                    "minimum": .integer(Int64(ReplayOrder.rates.lowerBound)),
                    "maximum": .integer(Int64(ReplayOrder.rates.upperBound)),
                ],
            ],
        )
    }

    private static func words<Word: CaseIterable & RawRepresentable<String>>(
        _ type: Word.Type
    ) -> JSONValue {
        OpenAPISchemas.words(Word.allCases.map(\.rawValue))
    }

    private static let count: JSONValue = ["type": "integer", "minimum": 0]

    static var objects: JSONObject {
        [
            "Replay": OpenAPISchemas.object(
                ["id", "state", "mode", "total", "created_at"],
                [
                    "id": EmbeddingSchemas.id(.replay), "state": words(ReplayJob.State.self),
                    "mode": words(ReplayOrder.Mode.self), "total": count, "started": count,
                    "under_way": count, "refused": count, "created_at": OpenAPISchemas.time,
                    "finished_at": OpenAPISchemas.time,
                    "items": list("ReplayItem"),
                ],
            ),
            "ReplayItem": OpenAPISchemas.object(
                ["execution", "state"],
                [
                    "execution": execution, "state": words(ReplayItem.State.self),
                    "result": execution, "problem": ["type": "object"],
                ],
            ),
            "ReplayPlan": OpenAPISchemas.object(
                ["dry_run", "total", "items"],
                [
                    "dry_run": ["type": "boolean"], "total": count, "looked_into": count,
                    "would_start": count, "would_refuse": count,
                    "items": ["type": "array", "items": ["type": "object"]],
                ],
            ),
            "Replays": OpenAPISchemas.object(
                ["replays"],
                ["replays": list("Replay"), "next_cursor": EmbeddingSchemas.id(.replay)],
            ),
            "ReplayItems": OpenAPISchemas.object(
                ["items"],
                ["items": list("ReplayItem"), "next_cursor": execution],
            ),
        ]
    }

    private static func list(_ name: String) -> JSONValue {
        ["type": "array", "items": ["$ref": .string("#/components/schemas/\(name)")]]
    }
}
