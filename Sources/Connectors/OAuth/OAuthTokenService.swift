import ConnectorKit
import Model

/// The OAuth client over the guarded transport.
struct OAuthTokenService: TokenService {
    let transport: HTTPTransport

    func verifier(_ random: [UInt8]) -> String { ProofKey.verifier(random) }

    func signedState(_ state: AuthorizationState, keys: [[UInt8]]) -> String {
        SignedState.make(state, keys: keys)
    }

    func state(
        _ text: String,
        keys: [[UInt8]],
        now: Timestamp,
    ) throws(Problem) -> AuthorizationState {
        try SignedState.read(text, keys: keys, now: now)
    }

    func authorizationURL(_ request: AuthorizationRequest) throws(Problem) -> String {
        try AuthorizationAddress.make(request)
    }

    func code(inAnswer query: JSONObject, client: OAuthClient) throws(Problem) -> String {
        try AuthorizationAnswer.code(query, client: client)
    }

    func exchange(
        code: String,
        verifier: String,
        redirectURI: String,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        let grant = TokenRequest.Grant.authorizationCode(
            code: code,
            verifier: verifier,
            redirectURI: redirectURI,
        )
        return try await send(TokenRequest(client: client, grant: grant), kept: nil, clock: clock)
    }

    func refresh(
        _ tokens: TokenSet,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        guard let token = tokens.refreshToken else {
            throw Problem(
                .authentication,
                detail: "the token has ended, and the service gave none to refresh it with",
                code: "B2621",
            )
        }
        let request = TokenRequest(client: client, grant: .refreshToken(token))
        return try await send(request, kept: tokens, clock: clock)
    }

    func clientCredentials(
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        let request = TokenRequest(client: client, grant: .clientCredentials)
        return try await send(request, kept: nil, clock: clock)
    }

    private func send(
        _ request: TokenRequest,
        kept: TokenSet?,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        do throws(Problem) {
            let response = try await transport.send(try request.request(), services: clock)
            return try TokenAnswer.read(response, to: request, kept: kept, now: clock.now())
        } catch {
            throw Redactor(secrets: request.secrets + [kept?.accessToken].compactMap(\.self))
                .redact(error)
        }
    }
}
