import Breakers
import Embedding
import Model

/// Where an attempt goes through, and what of it the breakers must know.
struct ConnectionPlace: Sendable {
    let key: ConnectionKey
    let facts: ConnectionFacts
    let operations: OperationClass
    /// Of the credential that is used: what was refused may have been replaced since.
    var generation: Int?

    var id: String { key.text(Digest.hex) }
}

extension ConnectionPlace {
    /// A stored credential.
    init(_ record: AuthenticationRecord, _ operations: OperationClass) {
        self.init(
            key: .authentication(record.id),
            facts: ConnectionFacts(
                owner: record.owner,
                service: record.service,
                authentication: record.id,
                name: record.name,
            ),
            operations: operations,
            // A token that is renewed is another generation of the same credential.
            generation: record.kind == .oauth2 ? nil : record.generation,
        )
    }

    /// A credential of the account's configuration.
    init(slot: String, service: String, _ operations: OperationClass) {
        self.init(
            key: .slot(slot),
            facts: ConnectionFacts(service: service, name: slot),
            operations: operations,
        )
    }

    /// No credential: each instance goes its own way to a service.
    init(
        connector: String,
        host: String?,
        setting: InstanceSetting?,
        _ operations: OperationClass,
    ) {
        let instance = setting?.instance
        self.init(
            key: .service(
                instance: instance?.id.description ?? "",
                connector: connector,
                host: host,
            ),
            facts: ConnectionFacts(
                owner: instance?.endUser,
                service: connector,
                instance: instance?.id,
                host: host,
            ),
            operations: operations,
        )
    }

    /// The host of an address in a step's input, in lower case; nil when there is none. It names
    /// the connection and nothing else: where the request goes is decided by the connector.
    static func host(in input: JSONValue) -> String? {
        guard let url = input["url"]?.stringValue, let scheme = url.firstRange(of: "://") else {
            return nil
        }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@").last ?? ""
        return host.isEmpty ? nil : host.lowercased()
    }
}
