import Model

/// What a token endpoint gave, opened for one use.
///
/// Neither description nor reflection shows a token.
public struct TokenSet: Sendable, Hashable {
    /// A token counts as expired this long before it is, or half its life before if that is less.
    public static let skew = TimeSpan(milliseconds: 60_000)

    /// What requests carry as `Bearer`.
    public var accessToken: String
    /// What the next access token is asked with; the service may give a new one at each refresh.
    public var refreshToken: String?
    /// Nil when the service does not say.
    public var expiresAt: Timestamp?
    /// When it was given.
    public var obtainedAt: Timestamp
    /// What was granted.
    public var scopes: [String]
    /// What was asked for and not granted: the user, or the service, gave less.
    public var missingScopes: [String]
    /// Further members that the service gave: `instance_url`.
    public var extra: JSONObject

    /// Makes one from its members.
    public init(
        accessToken: String,
        refreshToken: String? = nil,
        expiresAt: Timestamp? = nil,
        obtainedAt: Timestamp,
        scopes: [String] = [],
        missingScopes: [String] = [],
        extra: JSONObject = JSONObject(),
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresAt = expiresAt
        self.obtainedAt = obtainedAt
        self.scopes = scopes
        self.missingScopes = missingScopes
        self.extra = extra
    }

    /// Whether a request that begins now may carry it.
    public func isFresh(at now: Timestamp) -> Bool {
        guard let expiresAt else { return true }
        let life = max(0, (expiresAt - obtainedAt).milliseconds)
        return now < expiresAt - TimeSpan(milliseconds: min(Self.skew.milliseconds, life / 2))
    }

    /// The form that is sealed and stored.
    public var json: JSONValue {
        var object = JSONObject()
        object["access_token"] = .string(accessToken)
        object["refresh_token"] = refreshToken.map(JSONValue.string)
        object["expires_at"] = expiresAt.map { .integer($0.milliseconds) }
        object["obtained_at"] = .integer(obtainedAt.milliseconds)
        object["scopes"] = .array(scopes.map(JSONValue.string))
        object["missing_scopes"] = .array(missingScopes.map(JSONValue.string))
        object["extra"] = .object(extra)
        return .object(object)
    }

    /// Reads ``json`` back; nil for anything else.
    public init?(json: JSONValue) {
        guard let accessToken = json["access_token"]?.stringValue,
            let obtainedAt = json["obtained_at"]?.integerValue
        else { return nil }
        self.init(
            accessToken: accessToken,
            refreshToken: json["refresh_token"]?.stringValue,
            expiresAt: json["expires_at"]?.integerValue.map(Timestamp.init(milliseconds:)),
            obtainedAt: Timestamp(milliseconds: obtainedAt),
            scopes: json["scopes"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            missingScopes: json["missing_scopes"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            extra: json["extra"]?.objectValue ?? JSONObject(),
        )
    }
}

extension TokenSet: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// When it ends, and nothing else.
    public var description: String {
        "TokenSet(until \(expiresAt.map(\.description) ?? "it is refused"))"
    }
    /// As the description.
    public var debugDescription: String { description }
    /// Without the tokens.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
