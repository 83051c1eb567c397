import ConnectorKit
import Model

/// The real OAuth client, but for the answers of the token endpoint.
struct GrantingTokens: TokenService {
    let base: any TokenService
    /// The access token for a code.
    let grant: @Sendable (String) throws(Problem) -> String

    func verifier(_ random: [UInt8]) -> String { base.verifier(random) }

    func signedState(_ state: AuthorizationState, keys: [[UInt8]]) -> String {
        base.signedState(state, keys: keys)
    }

    func state(
        _ text: String,
        keys: [[UInt8]],
        now: Timestamp,
    ) throws(Problem) -> AuthorizationState {
        try base.state(text, keys: keys, now: now)
    }

    func authorizationURL(_ request: AuthorizationRequest) throws(Problem) -> String {
        try base.authorizationURL(request)
    }

    func code(inAnswer query: JSONObject, client: OAuthClient) throws(Problem) -> String {
        try base.code(inAnswer: query, client: client)
    }

    func exchange(
        code: String,
        verifier: String,
        redirectURI: String,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        TokenSet(accessToken: try grant(code), refreshToken: "r", obtainedAt: clock.now())
    }

    func refresh(
        _ tokens: TokenSet,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet { tokens }

    func clientCredentials(
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet { throw Problem(.configuration) }
}
