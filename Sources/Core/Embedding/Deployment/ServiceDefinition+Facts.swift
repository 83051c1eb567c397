import Definitions
import Model

extension ServiceDefinition {
    /// As it is written; secrets are references.
    var facts: JSONValue {
        var object = JSONObject()
        object["title"] = title.map(JSONValue.string)
        object["help"] = help.map(JSONValue.string)
        object["kinds"] = .array(kinds.map { .string($0.rawValue) })
        object["header"] = header.map(JSONValue.string)
        object["query"] = query.map(JSONValue.string)
        object["headers"] = .array(headers.map(JSONValue.string))
        object["oauth"] = oauth?.facts
        return .object(object)
    }
}

extension OAuthDefinition {
    fileprivate var facts: JSONValue {
        var object = JSONObject()
        object["grant"] = .string(grant.rawValue)
        switch clientID {
        case .text(let text): object["client_id"] = .string(text)
        case .reference(let reference): object["client_id"] = reference.facts
        }
        object["client_secret"] = clientSecret?.facts
        object["client_proof"] = .string(proof.rawValue)
        object["authorization_url"] = authorizationURL.map(JSONValue.string)
        object["token_url"] = .string(tokenURL)
        object["issuer"] = issuer.map(JSONValue.string)
        object["scopes"] = .array(scopes.map(JSONValue.string))
        object["authorization_parameters"] = .members(authorizationParameters) { .string($0) }
        object["token_parameters"] = .members(tokenParameters) { .string($0) }
        return .object(object)
    }
}
