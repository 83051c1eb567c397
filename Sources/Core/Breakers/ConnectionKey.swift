import Embedding
import Model

/// Names a connection: what breaks, is limited, and recovers as one.
package enum ConnectionKey: Sendable, Hashable {
    /// A stored credential: all who use it.
    case authentication(ObjectID)
    /// A credential of the account's own configuration: all who use it.
    case slot(String)
    /// Without a credential: what one instance (the empty text: the account) asks of one connector,
    /// at one host when the step names it. No instance can close another's way.
    case service(instance: String, connector: String, host: String?)

    /// The longest text form, in bytes.
    package static let lengthMax = 64

    /// The text form, fit for the name of a record and for a path. What is too long or has other
    /// characters than `A-Z a-z 0-9 _ . -` is replaced by 32 digits of its digest.
    ///
    /// - Parameter digest: hex digits, at least 32, of UTF-8 bytes.
    package func text(_ digest: ([UInt8]) -> String) -> String {
        switch self {
        case .authentication(let id): return id.description
        case .slot(let name):
            return Self.isPlain(name, 48) ? "slot:\(name)" : "slot:" + short(name, digest)
        case .service(let instance, let connector, let host):
            let owner = instance.isEmpty ? "account" : instance
            let name = host.map { "\(connector).\($0)" } ?? connector
            return "\(owner):" + (Self.isPlain(name, 40) ? name : short(name, digest))
        }
    }

    private func short(_ text: String, _ digest: ([UInt8]) -> String) -> String {
        String(digest(Array(text.utf8)).prefix(32))
    }

    private static func isPlain(_ text: String, _ limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// What people read of a connection, and whose it is.
package struct ConnectionFacts: Sendable, Hashable {
    /// Nil: the account's own.
    package var owner: ObjectID?
    /// The connector.
    package var service: String
    package var authentication: ObjectID?
    /// The authentication's name, or the slot's.
    package var name: String?
    package var instance: ObjectID?
    package var host: String?

    package init(
        owner: ObjectID? = nil,
        service: String,
        authentication: ObjectID? = nil,
        name: String? = nil,
        instance: ObjectID? = nil,
        host: String? = nil,
    ) {
        self.owner = owner
        self.service = service
        self.authentication = authentication
        self.name = name
        self.instance = instance
        self.host = host
    }
}
