import Definitions
import Embedding
import Model

/// The solution of the tables: a required list, a hidden key, a secret token; two connections.
enum LeadSync {
    static let user = ObjectID(.endUser, rawValue: 1)
    static let stranger = ObjectID(.endUser, rawValue: 2)
    static let id = ObjectID(.instance, rawValue: 10)
    static let start = Timestamp(milliseconds: 1_750_000_000_000)
    static let later = start + TimeSpan(milliseconds: 60_000)

    static func slot(
        _ name: String,
        _ schema: JSONValue = ["type": "string", "minLength": 2],
        required: Bool = false,
        secret: Bool = false,
        hidden: Bool = false,
        default value: JSONValue? = nil,
    ) throws -> ConfigSlot {
        ConfigSlot(
            name: name,
            schema: try JSONSchema(schema),
            isRequired: required,
            isSecret: secret,
            isHidden: hidden,
            defaultValue: value,
        )
    }

    static func slots() throws -> [ConfigSlot] {
        [
            try slot("list", required: true),
            try slot("token", required: true, secret: true),
            try slot("region", hidden: true, default: "eu"),
        ]
    }

    static let auth = [
        AuthSlot(name: "crm", service: "crm"),
        AuthSlot(name: "partner_db", service: "mysql", isShared: true),
    ]

    static func version(
        _ number: String = "1.0.0",
        config: [ConfigSlot]? = nil,
        auth: [AuthSlot] = LeadSync.auth,
        solution: String = "lead-sync",
    ) throws -> SolutionVersion {
        let definition = SolutionDefinition(
            name: solution,
            version: number,
            authSlots: auth,
            configSlots: try config ?? slots(),
        )
        return SolutionVersion(definition, digest: Sample.digest)
    }

    static func authentication(
        _ number: Int64,
        owner: ObjectID? = user,
        service: String = "crm",
        name: String = "mine",
        state: AuthenticationRecord.State = .healthy,
    ) -> AuthenticationRecord {
        AuthenticationRecord(
            id: ObjectID(.authentication, rawValue: number),
            owner: owner,
            service: service,
            name: name,
            kind: .bearer,
            sealed: "c2VhbGVk",
            state: state,
        )
    }

    static let crm = authentication(1)

    static var context: SlotContext {
        SlotContext(accountAuthentications: ["partner_db"], authentications: [crm])
    }

    /// Everything filled.
    static func instance(_ state: Instance.State = .created) -> Instance {
        Instance(
            id: id,
            endUser: user,
            solution: "lead-sync",
            version: "1.0.0",
            state: state,
            config: ["list": "news"],
            secrets: ["token": "sealed"],
            auth: ["crm": crm.id],
            createdAt: start,
        )
    }

    static func seal(_ slot: String, _ value: JSONValue) -> String { "sealed(\(slot))" }
}

extension Result where Failure == Problem {
    var problemCode: String? {
        guard case .failure(let problem) = self else { return nil }
        return problem.code
    }
}
