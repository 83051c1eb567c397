import ConnectorKit
import Model

extension StorageConnector {
    static let declared = ConnectorSpec(
        name: "storage",
        title: "Data storage",
        summary: "Key-value storage with the scopes execution, workflow, instance and account.",
        operations: [
            OperationSpec(
                name: "get",
                summary: "Reads a value.",
                parameters: parameters(["key": key, "default": [:]], required: ["key"]),
                result: result(["found": ["type": "boolean"], "value": [:], "version": integer]),
                sideEffect: .read,
                idempotency: .natural,
                problems: [.validation, .tooLarge],
                timeout: timeout,
                limits: limits,
                examples: [["scope": "account", "key": "request/exe_1"]],
            ),
            OperationSpec(
                name: "set",
                summary: "Writes a value; with `if_version` only over that version (0: absent).",
                parameters: parameters(
                    ["key": key, "value": [:], "ttl": ttl, "if_version": version],
                    required: ["key", "value"],
                ),
                result: result(["version": integer]),
                sideEffect: .write,
                idempotency: .natural,
                problems: [.validation, .tooLarge, .conflict],
                timeout: timeout,
                limits: limits,
                examples: [["key": "cursor", "value": 17, "ttl": "7d", "if_version": 3]],
            ),
            OperationSpec(
                name: "delete",
                summary: "Removes a value.",
                parameters: parameters(["key": key, "if_version": version], required: ["key"]),
                result: result(["deleted": ["type": "boolean"]]),
                sideEffect: .delete,
                idempotency: .natural,
                problems: [.validation, .tooLarge, .conflict],
                timeout: timeout,
                limits: limits,
                examples: [["key": "cursor"]],
            ),
            OperationSpec(
                name: "increment",
                summary: "Adds to a whole number, which is 0 when absent.",
                parameters: parameters(
                    ["key": key, "by": ["type": "integer"], "ttl": ttl],
                    required: ["key"],
                ),
                result: result(["value": integer, "version": integer]),
                sideEffect: .write,
                idempotency: .none,
                problems: [.validation, .tooLarge, .conflict],
                timeout: timeout,
                limits: limits + ", \(incrementTries) tries",
                examples: [["scope": "workflow", "key": "runs"]],
            ),
            OperationSpec(
                name: "list",
                summary: "Lists keys in order, a page at a time.",
                parameters: parameters(
                    [
                        "prefix": ["type": "string"], "after": ["type": "string"],
                        "limit": ["type": "integer", "minimum": 1, "maximum": 1000],
                    ],
                    required: [],
                ),
                result: result(["keys": ["type": "array"], "next": ["type": ["string", "null"]]]),
                sideEffect: .read,
                idempotency: .natural,
                problems: [.validation],
                timeout: timeout,
                limits: "1,000 keys a page",
                examples: [["prefix": "request/", "limit": 10]],
            ),
        ],
    )

    private static let timeout = TimeSpan(milliseconds: 10_000)
    private static let limits = "key 512 B, value 256 KiB of JSON"
    private static let integer: JSONValue = ["type": "integer"]
    private static let version: JSONValue = ["type": "integer", "minimum": 0]
    private static let key: JSONValue = ["type": "string", "minLength": 1]
    private static let ttl: JSONValue = ["type": "string", "pattern": "^[0-9]{1,15}(ms|s|m|h|d)$"]

    private static func parameters(_ members: JSONObject, required: [String]) -> JSONValue {
        var members = members
        members["scope"] = ["enum": .array(StorageScope.allCases.map { .string($0.rawValue) })]
        return [
            "type": "object", "properties": .object(members),
            "required": .array(required.map(JSONValue.string)), "additionalProperties": false,
        ]
    }

    private static func result(_ members: JSONObject) -> JSONValue {
        [
            "type": "object", "properties": .object(members),
            "required": .array(members.keys.map(JSONValue.string)),
        ]
    }
}
