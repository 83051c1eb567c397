import Model

/// A stored credential for a service, owned by an end user or by the account.
package struct AuthenticationRecord: JSONDocument {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case none, bearer, basic
        case apiKey = "api_key"
        case headers, oauth2
    }

    package enum State: Sendable, Hashable {
        case healthy
        /// Its time has passed and it could not be renewed.
        case expired
        /// The service refuses it.
        case broken(ProblemType, since: Timestamp)

        package var name: String {
            switch self {
            case .healthy: "healthy"
            case .expired: "expired"
            case .broken: "broken"
            }
        }
    }

    package var id: ObjectID
    /// Nil for a shared one, which is the account's own.
    package var owner: ObjectID?
    package var service: String
    package var name: String
    package var kind: Kind
    /// The credential, sealed, as base 64 text.
    package var sealed: String
    package var expiresAt: Timestamp?
    package var state: State
    /// Counts the credentials it has held: who renews one must still see the generation it read.
    package var generation: Int
    /// Of the caller and the idempotency key with which it was made; its digest names it once.
    package var idempotency: String?

    package init(
        id: ObjectID,
        owner: ObjectID?,
        service: String,
        name: String,
        kind: Kind,
        sealed: String,
        expiresAt: Timestamp? = nil,
        state: State = .healthy,
        generation: Int = 1,
    ) {
        self.id = id
        self.owner = owner
        self.service = service
        self.name = name
        self.kind = kind
        self.sealed = sealed
        self.expiresAt = expiresAt
        self.state = state
        self.generation = generation
    }

    package var isShared: Bool { owner == nil }

    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["owner"] = .string(owner?.description ?? "")
        object["service"] = .string(service)
        object["name"] = .string(name)
        object["kind"] = .string(kind.rawValue)
        object["sealed"] = .string(sealed)
        object["expires_at"] = expiresAt.map(JSONValue.time)
        object["state"] = state.json
        object["generation"] = .integer(Int64(generation))
        object["idempotency"] = idempotency.map(JSONValue.string)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.authentication) }),
            let ownerText = object.get("owner", \.stringValue),
            let service = object.get("service", \.stringValue),
            let name = object.get("name", \.stringValue),
            let kind = object.get("kind", { $0.word(Kind.self) }),
            let sealed = object.get("sealed", \.stringValue),
            let expiresAt = object.maybe("expires_at", \.timeValue),
            let state = object.get("state", State.init(json:)),
            let generation = object.get("generation", \.countValue),
            let idempotency = object.maybe("idempotency", \.stringValue)
        else { return nil }
        let owner = ObjectID(.endUser, ownerText)
        guard owner != nil || ownerText.isEmpty else { return nil }
        self.init(
            id: id,
            owner: owner,
            service: service,
            name: name,
            kind: kind,
            sealed: sealed,
            expiresAt: expiresAt,
            state: state,
            generation: generation,
        )
        self.idempotency = idempotency
    }

    /// Never the credential, sealed or not. A client sees none of the account's own: nil.
    package func view(for reader: Reader) -> JSONValue? {
        guard case .object(var object) = json, reader == .partner || !isShared else { return nil }
        object["sealed"] = nil
        object["idempotency"] = nil
        if reader == .client {
            object["owner"] = nil
            object["generation"] = nil
        }
        return .object(object)
    }
}

extension AuthenticationRecord.State {
    var json: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        if case .broken(let type, let since) = self {
            object["problem"] = .string(type.rawValue)
            object["since"] = .time(since)
        }
        return .object(object)
    }

    init?(json: JSONValue) {
        switch json["name"]?.stringValue {
        case "healthy": self = .healthy
        case "expired": self = .expired
        case "broken":
            guard let type = json["problem"]?.word(ProblemType.self),
                let since = json["since"]?.timeValue
            else { return nil }
            self = .broken(type, since: since)
        default: return nil
        }
    }
}
