import Model

/// A key that a program of the partner calls the API with; only its hash is kept.
package struct APIKey: JSONDocument {
    package var id: ObjectID
    package var name: String
    package var role: Role
    /// Hex SHA-256 of the key's text, which has 256 bits of chance.
    package var hash: String
    package var createdAt: Timestamp
    package var revokedAt: Timestamp?

    package init(
        id: ObjectID,
        name: String,
        role: Role,
        hash: String,
        createdAt: Timestamp,
        revokedAt: Timestamp? = nil,
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.hash = hash
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }

    package func isValid(at now: Timestamp) -> Bool { revokedAt.map { now < $0 } ?? true }

    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["name"] = .string(name)
        object["role"] = .string(role.rawValue)
        object["hash"] = .string(hash)
        object["created_at"] = .time(createdAt)
        object["revoked_at"] = revokedAt.map(JSONValue.time)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.apiKey) }),
            let name = object.get("name", \.stringValue),
            let role = object.get("role", { $0.word(Role.self) }),
            let hash = object.get("hash", \.stringValue),
            let createdAt = object.get("created_at", \.timeValue),
            let revokedAt = object.maybe("revoked_at", \.timeValue)
        else { return nil }
        self.init(
            id: id,
            name: name,
            role: role,
            hash: hash,
            createdAt: createdAt,
            revokedAt: revokedAt,
        )
    }

    /// Without the hash; a client sees no keys.
    package func view(for reader: Reader) -> JSONValue? {
        guard reader == .partner, case .object(var object) = json else { return nil }
        object["hash"] = nil
        return .object(object)
    }
}
