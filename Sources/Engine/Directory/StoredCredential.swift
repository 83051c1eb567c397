import ConnectorKit
import Definitions
import Embedding
import Model

/// A credential in the form in which it is sealed.
package struct StoredCredential: Sendable {
    package let kind: AuthenticationRecord.Kind
    let json: JSONValue

    /// Reads the fields of the kind; nil when one is missing, empty, too many or no text.
    ///
    /// `oauth2` is given the id and the secret of a client that gets tokens for itself, or nothing
    /// for the partner's own client.
    package init?(kind: AuthenticationRecord.Kind, fields: JSONObject) {
        let texts = fields.filter { $0.value.stringValue?.isEmpty == false }
        let names = Set(texts.map(\.key))
        switch kind {
        case .bearer: guard names == ["token"], fields.count == 1 else { return nil }
        case .basic: guard names == ["user", "password"], fields.count == 2 else { return nil }
        case .apiKey:
            guard names.contains("key"), names.count == fields.count,
                names.isSubset(of: ["key", "header", "query"]),
                !names.isSuperset(of: ["header", "query"])
            else { return nil }
        case .headers:
            guard (1...32).contains(fields.count), texts.count == fields.count else { return nil }
        case .oauth2:
            guard fields.isEmpty || names == ["client_id", "client_secret"] && fields.count == 2
            else { return nil }
        case .none: return nil
        }
        self.kind = kind
        json = ["kind": .string(kind.rawValue), "fields": .object(fields)]
    }

    /// What an authorization or a refresh gave.
    init(_ tokens: TokenSet, fields: JSONObject = JSONObject()) {
        kind = .oauth2
        json = ["kind": "oauth2", "fields": .object(fields), "tokens": tokens.json]
    }

    init?(json: JSONValue) {
        guard
            let kind = json["kind"]?.stringValue.flatMap(AuthenticationRecord.Kind.init(rawValue:)),
            let fields = json["fields"]?.objectValue
        else { return nil }
        if let tokens = json["tokens"].flatMap(TokenSet.init(json:)), kind == .oauth2 {
            self.init(tokens, fields: fields)
        } else {
            self.init(kind: kind, fields: fields)
        }
    }

    private func text(_ name: String) -> String? { fields[name]?.stringValue }

    /// As they were given.
    var fields: JSONObject { json["fields"]?.objectValue ?? JSONObject() }

    /// Nil until the first ones were got.
    var tokens: TokenSet? { json["tokens"].flatMap(TokenSet.init(json:)) }

    /// For a connector; nil for `oauth2`, whose token is got when it is needed.
    func authentication(named slot: String) -> Authentication? {
        let credential: Authentication.Credential
        switch kind {
        case .bearer: credential = .bearer(token: text("token") ?? "")
        case .basic:
            credential = .basic(user: text("user") ?? "", password: text("password") ?? "")
        case .apiKey:
            credential = .apiKey(
                key: text("key") ?? "",
                header: text("header"),
                query: text("query"),
            )
        case .headers:
            var headers: [String: String] = [:]
            for (name, value) in fields { headers[name] = value.stringValue }
            credential = .headers(headers)
        case .none, .oauth2: return nil
        }
        return Authentication(name: slot, credential: credential)
    }
}
