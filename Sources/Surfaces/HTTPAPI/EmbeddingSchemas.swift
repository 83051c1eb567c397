import Embedding
import Engine
import Model

/// What the OpenAPI document says of the embedding's routes.
enum EmbeddingSchemas {
    static func summary(_ route: Route) -> String {
        switch route {
        case .endUsers: "End users, oldest first."
        case .createEndUser: "Make an end user, or find the same one."
        case .endUser: "One end user."
        case .deleteEndUser: "Delete an end user with its instances and authentications."
        case .solutions: "The deployed version of each solution."
        case .versions: "Every version of a solution that was deployed."
        case .instances: "Instances, oldest first."
        case .createInstance: "Make an instance, or find the same one."
        case .instance: "One instance."
        case .deleteInstance: "Delete an instance."
        case .configureInstance: "Set config values; null takes one away."
        case .connectInstance: "Put authentications into slots; null takes one out."
        case .enableInstance: "Let an instance work."
        case .disableInstance: "Switch an instance off."
        case .upgradeInstance: "Pin an instance to another version, or see what that would do."
        case .upgradeInstances: "Upgrade the instances of a solution that nothing blocks."
        case .enableInstances: "Let the instances of a solution work."
        case .disableInstances: "Switch the instances of a solution off."
        case .createEndUsers: "Make many end users; each item by itself."
        case .createInstances: "Make many instances; each item by itself."
        case .project: "Which project is applied."
        case .planProject: "What applying a project would change."
        case .applyProject: "Make a project live, in one transaction."
        case .authentications: "Authentications, oldest first; never a credential."
        case .createAuthentication: "Keep a credential."
        case .replaceCredential: "Put another credential in the place of the old one."
        case .deleteAuthentication: "Forget a credential."
        case .connections: "Credentials and what else is not healthy, with their breakers."
        case .connection: "One connection: its health, its breakers, what it parks."
        case .probeConnection: "Find out at once whether a connection works again."
        case .closeConnection: "Take a connection for mended; what is parked is resumed."
        case .audit: "Who changed what, newest first."
        case .apiKeys: "API keys, oldest first; never the text of one."
        case .createAPIKey: "Make an API key; its text is seen this once."
        case .revokeAPIKey: "Revoke an API key."
        default:
            ReplaySchemas.summary(route) ?? AlertingSchemas.summary(route)
                ?? AccessSchemas.summary(route)
        }
    }

    /// The statuses of what went well, with the name of the body's schema.
    static func answers(_ route: Route) -> [(status: String, schema: String?)] {
        switch route {
        case .endUsers: [("200", "EndUsers")]
        case .createEndUser: [("200", "EndUser"), ("201", "EndUser")]
        case .endUser: [("200", "EndUser")]
        case .solutions: [("200", "Solutions")]
        case .versions: [("200", "Versions")]
        case .instances: [("200", "Instances")]
        case .createInstance: [("200", "Instance"), ("201", "Instance")]
        case .upgradeInstances: [("200", "UpgradeSummary")]
        case .enableInstances, .disableInstances: [("200", "SwitchSummary")]
        case .createEndUsers, .createInstances: [("200", "BulkResults")]
        case .project: [("200", "AppliedProject")]
        case .planProject, .applyProject: [("200", "ProjectPlan")]
        case .upgradeInstance: [("200", "UpgradePlan")]
        case .authentications: [("200", "Authentications")]
        case .createAuthentication: [("200", "Authentication"), ("201", "Authentication")]
        case .replaceCredential: [("200", "Authentication")]
        case .connections: [("200", "Connections")]
        case .connection, .probeConnection, .closeConnection: [("200", "Connection")]
        case .audit: [("200", "AuditRecords")]
        case .apiKeys: [("200", "APIKeys")]
        case .createAPIKey: [("201", "NewAPIKey")]
        case .signingKeys, .createSigningKey, .vault, .rotateVault, .connectLinks,
            .createConnectLink:
            AccessSchemas.answers(route)
        case .deleteEndUser, .deleteInstance, .deleteAuthentication, .revokeAPIKey,
            .deleteSigningKey, .revokeConnectLink:
            [("204", nil)]
        default:
            ReplaySchemas.answers(route) ?? AlertingSchemas.answers(route) ?? [("200", "Instance")]
        }
    }

