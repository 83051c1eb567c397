import Embedding
import Model

extension EmbeddingSchemas {
    private static let text = OpenAPISchemas.text
    private static let time = OpenAPISchemas.time
    private static let object: JSONValue = ["type": "object"]
    private static let number: JSONValue = ["type": "integer", "minimum": 0]
    private static let roles = OpenAPISchemas.words(Role.allCases.map(\.rawValue))
    private static let kinds = OpenAPISchemas.words(
        AuthenticationRecord.Kind.allCases.map(\.rawValue)
    )

    /// The answers, by the names of their schemas.
    static var all: JSONObject {
        var schemas = objects
        for (name, schema) in AlertingSchemas.all { schemas[name] = schema }
        for (name, schema) in AccessSchemas.objects { schemas[name] = schema }
        for (name, schema) in ReplaySchemas.objects { schemas[name] = schema }
        schemas["Connection"] = connection
        schemas["Connections"] = OpenAPISchemas.object(
            ["connections"],
            [
                "connections": [
                    "type": "array", "items": ["$ref": "#/components/schemas/Connection"],
                ],
                "next_cursor": text,
            ],
        )
        schemas["Value"] = value
        for (name, schema) in many { schemas[name] = schema }
        for (name, member, item, kind) in lists {
            var properties: JSONObject = [
                member: [
                    "type": "array",
                    "items": ["$ref": .string("#/components/schemas/\(item)")],
                ]
            ]
            properties["next_cursor"] = kind.map(id)
            schemas[name] = OpenAPISchemas.object([.string(member)], .object(properties))
        }
        return schemas
    }

    private static let lists: [(String, String, String, ObjectID.Kind?)] = [
        ("EndUsers", "end_users", "EndUser", .endUser),
        ("Solutions", "solutions", "SolutionVersion", nil),
        ("Versions", "versions", "SolutionVersion", nil),
        ("Instances", "instances", "Instance", .instance),
        ("Authentications", "authentications", "Authentication", .authentication),
        ("AuditRecords", "audit", "AuditRecord", .audit),
        ("APIKeys", "api_keys", "APIKey", .apiKey),
        ("SigningKeys", "signing_keys", "SigningKey", .signingKey),
        ("ConnectLinks", "connect_links", "ConnectLink", .connectLink),
    ]

    private static let key: JSONObject = [
        "id": id(.apiKey), "name": text, "role": roles, "created_at": time, "revoked_at": time,
    ]

    private static var objects: JSONObject {
        var newKey = key
        newKey["key"] = ["type": "string", "pattern": "^bstk_[A-Za-z0-9_-]{43}$"]
        return [
            "EndUser": OpenAPISchemas.object(
                ["id", "external_id", "created_at"],
                [
                    "id": id(.endUser), "external_id": text, "name": text, "metadata": object,
                    "created_at": time,
                ],
            ),
            "SolutionVersion": OpenAPISchemas.object(
                ["solution", "version", "auth", "config"],
                [
                    "solution": text, "version": text, "title": text,
                    "auth": ["type": "array", "items": object],
                    "config": ["type": "array", "items": object],
                    "workflows": ["type": "array", "items": object], "alert": text,
                    "client_texts": object, "texts": object, "digest": text,
                ],
            ),
            "Instance": instance,
            "UpgradePlan": OpenAPISchemas.object(
                ["instance", "from", "to", "blocked", "unchanged", "missing"],
                [
                    "instance": id(.instance), "from": text, "to": text,
                    "blocked": ["type": "boolean"], "unchanged": ["type": "boolean"],
                    "slots": ["type": "array", "items": object], "missing": object,
                    "problem": object,
                ],
            ),
            "UpgradeSummary": OpenAPISchemas.object(
                ["total", "ready", "unchanged", "blocked", "missing", "blocked_instances"],
                [
                    "total": number, "ready": number, "unchanged": number, "blocked": number,
                    "missing": ["type": "object", "additionalProperties": number],
                    "blocked_instances": ["type": "array", "items": refusal],
                    "slots": object, "next_cursor": id(.instance),
                ],
            ),
            "Authentication": OpenAPISchemas.object(
                ["id", "service", "name", "kind", "state"],
                [
                    "id": id(.authentication), "owner": text, "service": text, "name": text,
                    "kind": kinds, "expires_at": time, "state": object, "generation": number,
                ],
            ),
            "AuditRecord": OpenAPISchemas.object(
                ["id", "at", "actor", "action", "target"],
                [
                    "id": id(.audit), "at": time, "actor": object, "action": text,
                    "target": object, "before": object, "after": object,
                ],
            ),
            "APIKey": OpenAPISchemas.object(["id", "name", "role", "created_at"], .object(key)),
            "NewAPIKey": OpenAPISchemas.object(
                ["id", "name", "role", "created_at", "key"],
                .object(newKey),
            ),
        ]
    }

