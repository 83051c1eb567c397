import Alerting
import Definitions
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

    func issues(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .issue:
            return .json(try await directory.issue(try call.id(.issue), by: call.actor).json)
        case .changeIssue:
            let id = try call.id(.issue)
            let body = try call.body(["state", "muted_until", "assignee", "note"])
            var change = Directory.IssueChange()
            if body.object["state"] != nil {
                change.state = try body.word("state", of: Issue.State.allCases)
            }
            change.mutedUntil = try body.time("muted_until")
            if let assignee = body.object["assignee"] {
                change.assignee = .some(assignee.isNull ? nil : try body.text("assignee"))
            }
            change.note = try body.text("note", 1...Issue.noteBytesMax)
            return .json(try await directory.changeIssue(id, change, by: call.actor).json)
        default: break
        }
        var filter = Directory.IssueFilter()
        filter.state = try call.word("state")
        filter.mark = try call.word("mark")
        filter.problem = try call.word("problem")
        filter.solution = call.query["solution"]
        filter.workflow = call.query["workflow"]
        filter.assignee = call.query["assignee"]
        let limit = try call.limit()
        let issues = try await directory.issues(
            filter,
            after: try call.cursor(.issue),
            limit: limit,
            by: call.actor,
        )
        return EmbeddingCall.page(
            "issues",
            issues.map(\.json),
            count: issues.count,
            limit: limit,
            last: issues.last?.id,
        )
    }

    func silences(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let now = engine.clock.now()
        switch call.route {
        case .silence:
            let silence = try await directory.silence(try call.id(.silence), by: call.actor)
            return .json(silence.view(at: now))
        case .expireSilence:
            let silence = try await directory.expireSilence(try call.id(.silence), by: call.actor)
            return .json(silence.view(at: now))
        case .createSilence: return try await createSilence(call)
        default: break
        }
        let limit = try call.limit()
        let silences = try await directory.silences(
            state: try call.word("state"),
            after: try call.cursor(.silence),
            limit: limit,
            by: call.actor,
        )
        return EmbeddingCall.page(
            "silences",
            silences.map { $0.view(at: now) },
            count: silences.count,
            limit: limit,
            last: silences.last?.id,
        )
    }

    private func createSilence(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let body = try call.body(["matchers", "starts_at", "expires_at", "comment"])
        var matchers: [AlertLabel: String] = [:]
        for (name, value) in try body.object("matchers", limit: RequestBody.configLimit) {
            guard let label = AlertLabel(rawValue: name), let text = value.stringValue else {
                let labels = AlertLabel.allCases.map(\.rawValue).joined(separator: ", ")
                throw RequestBody.wrong("matchers", "they are texts by label: \(labels)")
            }
            matchers[label] = text
        }
        guard let expiresAt = try body.time("expires_at") else {
            throw RequestBody.wrong("expires_at", "it is missing")
        }
        let silence = try await directory.createSilence(
            matchers: matchers,
            startsAt: try body.time("starts_at"),
            expiresAt: expiresAt,
            comment: try body.neededText("comment", 1...Silence.commentBytesMax),
            by: call.actor,
        )
        return EmbeddingCall.made(
            silence.view(at: engine.clock.now()),
            silence.id,
            at: Route.silences.path,
            isNew: true,
        )
    }

    func doctor(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let body =
            call.request.body.isEmpty ? nil : try call.body(["repair", "depth"])
        let depth = body?.object["depth"].map { $0.integerValue ?? 0 } ?? 10_000
        guard (1...Int64(Engine.doctorDepthMax)).contains(depth) else {
            throw RequestBody.wrong("depth", "it is a number from 1 to \(Engine.doctorDepthMax)")
        }
        let report = try await engine.examine(
            repairs: try body?.flag("repair") ?? false,
            depth: Int(depth),
            by: call.actor,
        )
        return .json(report.json)
    }
}
