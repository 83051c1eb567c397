import Model

/// A link that a partner gives to one of its end users, to connect services in a browser.
///
/// Whoever has its text may open it until it ends. The first act binds it to one browser, and it is
/// over when all that it is for is connected.
package struct ConnectLink: JSONDocument {
    /// How long a link may be good for, from a minute to a week.
    package static let lifetimes =
        TimeSpan(milliseconds: 60_000)...TimeSpan(milliseconds: 7 * 86_400_000)
    package static let usualLifetime = TimeSpan(milliseconds: 3_600_000)
    /// How long an end user may take at the service.
    package static let longestAuthorization = TimeSpan(milliseconds: 600_000)
    /// A link stays so long after its end, so that its page can say what happened.
    package static let keptFor = TimeSpan(milliseconds: 86_400_000)

    /// An authorization that is under way. There is one at most: a later start replaces it.
    package struct Authorization: Sendable, Hashable {
        /// What is being connected: ``ConnectItem/key``.
        package var item: String
        /// Hex SHA-256 of the nonce in the state.
        package var nonceHash: String
        /// The PKCE verifier, sealed.
        package var sealedVerifier: String
        /// As the service was told.
        package var redirectURI: String
        package var expiresAt: Timestamp

        package init(
            item: String,
            nonceHash: String,
            sealedVerifier: String,
            redirectURI: String,
            expiresAt: Timestamp,
        ) {
            self.item = item
            self.nonceHash = nonceHash
            self.sealedVerifier = sealedVerifier
            self.redirectURI = redirectURI
            self.expiresAt = expiresAt
        }
    }

    /// What a link is for.
    package struct Purpose: Sendable, Hashable {
        /// Nil: the account itself, for a shared connection of ``service`` named ``name``.
        package var endUser: ObjectID?
        /// Nil: all of the end user's.
        package var instance: ObjectID?
        /// Nil: all of the instance's.
        package var slot: String?
        /// Only slots of this service; without an instance, a connection to it that no slot asks
        /// for yet.
        package var service: String?
        package var returnURL: String?
        /// Of a shared connection: the slot that it fills.
        package var name: String?

        package init(
            endUser: ObjectID?,
            instance: ObjectID? = nil,
            slot: String? = nil,
            service: String? = nil,
            returnURL: String? = nil,
            name: String? = nil,
        ) {
            self.endUser = endUser
            self.instance = instance
            self.slot = slot
            self.service = service
            self.returnURL = returnURL
            self.name = name
        }
    }

    package let id: ObjectID
    package let purpose: Purpose
    /// Hex SHA-256 of the link's token, which has 256 bits of chance.
    package let hash: String
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    /// Hex SHA-256 of what the browser that uses it holds; nil until the first act.
    package var sessionHash: String?
    package var authorization: Authorization?
    /// What was connected for the service alone.
    package var authentication: ObjectID?
    /// When it was over, or taken back.
    package var closedAt: Timestamp?
    /// Taken back: its page says nothing any more.
    package var isRevoked: Bool

    package init(
        id: ObjectID,
        purpose: Purpose,
        hash: String,
        createdAt: Timestamp,
        expiresAt: Timestamp,
    ) {
        self.id = id
        self.purpose = purpose
        self.hash = hash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        isRevoked = false
    }

    package func isOpen(at now: Timestamp) -> Bool {
        closedAt == nil && !isRevoked && now < expiresAt
    }

    package var json: JSONValue {
        var object = facts
        object["hash"] = .string(hash)
        object["session"] = sessionHash.map(JSONValue.string)
        object["authorization"] = authorization?.json
        return .object(object)
    }

    private var facts: JSONObject {
        var object = JSONObject()
        object["id"] = .id(id)
        object["end_user"] = purpose.endUser.map(JSONValue.id)
        object["name"] = purpose.name.map(JSONValue.string)
        object["instance"] = purpose.instance.map(JSONValue.id)
        object["slot"] = purpose.slot.map(JSONValue.string)
        object["service"] = purpose.service.map(JSONValue.string)
        object["return_url"] = purpose.returnURL.map(JSONValue.string)
        object["created_at"] = .time(createdAt)
        object["expires_at"] = .time(expiresAt)
        object["authentication"] = authentication.map(JSONValue.id)
        object["closed_at"] = closedAt.map(JSONValue.time)
        object["revoked"] = .bool(isRevoked)
        return object
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.connectLink) }),
            let endUser = object.maybe("end_user", { $0.id(.endUser) }),
            let name = object.maybe("name", \.stringValue),
            let instance = object.maybe("instance", { $0.id(.instance) }),
            let slot = object.maybe("slot", \.stringValue),
            let service = object.maybe("service", \.stringValue),
            let returnURL = object.maybe("return_url", \.stringValue),
            let hash = object.get("hash", \.stringValue),
            let createdAt = object.get("created_at", \.timeValue),
            let expiresAt = object.get("expires_at", \.timeValue),
            let sessionHash = object.maybe("session", \.stringValue),
            let authorization = object.maybe("authorization", Authorization.init(json:)),
            let authentication = object.maybe("authentication", { $0.id(.authentication) }),
            let closedAt = object.maybe("closed_at", \.timeValue),
            let isRevoked = object.get("revoked", \.boolValue)
        else { return nil }
        self.init(
            id: id,
            purpose: Purpose(
                endUser: endUser,
                instance: instance,
                slot: slot,
                service: service,
                returnURL: returnURL,
                name: name,
            ),
            hash: hash,
            createdAt: createdAt,
            expiresAt: expiresAt,
        )
        self.sessionHash = sessionHash
        self.authorization = authorization
        self.authentication = authentication
        self.closedAt = closedAt
        self.isRevoked = isRevoked
    }

    /// Without its hashes; the link's text is seen once, when it is made. A client sees no links.
    package func view(for reader: Reader) -> JSONValue? {
        guard reader == .partner else { return nil }
        var object = facts
        object["used"] = .bool(sessionHash != nil)
        return .object(object)
    }
}

extension ConnectLink.Authorization {
    var json: JSONValue {
        [
            "item": .string(item), "nonce": .string(nonceHash),
            "verifier": .string(sealedVerifier), "redirect_uri": .string(redirectURI),
            "expires_at": .time(expiresAt),
        ]
    }

    init?(json: JSONValue) {
        guard let item = json["item"]?.stringValue, let nonceHash = json["nonce"]?.stringValue,
            let sealedVerifier = json["verifier"]?.stringValue,
            let redirectURI = json["redirect_uri"]?.stringValue,
            let expiresAt = json["expires_at"]?.timeValue
        else { return nil }
        self.init(
            item: item,
            nonceHash: nonceHash,
            sealedVerifier: sealedVerifier,
            redirectURI: redirectURI,
            expiresAt: expiresAt,
        )
    }
}
