import Definitions
import Model

extension Reader {
    func strings(_ node: SourceNode?) -> [String] {
        (node?.elements ?? []).compactMap(\.string)
    }

    func service(_ node: SourceNode) -> ServiceDefinition {
        ServiceDefinition(
            title: node["title"]?.string,
            help: node["help"]?.string,
            kinds: (node["kinds"]?.elements ?? []).compactMap { word($0) },
            header: node["header"]?.string,
            query: node["query"]?.string,
            headers: strings(node["headers"]),
            oauth: node["oauth"].flatMap(oauth),
        )
    }

    private func oauth(_ node: SourceNode) -> OAuthDefinition? {
        guard let tokenURL = node["token_url"]?.string, let id = clientID(node["client_id"]) else {
            return nil
        }
        return OAuthDefinition(
            grant: word(node["grant"]) ?? .authorizationCode,
            clientID: id,
            clientSecret: secret(node["client_secret"]),
            proof: word(node["client_proof"]) ?? .basic,
            authorizationURL: node["authorization_url"]?.string,
            tokenURL: tokenURL,
            issuer: node["issuer"]?.string,
            scopes: strings(node["scopes"]),
            authorizationParameters: texts(node["authorization_parameters"]),
            tokenParameters: texts(node["token_parameters"]),
        )
    }

    private func clientID(_ node: SourceNode?) -> OAuthDefinition.ClientID? {
        if let text = node?.string { return .text(text) }
        return secret(node).map(OAuthDefinition.ClientID.reference)
    }

    private func texts(_ node: SourceNode?) -> [String: String] {
        var result: [String: String] = [:]
        for member in node?.members ?? [] { result[member.key] = member.value.string }
        return result
    }
}