    static func parameter(_ name: String, of route: Route) -> JSONValue? {
        if let schema = AlertingSchemas.parameter(name, of: route) { return schema }
        if route == .connections, name != "limit" { return connectionParameter(name) }
        guard name == "cursor" || name == "state" else { return nil }
        switch route {
        case .instances:
            return name == "cursor"
                ? id(.instance) : OpenAPISchemas.words(Instance.State.allCases.map(\.rawValue))
        case .replays: return id(.replay)
        case .replayItems: return ReplaySchemas.parameter(name)
        case .endUsers: return id(.endUser)
        case .authentications: return id(.authentication)
        case .audit: return id(.audit)
        case .apiKeys: return id(.apiKey)
        case .signingKeys: return id(.signingKey)
        case .connectLinks: return id(.connectLink)
        default: return nil
        }
    }

    private static func connectionParameter(_ name: String) -> JSONValue {
        name == "health"
            ? OpenAPISchemas.words(["healthy", "degraded", "broken"])
            : ["type": "string", "minLength": 1, "maxLength": 64]
    }

    // MARK: Requests

    static func request(of route: Route) -> JSONValue? {
        switch route {
        case .createEndUser: newEndUser
        case .createInstance: newInstance
        case .createEndUsers: items(newEndUser)
        case .createInstances: items(newInstance)
        case .enableInstances, .disableInstances:
            filter(["solution"], ["version": name()])
        case .configureInstance: anyObject
        case .connectInstance:
            [
                "type": "object", "maxProperties": .integer(Int64(InstanceBody.slots)),
                "additionalProperties": ["anyOf": [id(.authentication), ["type": "null"]]],
            ]
        case .upgradeInstance:
            strict(
                ["version"],
                ["version": name(), "config": anyObject, "auth": auth, "dry_run": flag],
            )
        case .upgradeInstances:
            filter(
                ["solution", "to"],
                ["from": name(), "to": name(), "config": anyObject],
            )
        case .planProject: strict(["files"], ["files": files])
        case .applyProject:
            strict(
                ["files"],
                [
                    "files": files,
                    "revision": [
                        "type": "integer", "minimum": 0, "maximum": .integer(Int64.max),
                    ],
                ],
            )
        case .createAuthentication:
            credential(
                ["service", "name"],
                [
                    "owner": name(InstanceBody.userLength), "service": name(), "name": name(),
                ],
            )
        case .replaceCredential: credential([], [:])
        case .createAPIKey:
            strict(
                ["name", "role"],
                [
                    "name": name(), "role": OpenAPISchemas.words(Role.allCases.map(\.rawValue)),
                ],
            )
        default:
            ReplaySchemas.request(of: route) ?? AlertingSchemas.request(of: route)
                ?? AccessSchemas.request(of: route)
        }
    }

    private static let newEndUser = strict(
        ["external_id"],
        [
            "external_id": name(EndUser.externalIDLength), "name": name(), "metadata": anyObject,
        ],
    )

    private static let newInstance = strict(
        ["end_user", "solution"],
        [
            "end_user": name(InstanceBody.userLength), "solution": name(), "version": name(),
            "name": name(), "config": anyObject, "auth": auth, "enable": flag,
        ],
    )

    /// What is wrong with one item is told in its result: the call takes any object.
    private static func items(_ item: JSONValue) -> JSONValue {
        strict(
            ["items"],
            [
                "items": [
                    "type": "array", "minItems": 1,
                    "maxItems": .integer(Int64(Directory.bulkLimit)),
                    "items": ["anyOf": [item, anyObject]],
                ]
            ],
        )
    }

