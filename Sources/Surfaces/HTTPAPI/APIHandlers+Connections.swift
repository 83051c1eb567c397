import Breakers
import Embedding
import Engine
import Model

extension APIHandlers {
    private static let healths = ["healthy", "degraded", "broken"]

    func connections(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let id = call.values["id"] ?? ""
        switch call.route {
        case .connection:
            return .json(
                try await directory.connectionView(id, by: call.actor).view(for: call.reader)
            )
        case .probeConnection:
            return .json(
                try await directory.probeConnection(id, by: call.actor).view(for: call.reader)
            )
        case .closeConnection:
            return .json(
                try await directory.closeConnection(id, by: call.actor).view(for: call.reader)
            )
        default: return try await listConnections(call)
        }
    }

    private func listConnections(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let cursor = call.query["cursor"]
        if let cursor, cursor.isEmpty || cursor.utf8.count > ConnectionKey.lengthMax {
            throw APIFault.invalidParameter("cursor", "take it from the page before").problem
        }
        let health = call.query["health"]
        if let health, !Self.healths.contains(health) {
            throw APIFault.invalidParameter("health", "one of \(Self.healths)").problem
        }
        let page = try await directory.connectionViews(
            after: cursor,
            limit: try call.limit(),
            health: health,
            by: call.actor,
        )
        var object = JSONObject()
        object["connections"] = .array(page.views.map { $0.view(for: call.reader) })
        object["next_cursor"] = page.next.map(JSONValue.string)
        return .json(.object(object))
    }
}
