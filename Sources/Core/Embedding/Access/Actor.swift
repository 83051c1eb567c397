import Model

/// Who asks: made once per request, from a credential that was checked.
package struct Actor: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case key
        case endUserToken = "end_user_token"
        case adminToken = "admin_token"
        case connectLink = "connect_link"
    }

    /// Whose objects there are for it.
    package enum Scope: Sendable, Hashable {
        case all
        case own(ObjectID)
        /// Nobody's: a client that is no end user.
        case nothing

        /// `owner` is nil for what belongs to the account.
        package func covers(_ owner: ObjectID?) -> Bool {
            switch self {
            case .all: true
            case .own(let user): owner == user
            case .nothing: false
            }
        }
    }

    package let kind: Kind
    /// The key, the signing key or the link behind it; for the audit log.
    package let id: String
    package let role: Role
    package let endUser: ObjectID?

    private init(kind: Kind, id: String, role: Role, endUser: ObjectID? = nil) {
        self.kind = kind
        self.id = id
        self.role = role
        self.endUser = endUser
    }

    package static func key(_ key: APIKey) -> Actor {
        Actor(kind: .key, id: key.id.description, role: key.role)
    }

    /// An end user is a client, whatever else a token says.
    package static func endUser(_ user: ObjectID) -> Actor {
        Actor(kind: .endUserToken, id: user.description, role: .client, endUser: user)
    }

    /// The token of the configuration, which is there before any key is.
    package static let adminToken = Actor(kind: .adminToken, id: "", role: .admin)

    /// Nil for the account itself.
    package static func connectLink(_ id: String, for user: ObjectID?) -> Actor {
        Actor(kind: .connectLink, id: id, role: .client, endUser: user)
    }

    package var scope: Scope {
        role == .client ? endUser.map(Scope.own) ?? .nothing : .all
    }

    /// Those of the role; a connect link is good for connecting alone.
    package var permissions: Set<Permission> {
        kind == .connectLink ? [.connect] : role.permissions
    }

    package var reader: Reader { role.reader }

    package var author: AuditRecord.Author {
        AuditRecord.Author(kind: kind, id: id, role: role)
    }
}
