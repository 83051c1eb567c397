import Embedding
import Engine
import Model

extension APIHandlers {
    func apiKeys(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .createAPIKey:
            let body = try call.body(["name", "role"])
            let (key, text) = try await directory.createKey(
                name: try body.neededText("name"),
                role: try body.word("role", of: Role.allCases),
                by: call.actor,
            )
            var view = key.view(for: .partner)?.objectValue ?? JSONObject()
            view["key"] = .string(text)
            var answer = EmbeddingCall.made(
                .object(view),
                key.id,
                at: Route.apiKeys.path,
                isNew: true,
            )
            answer.headers.append(HeaderField("cache-control", "no-store"))
            return answer
        case .revokeAPIKey:
            try await directory.revokeKey(try call.id(.apiKey), by: call.actor)
            return EmbeddingCall.gone
        default:
            let limit = try call.limit()
            let keys = try await directory.keys(
                after: try call.cursor(.apiKey),
                limit: limit,
                by: call.actor,
            )
            return EmbeddingCall.page(
                "api_keys",
                keys.compactMap { $0.view(for: call.reader) },
                count: keys.count,
                limit: limit,
                last: keys.last?.id,
            )
        }
    }

    func audit(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let limit = try call.limit()
        let records = try await directory.auditRecords(
            of: call.query["target"],
            before: try call.cursor(.audit),
            limit: limit,
            by: call.actor,
        )
        return EmbeddingCall.page(
            "audit",
            records.compactMap { $0.view(for: call.reader) },
            count: records.count,
            limit: limit,
            last: records.last?.id,
        )
    }

    func solutions(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        guard call.route == .versions else {
            let solutions = try await directory.solutions(by: call.actor)
            return .json(["solutions": .array(solutions.map { $0.view(for: call.reader) })])
        }
        let name = call.values["solution"] ?? ""
        let versions = try await directory.versions(of: name, by: call.actor)
        guard !versions.isEmpty else { throw Access.absent }
        return .json(["versions": .array(versions.map { $0.view(for: call.reader) })])
    }
}
