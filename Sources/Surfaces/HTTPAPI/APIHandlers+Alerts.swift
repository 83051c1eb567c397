import Alerting
import Embedding
import Engine
import Model

extension APIHandlers {
    func failures(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        guard call.route == .failures else {
            let failure = try await directory.failure(try call.id(.failure), by: call.actor)
            return .json(failure.view(for: call.reader))
        }
        var filter = Directory.FailureFilter()
        filter.instance = try call.object("instance", .instance)
        filter.solution = call.query["solution"]
        filter.issue = try call.object("issue", .issue)
        filter.kind = try call.word("kind")
        filter.problem = try call.word("problem")
        let limit = try call.limit()
        let failures = try await directory.failures(
            filter,
            after: try call.cursor(.failure),
            limit: limit,
            by: call.actor,
        )
        return EmbeddingCall.page(
            "failures",
            failures.map { $0.view(for: call.reader) },
            count: failures.count,
            limit: limit,
            last: failures.last?.id,
        )
    }

    func alerts(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .alert:
            return .json(try await directory.alert(try call.id(.alert), by: call.actor).json)
        case .resendAlert:
            return .json(try await directory.resendAlert(try call.id(.alert), by: call.actor).json)
        case .dismissAlert:
            return .json(
                try await directory.dismissAlert(try call.id(.alert), by: call.actor).json
            )
        default: break
        }
        let isDead = call.route == .deadLetters
        let limit = try call.limit()
        let alerts = try await directory.alerts(
            state: isDead ? .deadLetter : try call.word("state"),
            issue: try call.object("issue", .issue),
            instance: try call.object("instance", .instance),
            after: try call.cursor(.alert),
            limit: limit,
            by: call.actor,
        )
        return EmbeddingCall.page(
            isDead ? "dead_letters" : "alerts",
            alerts.map(\.json),
            count: alerts.count,
            limit: limit,
            last: alerts.last?.id,
        )
    }
}
