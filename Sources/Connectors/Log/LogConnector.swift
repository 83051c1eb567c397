import ConnectorKit
import Model

/// Writes to the log: `log.info { message, fields }`.
struct LogConnector: Connector {
    static let messageLimit = 16_384
    static let fieldsLimit = 65_536

    static let declared = ConnectorSpec(
        name: "log",
        title: "Log",
        summary: "Writes a record to the log, with the execution's identifiers, redacted.",
        operations: [
            operation("debug", hasLevel: false), operation("info", hasLevel: false),
            operation("warning", hasLevel: false), operation("error", hasLevel: false),
            operation("write", hasLevel: true),
        ],
    )

    var spec: ConnectorSpec { Self.declared }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        let name = call.operation == "write" ? call.input["level"]?.stringValue : call.operation
        guard let level = LogLevel(rawValue: name ?? "info") else {
            throw Problem(
                .validation,
                detail: "there is no level \(name ?? "")",
                code: "B2451",
            )
        }
        let message = QueryPairs.text(call.input["message"] ?? "")
        let fields = call.input["fields"]?.objectValue ?? JSONObject()
        guard message.utf8.count <= Self.messageLimit,
            JSONWriter.encodedSize(.object(fields)) <= Self.fieldsLimit
        else {
            throw Problem(
                .tooLarge,
                detail: "a record has at most \(Self.messageLimit) bytes of message and"
                    + " \(Self.fieldsLimit) of fields",
                code: "B2452",
            )
        }
        call.services.log(level: level, message: message, fields: fields)
        return ["logged": true]
    }

    private static func operation(_ name: String, hasLevel: Bool) -> OperationSpec {
        var members: JSONObject = ["message": [:], "fields": ["type": "object"]]
        if hasLevel {
            members["level"] = ["enum": .array(LogLevel.allCases.map { .string($0.rawValue) })]
        }
        return OperationSpec(
            name: name,
            summary: hasLevel ? "Writes at the given level." : "Writes at level \(name).",
            parameters: [
                "type": "object", "properties": .object(members), "required": ["message"],
                "additionalProperties": false,
            ],
            result: ["type": "object", "properties": ["logged": ["const": true]]],
            sideEffect: .none,
            idempotency: .natural,
            problems: [.validation, .tooLarge],
            timeout: TimeSpan(milliseconds: 5_000),
            limits: "message 16 KiB, fields 64 KiB of JSON",
            examples: [["message": "order placed", "fields": ["order": 7]]],
        )
    }
}
