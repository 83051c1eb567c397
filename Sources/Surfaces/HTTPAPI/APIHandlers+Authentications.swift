import Embedding
import Engine
import Model

extension APIHandlers {
    /// The kinds of credentials that are given as fields.
    static let givenKinds: [AuthenticationRecord.Kind] = [
        .bearer, .basic, .apiKey, .headers, .oauth2,
    ]

    func authentications(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .createAuthentication: return try await createAuthentication(call)
        case .replaceCredential:
            let id = try call.id(.authentication)
            let record = try await directory.replaceCredential(
                id,
                with: try Self.credential(try call.body(["kind", "fields"])),
                by: call.actor,
            )
            return .json(try Self.view(record, call))
        case .deleteAuthentication:
            try await directory.deleteAuthentication(
                try call.id(.authentication),
                by: call.actor,
            )
            return EmbeddingCall.gone
        default:
            let limit = try call.limit()
            let records = try await directory.authentications(
                after: try call.cursor(.authentication),
                limit: limit,
                by: call.actor,
            )
            return EmbeddingCall.page(
                "authentications",
                records.compactMap { $0.view(for: call.reader) },
                count: records.count,
                limit: limit,
                last: records.last?.id,
            )
        }
    }

    private func createAuthentication(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let body = try call.body(["owner", "service", "name", "kind", "fields"])
        let service = try body.neededText("service")
        let name = try body.neededText("name")
        let credential = try Self.credential(body)
        // What an end user makes is its own.
        var owner = call.actor.endUser
        if let text = try body.text("owner", InstanceBody.userLength) {
            guard let user = try await owned(text, by: call.actor) else { throw Access.absent }
            owner = user
        }
        var new = Directory.NewAuthentication(
            owner: owner,
            service: service,
            name: name,
            credential: credential,
        )
        new.idempotencyKey = try call.request.idempotencyKey()
        let (record, isNew) = try await directory.makeAuthentication(new, by: call.actor)
        return EmbeddingCall.made(
            try Self.view(record, call),
            record.id,
            at: Route.authentications.path,
            isNew: isNew,
        )
    }

    /// The end user that a body names. The directory says whether it is there for the actor; by
    /// `ext:` it is looked up here.
    func owned(_ text: String, by actor: Actor) async throws(Problem) -> ObjectID? {
        guard text.hasPrefix(Self.externalPrefix) else { return ObjectID(.endUser, text) }
        let name = String(text.dropFirst(Self.externalPrefix.count))
        guard EndUser.isExternalID(name) else { return nil }
        return try await directory.endUserID(externalID: name, by: actor)
    }

    private static func credential(_ body: RequestBody) throws(Problem) -> StoredCredential {
        let kind = try body.word("kind", of: givenKinds)
        guard body.object["fields"] != nil else {
            throw RequestBody.wrong("fields", "it is missing")
        }
        let fields = try body.object("fields", limit: RequestBody.fieldsLimit)
        guard let credential = StoredCredential(kind: kind, fields: fields) else {
            throw RequestBody.wrong("fields", "they are \(wanted(kind)), each a text with content")
        }
        return credential
    }

    private static func wanted(_ kind: AuthenticationRecord.Kind) -> String {
        switch kind {
        case .bearer: "token"
        case .basic: "user and password"
        case .apiKey: "key, and header or query at most"
        case .oauth2: "client_id and client_secret, or nothing"
        default: "1 to 32 header fields"
        }
    }

    private static func view(
        _ record: AuthenticationRecord,
        _ call: EmbeddingCall,
    ) throws(Problem) -> JSONValue {
        guard let view = record.view(for: call.reader) else { throw Access.absent }
        return view
    }
}
