import Embedding
import Engine
import Model

/// What the OpenAPI document says of keys, connect links and the vault.
enum AccessSchemas {
    static func summary(_ route: Route) -> String {
        switch route {
        case .signingKeys: "Signing keys of end-user tokens, oldest first; never a secret."
        case .createSigningKey: "Register a signing key; a secret is seen this once."
        case .deleteSigningKey: "Delete a signing key: its tokens count no more."
        case .vault: "Which keys seal what is secret."
        case .rotateVault: "Read the key ring again, and seal anew what older keys sealed."
        case .connectLinks: "Connect links, oldest first; never the text of one."
        case .createConnectLink: "Make a link by which an end user connects services."
        case .revokeConnectLink: "Take a connect link back."
        case .connectForm: "Connect by the form of a connect page."
        case .connectStart: "Send the browser to the service, to agree."
        case .oauthCallback: "Where a service sends the browser back to."
        default: "The page on which an end user connects services."
        }
    }

    static func answers(_ route: Route) -> [(status: String, schema: String?)] {
        switch route {
        case .signingKeys: [("200", "SigningKeys")]
        case .createSigningKey: [("201", "NewSigningKey")]
        case .vault: [("200", "Vault")]
        case .rotateVault: [("200", "Rotation")]
        case .connectLinks: [("200", "ConnectLinks")]
        default: [("201", "NewConnectLink")]
        }
    }

    static func request(of route: Route) -> JSONValue? {
        switch route {
        case .createSigningKey:
            [
                "oneOf": [
                    EmbeddingSchemas.strict(
                        ["algorithm"],
                        ["algorithm": ["const": "HS256"], "issuer": EmbeddingSchemas.name()],
                    ),
                    EmbeddingSchemas.strict(
                        ["algorithm", "public_key"],
                        [
                            "algorithm": OpenAPISchemas.words(["RS256", "ES256"]),
                            "public_key": [
                                "type": "string",
                                "pattern": #"^-----BEGIN PUBLIC KEY-----[ -~\r\n]*$"#,
                                "maxLength": .integer(Int64(Directory.publicKeyLimit)),
                            ],
                            "issuer": EmbeddingSchemas.name(),
                        ],
                    ),
                ]
            ]
        case .createConnectLink:
            [
                "anyOf": [
                    link(
                        ["end_user"],
                        [
                            "end_user": EmbeddingSchemas.name(InstanceBody.userLength),
                            "instance": EmbeddingSchemas.id(.instance),
                            "slot": EmbeddingSchemas.name(), "service": EmbeddingSchemas.name(),
                        ],
                    ),
                    link(
                        ["service", "name"],
                        ["service": EmbeddingSchemas.name(), "name": EmbeddingSchemas.name()],
                    ),
                ]
            ]
        case .rotateVault:
            EmbeddingSchemas.strict([], ["add_key": EmbeddingSchemas.flag])
        default: nil
        }
    }

    /// A slot is an instance's.
    private static func link(_ required: [JSONValue], _ properties: JSONObject) -> JSONValue {
        var properties = properties
        properties["return_url"] = EmbeddingSchemas.name(1...ReturnAddress.longest)
        properties["expires_in"] = [
            "type": "integer", "minimum": .integer(seconds(\.lowerBound)),
            "maximum": .integer(seconds(\.upperBound)),
        ]
        var schema =
            EmbeddingSchemas.strict(required, .object(properties)).objectValue ?? JSONObject()
        if properties["slot"] != nil { schema["dependentRequired"] = ["slot": ["instance"]] }
        return .object(schema)
    }

    private static func seconds(_ end: KeyPath<ClosedRange<TimeSpan>, TimeSpan>) -> Int64 {
        ConnectLink.lifetimes[keyPath: end].milliseconds / 1000
    }

    private static let text = OpenAPISchemas.text
    private static let time = OpenAPISchemas.time
    private static let count: JSONValue = ["type": "integer", "minimum": 0]

    private static let link: JSONObject = [
        "id": EmbeddingSchemas.id(.connectLink), "end_user": EmbeddingSchemas.id(.endUser),
        "instance": EmbeddingSchemas.id(.instance), "slot": text, "service": text, "name": text,
        "return_url": text, "created_at": time, "expires_at": time,
        "authentication": EmbeddingSchemas.id(.authentication), "closed_at": time,
        "revoked": EmbeddingSchemas.flag, "used": EmbeddingSchemas.flag,
    ]

    private static let key: JSONObject = [
        "id": EmbeddingSchemas.id(.signingKey),
        "algorithm": OpenAPISchemas.words(SigningKey.Algorithm.allCases.map(\.rawValue)),
        "public_key": text, "issuer": text, "created_at": time,
    ]

    private static let vault: JSONObject = [
        "keys": [
            "type": "array",
            "items": OpenAPISchemas.object(
                ["id", "values", "seals"],
                ["id": text, "values": count, "seals": EmbeddingSchemas.flag],
            ),
        ],
        "values": count, "to_reseal": count, "lost": count,
    ]

    static var objects: JSONObject {
        var newKey = key
        newKey["secret"] = ["type": "string", "pattern": "^bssk_[A-Za-z0-9_-]{43}$"]
        var newLink = link
        newLink["url"] = text
        var rotation = vault
        rotation["resealed"] = count
        rotation["unreadable"] = count
        let linkNeeds: [JSONValue] = ["id", "created_at", "expires_at", "used"]
        let vaultNeeds: [JSONValue] = ["keys", "values", "to_reseal", "lost"]
        return [
            "SigningKey": OpenAPISchemas.object(["id", "algorithm", "created_at"], .object(key)),
            "NewSigningKey": OpenAPISchemas.object(
                ["id", "algorithm", "created_at"],
                .object(newKey),
            ),
            "ConnectLink": OpenAPISchemas.object(linkNeeds, .object(link)),
            "NewConnectLink": OpenAPISchemas.object(linkNeeds + ["url"], .object(newLink)),
            "Vault": OpenAPISchemas.object(vaultNeeds, .object(vault)),
            "Rotation": OpenAPISchemas.object(
                vaultNeeds + ["resealed", "unreadable"],
                .object(rotation),
            ),
        ]
    }
}
