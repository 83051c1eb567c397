import Model

/// Time, as connectors get it.
public protocol ConnectorClock: Sendable {
    /// The time now.
    func now() -> Timestamp
    /// Ends after the time, or throws `cancelled` when the task is cancelled.
    func sleep(for span: TimeSpan) async throws(Problem)
}

/// Where a user is sent to agree, and what must be kept until the answer comes.
public struct AuthorizationRequest: Sendable {
    /// Who asks.
    public var client: OAuthClient
    /// Where the service sends the user back to; registered with the service.
    public var redirectURI: String
    /// Comes back unchanged: ``TokenService/signedState(_:keys:)``.
    public var state: String
    /// From ``TokenService/verifier(_:)``: kept on this side until the exchange.
    public var verifier: String

    /// Makes one from its members.
    public init(client: OAuthClient, redirectURI: String, state: String, verifier: String) {
        self.client = client
        self.redirectURI = redirectURI
        self.state = state
        self.verifier = verifier
    }
}

/// What a `state` says: whose authorization it is, and until when the answer may come.
public struct AuthorizationState: Sendable, Hashable {
    /// The id of the authentication or instance.
    public var subject: String
    /// Random; what is kept for this authorization is found by it, and used once.
    public var nonce: String
    /// In whole seconds.
    public var expiresAt: Timestamp

    /// Makes one from its members.
    public init(subject: String, nonce: String, expiresAt: Timestamp) {
        self.subject = subject
        self.nonce = nonce
        self.expiresAt = expiresAt
    }
}

/// The client side of OAuth 2 (RFC 6749, with PKCE of RFC 7636).
///
/// What it throws never holds a secret, a code, a token or a verifier.
public protocol TokenService: Sendable {
    /// A PKCE verifier of 32 random bytes.
    func verifier(_ random: [UInt8]) -> String

    /// A text that nobody without a key can make.
    /// - Parameter keys: 32 bytes each; the first signs.
    func signedState(_ state: AuthorizationState, keys: [[UInt8]]) -> String

    /// What a `state` says.
    /// - Throws: B2617 when none of the keys signed it, B2618 when its time has passed.
    func state(
        _ text: String,
        keys: [[UInt8]],
        now: Timestamp,
    ) throws(Problem) -> AuthorizationState

    /// The address that the user's browser opens.
    func authorizationURL(_ request: AuthorizationRequest) throws(Problem) -> String

    /// The code in the query that the user came back with.
    /// - Throws: the problem of an `error` in it; B2619 when it is no answer of this client.
    func code(inAnswer query: JSONObject, client: OAuthClient) throws(Problem) -> String

    /// Tokens for a code (RFC 6749, section 4.1.3).
    func exchange(
        code: String,
        verifier: String,
        redirectURI: String,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet

    /// New tokens for old (section 6). The old refresh token is kept when there is no new one.
    func refresh(
        _ tokens: TokenSet,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet

    /// Tokens for the client itself (section 4.4).
    func clientCredentials(
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet
}
