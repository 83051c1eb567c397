import ConnectorKit
import Model

/// The address where the user agrees (RFC 6749, section 4.1.1).
enum AuthorizationAddress {
    /// What `authorizationParameters` cannot change.
    static let reserved: Set<String> = [
        "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
        "code_challenge_method",
    ]

    static func make(_ request: AuthorizationRequest) throws(Problem) -> String {
        let client = request.client
        guard let text = client.authorizationURL else {
            throw OAuthProblem.misconfigured("the client \(client.id) has no authorization URL")
        }
        guard ProofKey.isVerifier(request.verifier) else {
            throw OAuthProblem.misconfigured("the PKCE verifier is not one of RFC 7636")
        }
        var url = try OAuthEndpoint.url(text, named: "authorization URL")
        var pairs = [
            (name: "response_type", value: "code"), (name: "client_id", value: client.id),
            (name: "redirect_uri", value: request.redirectURI),
        ]
        if !client.scopes.isEmpty {
            pairs.append((name: "scope", value: client.scopes.joined(separator: " ")))
        }
        pairs += [
            (name: "state", value: request.state),
            (name: "code_challenge", value: ProofKey.challenge(request.verifier)),
            (name: "code_challenge_method", value: "S256"),
        ]
        let further = client.authorizationParameters.sorted { $0.key < $1.key }
        for (name, value) in further where !reserved.contains(name) {
            pairs.append((name: name, value: value))
        }
        url.replace(query: pairs, names: reserved)
        return url.description
    }
}
