import ConnectorKit
import Embedding
import Model

/// A credential as one attempt uses it.
struct UsedCredential: Sendable {
    var authentication: Authentication
    /// The authentication whose token it is, and the token, when another one can be got for it.
    var renewable: (id: ObjectID, token: String)?

    init(authentication: Authentication, renewable: (id: ObjectID, token: String)?) {
        self.authentication = authentication
        self.renewable = renewable
    }

    init(_ slot: String, _ tokens: TokenSet, of id: ObjectID) {
        authentication = Authentication(
            name: slot,
            credential: .bearer(token: tokens.accessToken),
            facts: tokens.publicFacts,
        )
        renewable = (id, tokens.accessToken)
    }
}

extension TokenSet {
    /// What came with the tokens, as far as it is plain and has no sensitive name.
    fileprivate var publicFacts: JSONObject {
        var facts = JSONObject()
        for (name, value) in extra where !SensitiveNames.contains(name) {
            switch value {
            case .string, .integer, .number, .bool: facts[name] = value
            case .null, .array, .object: continue
            }
        }
        return facts
    }
}

extension Engine {
    /// The credential after the service refused it: nil when there is no other one to be had.
    ///
    /// - Throws: why it cannot be renewed.
    func renewed(_ used: UsedCredential) async throws(Problem) -> UsedCredential? {
        guard let (id, token) = used.renewable else { return nil }
        let tokens = try await keeper.tokens(for: id.description, refused: token)
        return UsedCredential(used.authentication.name, tokens, of: id)
    }
}
