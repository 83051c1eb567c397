import ConnectorKit
import Model

/// Puts a credential on a request, over whatever the workflow wrote there.
enum CredentialWriter {
    static func write(
        _ authentication: Authentication?,
        headers: inout RequestHeaders,
        url: inout WebURL,
    ) throws(RequestMistake) {
        guard let authentication else { return }
        switch authentication.credential {
        case .bearer(let token):
            try set("Authorization", "Bearer \(token)", &headers, authentication)
        case .basic(let user, let password):
            let pair = Base64.encoded(Array("\(user):\(password)".utf8))
            guard !user.contains(":") else {
                throw mistake(authentication, "a user name with a colon")
            }
            try set("Authorization", "Basic \(pair)", &headers, authentication)
        case .apiKey(let key, let header, let query):
            if let query {
                url.append(query: [(name: query, value: key)])
            } else {
                try set(header ?? "X-API-Key", key, &headers, authentication)
            }
        case .headers(let fields):
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                try set(name, value, &headers, authentication)
            }
        }
    }

    private static func set(
        _ name: String,
        _ value: String,
        _ headers: inout RequestHeaders,
        _ authentication: Authentication,
    ) throws(RequestMistake) {
        guard FieldRules.isName(name), FieldRules.isValue(value),
            !FieldRules.reserved.contains(name.lowercased())
        else { throw mistake(authentication, "a value that no header can carry") }
        headers.set(name, value)
    }

    private static func mistake(
        _ authentication: Authentication,
        _ what: String,
    ) -> RequestMistake {
        RequestMistake("the authentication \(authentication.name) holds \(what)", .authority)
    }

    /// Every secret in it, for the redactor.
    static func secrets(of authentication: Authentication?) -> [String] {
        switch authentication?.credential {
        case nil: []
        case .bearer(let token): [token]
        case .basic(_, let password): [password]
        case .apiKey(let key, _, _): [key]
        case .headers(let fields): Array(fields.values)
        }
    }
}
