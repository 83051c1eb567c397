import Model

/// An OAuth 2 client as it is registered with a service, opened for one use.
///
/// Neither description nor reflection shows the secret.
public struct OAuthClient: Sendable, Hashable {
    /// How the client proves itself at the token endpoint (RFC 6749, section 2.3.1).
    public enum Proof: String, Sendable, Hashable, CaseIterable {
        /// HTTP Basic, the form that every server must know.
        case basic
        /// `client_id` and `client_secret` in the body.
        case body
    }

    /// The id that the service gave.
    public var id: String
    /// Nil for a client that cannot keep one.
    public var secret: String?
    /// How it is sent.
    public var proof: Proof
    /// Where the user agrees; only the authorization code needs it.
    public var authorizationURL: String?
    /// Where tokens are given.
    public var tokenURL: String
    /// When set, an answer to the redirect must name this issuer (RFC 9207).
    public var issuer: String?
    /// What is asked for; empty leaves it to the service.
    public var scopes: [String]
    /// Further parameters of the authorization URL: `access_type`, `prompt`.
    public var authorizationParameters: [String: String]
    /// Further parameters of token requests: `audience`, `resource`.
    public var tokenParameters: [String: String]

    /// Makes one from its members.
    public init(
        id: String,
        secret: String? = nil,
        proof: Proof = .basic,
        authorizationURL: String? = nil,
        tokenURL: String,
        issuer: String? = nil,
        scopes: [String] = [],
        authorizationParameters: [String: String] = [:],
        tokenParameters: [String: String] = [:],
    ) {
        self.id = id
        self.secret = secret
        self.proof = proof
        self.authorizationURL = authorizationURL
        self.tokenURL = tokenURL
        self.issuer = issuer
        self.scopes = scopes
        self.authorizationParameters = authorizationParameters
        self.tokenParameters = tokenParameters
    }
}

extension OAuthClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id and the endpoint alone.
    public var description: String { "OAuthClient(\(id))" }
    /// As the description.
    public var debugDescription: String { description }
    /// Without the secret.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
