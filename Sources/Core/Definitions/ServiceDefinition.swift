import Model

/// How end users connect to a service: one entry of `services` in backstop.yaml.
package struct ServiceDefinition: Sendable, Hashable {
    /// The ways to connect that are offered.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case oauth2
        case apiKey = "api_key"
        case bearer, basic, headers
    }

    /// What end users call it; nil takes the service's name.
    package var title: String?
    /// Where an end user finds what the form asks for.
    package var help: String?
    /// In the order in which they are offered; never empty.
    package var kinds: [Kind]
    /// Where the service wants an API key: the header, or the query parameter.
    package var header: String?
    package var query: String?
    /// The header fields that the kind `headers` asks for.
    package var headers: [String]
    package var oauth: OAuthDefinition?

    package init(
        title: String? = nil,
        help: String? = nil,
        kinds: [Kind] = [],
        header: String? = nil,
        query: String? = nil,
        headers: [String] = [],
        oauth: OAuthDefinition? = nil,
    ) {
        self.title = title
        self.help = help
        self.header = header
        self.query = query
        self.headers = headers
        self.oauth = oauth
        let usual: [Kind] = oauth?.grant == .authorizationCode ? [.oauth2] : [.apiKey]
        self.kinds = kinds.isEmpty ? usual : kinds
    }
}

/// The partner's OAuth 2 client at a service; secrets by reference only.
package struct OAuthDefinition: Sendable, Hashable {
    package enum Grant: String, Sendable, Hashable, CaseIterable {
        /// The end user agrees in a browser.
        case authorizationCode = "authorization_code"
        /// The client gets tokens for itself.
        case clientCredentials = "client_credentials"
    }

    /// How the client proves itself at the token endpoint (RFC 6749, section 2.3.1).
    package enum Proof: String, Sendable, Hashable, CaseIterable { case basic, body }

    /// The client's id, which is no secret, but differs from one deployment to the next.
    package enum ClientID: Sendable, Hashable {
        case text(String)
        case reference(SecretReference)
    }

    package var grant: Grant
    package var clientID: ClientID
    /// Nil for a client that cannot keep one.
    package var clientSecret: SecretReference?
    package var proof: Proof
    /// Needed by `authorization_code`.
    package var authorizationURL: String?
    package var tokenURL: String
    /// When set, the answer to the redirect must name it (RFC 9207).
    package var issuer: String?
    package var scopes: [String]
    package var authorizationParameters: [String: String]
    package var tokenParameters: [String: String]

    package init(
        grant: Grant = .authorizationCode,
        clientID: ClientID,
        clientSecret: SecretReference? = nil,
        proof: Proof = .basic,
        authorizationURL: String? = nil,
        tokenURL: String,
        issuer: String? = nil,
        scopes: [String] = [],
        authorizationParameters: [String: String] = [:],
        tokenParameters: [String: String] = [:],
    ) {
        self.grant = grant
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.proof = proof
        self.authorizationURL = authorizationURL
        self.tokenURL = tokenURL
        self.issuer = issuer
        self.scopes = scopes
        self.authorizationParameters = authorizationParameters
        self.tokenParameters = tokenParameters
    }
}

/// The connect page: `connect` in backstop.yaml.
package struct ConnectDefinition: Sendable, Hashable {
    /// Where end users may be sent back to: an address of the same origin, at or below the path.
    package var returnURLs: [String]

    package init(returnURLs: [String] = []) { self.returnURLs = returnURLs }
}