    /// Which instances a change of many is about.
    private static func filter(_ required: [JSONValue], _ more: JSONObject) -> JSONValue {
        var members = more
        members["solution"] = name()
        members["end_user"] = name(InstanceBody.userLength)
        members["state"] = OpenAPISchemas.words(["created", "enabled", "disabled"])
        members["limit"] = [
            "type": "integer", "minimum": 1,
            "maximum": .integer(Int64(InstanceFilter.pageLimit)),
        ]
        members["cursor"] = id(.instance)
        members["dry_run"] = flag
        return strict(required, .object(members))
    }

    private static let files: JSONValue = [
        "type": "object", "minProperties": 1,
        "maxProperties": .integer(Int64(ProjectUpload.fileLimit)),
        "propertyNames": [
            "pattern":
                #"^[^./\u0000-\u001f\u007f][^/\u0000-\u001f\u007f]*(/[^./\u0000-\u001f\u007f][^/\u0000-\u001f\u007f]*)*\.ya?ml$"#
        ],
        "additionalProperties": ["type": "string"],
    ]

    /// Any JSON; a number beyond 64 bits is written as a string.
    static let value: JSONValue = [
        "anyOf": [
            ["type": ["null", "boolean", "string"]],
            [
                "type": "number", "minimum": .integer(Int64.min), "maximum": .integer(Int64.max),
            ],
            ["type": "array", "items": ["$ref": "#/components/schemas/Value"]],
            anyObject,
        ]
    ]

    private static let anyObject: JSONValue = [
        "type": "object", "additionalProperties": ["$ref": "#/components/schemas/Value"],
    ]
    static let flag: JSONValue = ["type": "boolean"]
    private static let auth: JSONValue = [
        "type": "object", "maxProperties": .integer(Int64(InstanceBody.slots)),
        "additionalProperties": id(.authentication),
    ]

    static func id(_ kind: ObjectID.Kind) -> JSONValue {
        [
            "type": "string",
            "pattern": .string("^\(kind.rawValue)_[0-7][0-9a-hjkmnp-tv-z]{12}$"),
        ]
    }

    static func name(_ length: ClosedRange<Int> = RequestBody.nameLength) -> JSONValue {
        [
            "type": "string", "minLength": .integer(Int64(length.lowerBound)),
            "maxLength": .integer(Int64(length.upperBound)),
            "pattern": #"^[^\u0000-\u001f\u007f]*$"#,
        ]
    }

    static func strict(_ required: [JSONValue], _ properties: JSONValue) -> JSONValue {
        [
            "type": "object", "required": .array(required), "properties": properties,
            "additionalProperties": false,
        ]
    }

    /// A body with a credential: one alternative for each kind.
    private static func credential(_ required: [JSONValue], _ properties: JSONObject) -> JSONValue {
        let secret: JSONValue = ["type": "string", "minLength": 1]
        let kinds: [(AuthenticationRecord.Kind, JSONValue)] = [
            (.bearer, strict(["token"], ["token": secret])),
            (.basic, strict(["user", "password"], ["user": secret, "password": secret])),
            (
                .apiKey,
                [
                    "anyOf": [
                        strict(["key"], ["key": secret, "header": secret]),
                        strict(["key"], ["key": secret, "query": secret]),
                    ]
                ],
            ),
            (
                .headers,
                [
                    "type": "object", "minProperties": 1, "maxProperties": 32,
                    "additionalProperties": secret,
                ],
            ),
            (
                .oauth2,
                [
                    "anyOf": [
                        strict([], [:]),
                        strict(
                            ["client_id", "client_secret"],
                            ["client_id": secret, "client_secret": secret],
                        ),
                    ]
                ],
            ),
        ]
        return [
            "oneOf": .array(
                kinds.map { kind, fields in
                    var members = properties
                    members["kind"] = ["const": .string(kind.rawValue)]
                    members["fields"] = fields
                    return strict(required + ["kind", "fields"], .object(members))
                }
            )
        ]
    }
}
