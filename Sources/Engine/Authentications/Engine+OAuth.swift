import ConnectorKit
import Definitions
import Embedding
import Model

extension Engine {
    /// The partner's client at the service, or the one that the credential brings, with its secret
    /// opened for one use.
    ///
    /// - Throws: B2833 when the service has none; what the secret's place says.
    func oauthClient(
        of service: String,
        _ credential: StoredCredential? = nil,
    ) throws(Problem) -> (client: OAuthClient, service: any TokenService) {
        guard let oauth = deployment.project.account.services[service]?.oauth, let tokenService
        else {
            throw ConnectFault.noOAuth.problem(detail: "services.\(service).oauth is not set")
        }
        var client = OAuthClient(
            id: "",
            proof: oauth.proof == .basic ? .basic : .body,
            authorizationURL: oauth.authorizationURL,
            tokenURL: oauth.tokenURL,
            issuer: oauth.issuer,
            scopes: oauth.scopes,
            authorizationParameters: oauth.authorizationParameters,
            tokenParameters: oauth.tokenParameters,
        )
        if let id = credential?.fields["client_id"]?.stringValue {
            client.id = id
            client.secret = credential?.fields["client_secret"]?.stringValue
            return (client, tokenService)
        }
        switch oauth.clientID {
        case .text(let id): client.id = id
        case .reference(let reference): client.id = try secrets.secret(reference)
        }
        if let secret = oauth.clientSecret { client.secret = try secrets.secret(secret) }
        return (client, tokenService)
    }
}

extension Directory {
    /// Whether nobody has to agree: a client that gets tokens for itself.
    func getsTokensForItself(_ service: String, _ credential: StoredCredential) -> Bool {
        if credential.fields["client_id"] != nil { return true }
        return engine.deployment.project.account.services[service]?.oauth?.grant
            == .clientCredentials
    }

    /// A credential of the kind `oauth2` that is given needs a client that gets tokens for itself.
    func checkClient(of service: String, _ credential: StoredCredential) throws(Problem) {
        guard credential.kind == .oauth2, credential.tokens == nil else { return }
        guard getsTokensForItself(service, credential),
            engine.deployment.project.account.services[service]?.oauth != nil
        else {
            var problem = ConnectFault.noOAuth.problem(
                detail: "services.\(service).oauth has no grant client_credentials: an end user"
                    + " connects by a connect link"
            )
            problem.status = 409
            throw problem
        }
    }
}
