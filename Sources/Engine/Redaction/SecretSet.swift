import ConnectorKit
import Model

/// Secrets in use: their values, and the names under which such values stand.
struct SecretSet: Sendable, Hashable {
    var values: [String] = []
    /// Of declared secret slots.
    var names: [String] = []
    /// Of the headers and query parameters by which credentials are sent.
    var parameters: [String] = []

    var isEmpty: Bool { values.isEmpty && names.isEmpty && parameters.isEmpty }

    mutating func add(_ other: SecretSet) {
        values += other.values
        names += other.names
        parameters += other.parameters
    }

    /// Every text and number inside a value.
    static func texts(of value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .integer, .number: [JSONWriter.string(value)]
        case .array(let elements): elements.flatMap(texts)
        case .object(let object): object.values.flatMap(texts)
        case .null, .bool: []
        }
    }
}

extension Authentication {
    /// What the redactor must know: what is secret of the credential, and where it is sent when
    /// that is a place of its own.
    var secretSet: SecretSet {
        switch credential {
        case .bearer(let token): SecretSet(values: [token])
        case .basic(_, let password): SecretSet(values: [password])
        case .apiKey(let key, let header, let query):
            SecretSet(values: [key], parameters: [header, query].compactMap(\.self))
        case .headers(let headers):
            SecretSet(
                values: headers.sorted { $0.key < $1.key }.map(\.value),
                parameters: headers.keys.sorted(),
            )
        }
    }
}

extension StoredCredential {
    /// What is secret of it, tokens and the client's own secret included.
    var secretSet: SecretSet {
        guard kind == .oauth2 else {
            return authentication(named: "")?.secretSet ?? SecretSet()
        }
        let secret = fields["client_secret"]?.stringValue
        let tokens = [tokens?.accessToken, tokens?.refreshToken]
        return SecretSet(values: ([secret] + tokens).compactMap(\.self).filter { !$0.isEmpty })
    }
}
