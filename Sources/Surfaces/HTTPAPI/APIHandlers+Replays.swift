import Alerting
import Embedding
import Engine
import Kernel
import Model

extension APIHandlers {
    func replays(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .resumeExecution: return try await resumeExecution(call)
        case .createReplay: return try await createReplay(call)
        case .replays: return try await listReplays(call)
        case .replayItems: return try await listItems(call)
        case .replay:
            let job = try await directory.replay(try call.id(.replay), by: call.actor)
            return .json(try await view(job, call))
        default:
            let state: ReplayJob.State =
                switch call.route {
                case .pauseReplay: .paused
                case .resumeReplay: .running
                default: .cancelled
                }
            let id = try call.id(.replay)
            let job = try await directory.changeReplay(id, to: state, by: call.actor)
            return .json(try await view(job, call))
        }
    }

    private func resumeExecution(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let name = call.values["id"] ?? ""
        guard let id = ExecutionID(name) else {
            throw ReplayFault.noSuchExecution.problem("no execution is called \(name)")
        }
        let view = try await directory.resumeExecution(id, by: call.actor)
        let watcher = Watcher(call.actor)
        let words = await engine.words(for: view, call.request.languages)
        let document =
            watcher == .client
            ? ExecutionDocument.status(view, for: watcher, words)
            : .object(ExecutionDocument.summary(view))
        return .json(document, status: 202)
    }

    private func createReplay(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let body = try ReplayBody(try call.body(ReplayBody.known))
        if body.isDryRun {
            let plan = try await directory.planReplay(body.selector, body.order, by: call.actor)
            return .json(plan.json)
        }
        let job = try await directory.createReplay(body.selector, body.order, by: call.actor)
        return EmbeddingCall.made(
            try await view(job, call),
            job.id,
            at: Route.replays.path,
            isNew: true,
        )
    }

    private func listReplays(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let limit = try call.limit()
        let jobs = try await directory.replays(
            after: try call.cursor(.replay),
            limit: limit,
            by: call.actor,
        )
        return EmbeddingCall.page(
            "replays",
            jobs.map { .object($0.view(for: call.reader)) },
            count: jobs.count,
            limit: limit,
            last: jobs.last?.id,
        )
    }

    private func listItems(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let limit = try call.limit()
        let state: ReplayItem.State?
        let cursor: ExecutionID?
        do throws(APIFault) {
            state = try call.query.word("state")
            cursor = try call.query.execution("cursor")
        } catch { throw error.problem }
        let job = try await directory.replay(try call.id(.replay), by: call.actor)
        let items = try await directory.replayItems(
            job.id,
            state: state,
            after: cursor,
            limit: limit,
            by: call.actor,
        )
        var page = JSONObject()
        page["items"] = .array(items.map { .object($0.view(for: call.reader)) })
        if items.count == limit, let last = items.last {
            page["next_cursor"] = .string(last.source.description)
        }
        return .json(.object(page))
    }

    /// A job of few executions says what became of each.
    private func view(_ job: ReplayJob, _ call: EmbeddingCall) async throws(Problem) -> JSONValue {
        var object = job.view(for: call.reader)
        guard job.total <= Directory.replayItemsShown else { return .object(object) }
        let items = try await directory.replayItems(
            job.id,
            state: nil,
            after: nil,
            limit: Directory.replayItemsShown,
            by: call.actor,
        )
        object["items"] = .array(items.map { .object($0.view(for: call.reader)) })
        return .object(object)
    }
}
