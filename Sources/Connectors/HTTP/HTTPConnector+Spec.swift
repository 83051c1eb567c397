import ConnectorKit
import Model

extension HTTPConnector {
    static let declared = ConnectorSpec(
        name: "http",
        title: "HTTP",
        summary: "Any service that speaks HTTP/1.1.",
        authentications: [.none, .bearer, .basic, .apiKey, .headers],
        operations: [request] + shorthands,
    )

    /// Everything that a request can fail with.
    static let problems: Set<ProblemType> = [
        .authentication, .authorization, .rateLimit, .communication, .service, .request,
        .notFound, .conflict, .tooLarge, .validation, .configuration, .expression,
    ]

    private static let limits =
        "URL 8 KiB, 100 headers of 32 KiB, request body 64 MiB, answer 4 MiB (at most 64 MiB),"
        + " 5 redirects (at most 20)"

    private static let request = OperationSpec(
        name: "request",
        summary: "Sends a request and gives status, headers and body.",
        parameters: parameters(hasBody: true, hasMethod: true),
        result: result,
        sideEffect: .write,
        idempotency: .none,
        problems: problems,
        timeout: TimeSpan(milliseconds: 60_000),
        limits: limits,
        examples: [
            [
                "method": "POST", "url": "https://api.example.com/orders",
                "json": ["item": "A-1"], "idempotency_key": true, "timeouts": ["read": "5s"],
            ],
            ["url": "https://api.example.com/orders", "query": ["tag": ["a", "b"], "limit": 5]],
        ],
    )

    private static let shorthands: [OperationSpec] = [
        shorthand("get", "Reads with GET.", .read, .natural, hasBody: false),
        shorthand(
            "head",
            "Asks with HEAD for the headers alone.",
            .read,
            .natural,
            hasBody: false,
        ),
        shorthand("post", "Sends with POST.", .write, .none, hasBody: true),
        shorthand("put", "Replaces with PUT.", .write, .natural, hasBody: true),
        shorthand("patch", "Changes with PATCH.", .write, .none, hasBody: true),
        shorthand("delete", "Deletes with DELETE.", .delete, .natural, hasBody: true),
    ]

    private static func shorthand(
        _ name: String,
        _ summary: String,
        _ sideEffect: SideEffect,
        _ idempotency: Idempotency,
        hasBody: Bool,
    ) -> OperationSpec {
        OperationSpec(
            name: name,
            summary: summary,
            parameters: parameters(hasBody: hasBody, hasMethod: false),
            result: result,
            sideEffect: sideEffect,
            idempotency: idempotency,
            problems: problems,
            timeout: TimeSpan(milliseconds: 60_000),
            limits: limits,
            examples: [["url": "https://api.example.com/orders/1"]],
        )
    }

    private static func parameters(hasBody: Bool, hasMethod: Bool) -> JSONValue {
        var members =
            hasMethod ? ["method": ["enum": .array(methods.map(JSONValue.string))]] : JSONObject()
        for (name, schema) in common { members[name] = schema }
        if hasBody {
            for (name, schema) in bodies { members[name] = schema }
        }
        return [
            "type": "object", "properties": .object(members), "required": ["url"],
            "additionalProperties": false,
        ]
    }

    private static let duration: JSONValue = [
        "type": "string", "pattern": "^[0-9]{1,15}(ms|s|m|h|d)$",
    ]

    private static let common: JSONObject = [
        "url": [
            "type": "string", "minLength": 1,
            "description": "An absolute http or https URL.",
        ],
        "query": [
            "type": "object",
            "description": "Added to the URL; a list gives the name several times.",
        ],
        "headers": ["type": "object"],
        "response": ["enum": ["auto", "json", "text", "base64"]],
        "redirects": [
            "type": "object", "additionalProperties": false,
            "properties": [
                "follow": ["type": "boolean"],
                "max": ["type": "integer", "minimum": 0, "maximum": 20],
            ],
        ],
        "timeouts": [
            "type": "object", "additionalProperties": false,
            "properties": ["connect": duration, "read": duration, "total": duration],
        ],
        "max_response_bytes": ["type": "integer", "minimum": 1, "maximum": 67_108_864],
        "tls": [
            "type": "object", "additionalProperties": false,
            "properties": ["ca": ["type": "string", "description": "Certificates in PEM."]],
        ],
        "ok_statuses": [
            "type": "array", "minItems": 1,
            "items": ["type": ["integer", "string"]],
            "description": "Statuses and classes that are a success; default 2xx.",
        ],
        "fails_when": [
            "type": "string",
            "description": "An expression over $response that makes an accepted answer a failure.",
        ],
    ]

    private static let bodies: JSONObject = [
        "json": ["description": "Any value, sent as application/json."],
        "form": ["type": "object"],
        "multipart": [
            "type": "array", "maxItems": 1000,
            "items": [
                "type": "object", "required": ["name"], "additionalProperties": false,
                "properties": [
                    "name": ["type": "string", "minLength": 1], "value": [:],
                    "filename": ["type": "string"], "content_type": ["type": "string"],
                    "content": ["type": "string"], "base64": ["type": "string"],
                ],
            ],
        ],
        "body": ["description": "A text, or {base64: …}."],
        "content_type": ["type": "string"],
        "idempotency_key": [
            "type": ["boolean", "string"],
            "description": "Sends the step's key as Idempotency-Key, or as the named header.",
        ],
    ]

    private static let result: JSONValue = [
        "type": "object", "required": ["status", "headers", "body"],
        "properties": [
            "status": ["type": "integer"], "headers": ["type": "object"], "body": [:],
        ],
    ]
}