    private static var connection: JSONValue {
        OpenAPISchemas.object(
            ["id", "service", "health", "parked"],
            [
                "id": text, "service": text, "name": text,
                "health": OpenAPISchemas.object(
                    ["state"],
                    [
                        "state": OpenAPISchemas.words(["healthy", "degraded", "broken"]),
                        "reason": text, "since": time,
                    ],
                ),
                "parked": number, "message": text,
                "action": OpenAPISchemas.words(["reconnect", "wait"]), "owner": id(.endUser),
                "authentication": id(.authentication), "instance": id(.instance), "host": text,
                "draining": ["type": "boolean"], "breakers": object,
                "attempts_per_second": ["type": "number"], "notice": id(.failure),
            ],
        )
    }

    private static var instance: JSONValue {
        OpenAPISchemas.object(
            [
                "id", "end_user", "name", "solution", "version", "state", "config", "auth",
                "created_at", "updated_at",
            ],
            [
                "id": id(.instance), "end_user": id(.endUser), "name": text, "solution": text,
                "version": text,
                "state": OpenAPISchemas.words(Instance.State.allCases.map(\.rawValue)),
                "config": object,
                "auth": ["type": "object", "additionalProperties": id(.authentication)],
                "created_at": time, "updated_at": time, "problem": object,
            ],
        )
    }

    /// One instance that a change of many left as it was.
    private static let refusal = OpenAPISchemas.object(
        ["instance", "end_user", "code", "detail", "missing"],
        [
            "instance": id(.instance), "end_user": id(.endUser), "code": text, "detail": text,
            "missing": ["type": "array", "items": text],
        ],
    )

    private static let revision: JSONValue = ["type": "integer", "minimum": 0]

    private static let many: JSONObject = [
        "SwitchSummary": OpenAPISchemas.object(
            ["total", "changed", "unchanged", "refused", "missing", "refused_instances"],
            [
                "total": number, "changed": number, "unchanged": number, "refused": number,
                "missing": ["type": "object", "additionalProperties": number],
                "refused_instances": ["type": "array", "items": refusal],
                "next_cursor": id(.instance),
            ],
        ),
        "BulkResults": OpenAPISchemas.object(
            ["created", "found", "failed", "results"],
            [
                "created": number, "found": number, "failed": number,
                "results": [
                    "type": "array",
                    "items": OpenAPISchemas.object(
                        ["result"],
                        [
                            "result": OpenAPISchemas.words(["created", "found", "failed"]),
                            "id": text, "problem": object,
                        ],
                    ),
                ],
            ],
        ),
        "AppliedProject": OpenAPISchemas.object(
            ["revision", "source", "development"],
            [
                "revision": revision, "source": OpenAPISchemas.words(["store", "folder"]),
                "development": ["type": "boolean"], "digest": text, "files": number,
                "applied_at": time, "applied_by": object,
            ],
        ),
        "ProjectPlan": OpenAPISchemas.object(
            [
                "revision", "digest", "has_changes", "has_new_files", "applied", "changes",
                "problems", "summary", "text", "warnings",
            ],
            [
                "revision": revision, "digest": text, "has_changes": ["type": "boolean"],
                "has_new_files": ["type": "boolean"], "applied": ["type": "boolean"],
                "changes": ["type": "array", "items": object],
                "problems": ["type": "array", "items": object], "summary": object,
                "text": text, "warnings": ["type": "array", "items": object],
            ],
        ),
    ]
}
