import Embedding
import Engine
import Model

extension APIHandlers {
    /// Before the partner's own name of an end user, where an id is wanted.
    static let externalPrefix = "ext:"

    /// The end user of an id, or of `ext:` and the partner's name for it; nil when there is none.
    func endUser(_ text: String, by actor: Actor) async throws(Problem) -> EndUser? {
        if text.hasPrefix(Self.externalPrefix) {
            let name = String(text.dropFirst(Self.externalPrefix.count))
            guard EndUser.isExternalID(name) else { return nil }
            return try await directory.endUser(externalID: name, by: actor)
        }
        guard let id = ObjectID(.endUser, text) else { return nil }
        do throws(Problem) { return try await directory.endUser(id, by: actor) } catch {
            guard error.code == EmbeddingFault.absent.rawValue else { throw error }
            return nil
        }
    }

    private func endUser(of call: EmbeddingCall) async throws(Problem) -> EndUser {
        guard let user = try await endUser(call.values["id"] ?? "", by: call.actor) else {
            throw Access.absent
        }
        return user
    }

    static let endUserMembers: Set<String> = ["external_id", "name", "metadata"]

    func createEndUser(
        _ body: RequestBody,
        by actor: Actor,
    ) async throws(Problem) -> (user: EndUser, isNew: Bool) {
        try await directory.createEndUser(
            externalID: try body.neededText("external_id", EndUser.externalIDLength),
            name: try body.text("name"),
            metadata: try body.object("metadata", limit: EndUser.metadataLimit),
            by: actor,
        )
    }

    func endUsers(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .createEndUser:
            let (user, isNew) = try await createEndUser(
                try call.body(Self.endUserMembers),
                by: call.actor,
            )
            return EmbeddingCall.made(
                user.view(for: call.reader),
                user.id,
                at: Route.endUsers.path,
                isNew: isNew,
            )
        case .endUser: return .json(try await endUser(of: call).view(for: call.reader))
        case .deleteEndUser:
            try await directory.deleteEndUser(try await endUser(of: call).id, by: call.actor)
            return EmbeddingCall.gone
        default:
            let limit = try call.limit()
            let users = try await directory.endUsers(
                after: try call.cursor(.endUser),
                limit: limit,
                by: call.actor,
            )
            return EmbeddingCall.page(
                "end_users",
                users.map { $0.view(for: call.reader) },
                count: users.count,
                limit: limit,
                last: users.last?.id,
            )
        }
    }
}
