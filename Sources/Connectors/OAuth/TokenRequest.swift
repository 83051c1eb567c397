import ConnectorKit
import Model
import NIOHTTP1

/// A request to a token endpoint (RFC 6749, sections 4.1.3, 4.4.2 and 6).
struct TokenRequest: Sendable {
    enum Grant: Sendable {
        case authorizationCode(code: String, verifier: String, redirectURI: String)
        case refreshToken(String)
        case clientCredentials

        var name: String {
            switch self {
            case .authorizationCode: "authorization_code"
            case .refreshToken: "refresh_token"
            case .clientCredentials: "client_credentials"
            }
        }
    }

    static let longest = TimeSpan(milliseconds: 30_000)
    static let responseLimit = 65_536

    let client: OAuthClient
    let grant: Grant

    /// The form, in an order that does not change.
    var fields: [(name: String, value: String)] {
        var fields = [(name: "grant_type", value: grant.name)]
        let scope = client.scopes.joined(separator: " ")
        switch grant {
        case .authorizationCode(let code, let verifier, let redirectURI):
            fields += [
                (name: "code", value: code), (name: "redirect_uri", value: redirectURI),
                (name: "code_verifier", value: verifier),
            ]
        case .refreshToken(let token): fields.append((name: "refresh_token", value: token))
        case .clientCredentials:
            if !scope.isEmpty { fields.append((name: "scope", value: scope)) }
        }
        if client.secret == nil || client.proof == .body {
            fields.append((name: "client_id", value: client.id))
            if let secret = client.secret { fields.append((name: "client_secret", value: secret)) }
        }
        let taken = Set(fields.map(\.name)).union(["client_id", "client_secret"])
        for (name, value) in client.tokenParameters.sorted(by: { $0.key < $1.key })
        where !taken.contains(name) {
            fields.append((name: name, value: value))
        }
        return fields
    }

    /// `Basic …` of section 2.3.1: both are form-encoded first.
    var authorization: String? {
        guard let secret = client.secret, client.proof == .basic else { return nil }
        let pair = PercentEncoding.form(client.id) + ":" + PercentEncoding.form(secret)
        return "Basic " + Base64.encoded(Array(pair.utf8))
    }

    /// What must be in no problem.
    var secrets: [String] {
        var secrets = [client.secret, authorization].compactMap(\.self)
        switch grant {
        case .authorizationCode(let code, let verifier, _): secrets += [code, verifier]
        case .refreshToken(let token): secrets.append(token)
        case .clientCredentials: break
        }
        return secrets + secrets.map(PercentEncoding.form)
    }

    func request() throws(Problem) -> HTTPRequest {
        let url = try OAuthEndpoint.url(client.tokenURL, named: "token URL")
        let body = fields.map {
            PercentEncoding.form($0.name) + "=" + PercentEncoding.form($0.value)
        }.joined(separator: "&")
        var headers: HTTPHeaders = [
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
            "User-Agent": "backstop",
        ]
        if let authorization { headers.add(name: "Authorization", value: authorization) }
        return HTTPRequest(
            method: "POST",
            url: url,
            headers: headers,
            body: Array(body.utf8),
            // The secret is in the body; it goes where it was meant for and nowhere else.
            redirects: RedirectPolicy(follows: false),
            timeouts: PhaseTimeouts(total: Self.longest),
            responseLimit: Self.responseLimit,
        )
    }
}
