import Model

/// What end-user tokens are checked with; the partner's backend signs them.
package struct SigningKey: JSONDocument {
    package enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case hs256 = "HS256"
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    package enum Material: Sendable, Hashable {
        /// The shared secret of HS256, sealed, as base 64 text.
        case sealed(String)
        /// The public key of RS256 and ES256, as PEM.
        case publicKey(String)
    }

    /// A token names it as `kid`.
    package let id: ObjectID
    package let algorithm: Algorithm
    package let material: Material
    /// When set, a token must name it as `iss`.
    package let issuer: String?
    package let createdAt: Timestamp

    /// Nil when the material is not of the algorithm's kind: a public key must never be taken as
    /// the secret of an HMAC.
    package init?(
        id: ObjectID,
        algorithm: Algorithm,
        material: Material,
        issuer: String? = nil,
        createdAt: Timestamp,
    ) {
        switch (algorithm, material) {
        case (.hs256, .sealed), (.rs256, .publicKey), (.es256, .publicKey): break
        case (.hs256, .publicKey), (.rs256, .sealed), (.es256, .sealed): return nil
        }
        self.id = id
        self.algorithm = algorithm
        self.material = material
        self.issuer = issuer
        self.createdAt = createdAt
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["algorithm"] = .string(algorithm.rawValue)
        switch material {
        case .sealed(let text): object["sealed"] = .string(text)
        case .publicKey(let pem): object["public_key"] = .string(pem)
        }
        object["issuer"] = issuer.map(JSONValue.string)
        object["created_at"] = .time(createdAt)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.signingKey) }),
            let algorithm = object.get("algorithm", { $0.word(Algorithm.self) }),
            let sealed = object.maybe("sealed", \.stringValue),
            let pem = object.maybe("public_key", \.stringValue),
            let issuer = object.maybe("issuer", \.stringValue),
            let createdAt = object.get("created_at", \.timeValue),
            let material = sealed.map(Material.sealed) ?? pem.map(Material.publicKey)
        else { return nil }
        self.init(
            id: id,
            algorithm: algorithm,
            material: material,
            issuer: issuer,
            createdAt: createdAt,
        )
    }

    /// Without the secret; a client sees no keys.
    package func view(for reader: Reader) -> JSONValue? {
        guard reader == .partner, case .object(var object) = json else { return nil }
        object["sealed"] = nil
        return .object(object)
    }
}
