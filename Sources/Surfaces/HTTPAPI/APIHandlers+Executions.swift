import Embedding
import Engine
import Model
import StorePort

extension APIHandlers {
    func id(_ match: Route.Match) throws(APIFault) -> ExecutionID {
        let text = match.values["id"] ?? ""
        guard let id = ExecutionID(text) else { throw .unknownExecution(text) }
        return id
    }

    /// Who looks at which execution: its caller by the execution's own token, or somebody of the
    /// API. Who asks comes first: what is no id is nothing to somebody who may not ask.
    func watched(
        _ match: Route.Match,
        _ token: String?,
        _ request: WebhookRequest,
    ) async throws(APIFault) -> (id: ExecutionID, watcher: Watcher) {
        if let token {
            guard let id = ExecutionID(match.values["id"] ?? ""),
                engine.isStatusCapability(token, for: id)
            else { throw .wrongCapability }
            return (id, .caller)
        }
        guard let authorization = request.field("authorization") else { throw .wrongCapability }
        let actor = try await gate.actor(authorization)
        if let refusal = Route.status.refusal(of: actor) { throw refusal }
        let id = try id(match)
        _ = try await view(id, for: actor)
        return (id, Watcher(actor))
    }

    private func stored<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(APIFault) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            throw .storeFailed("\(error)")
        }
    }

    func list(_ query: ExecutionQuery, for actor: Actor) async throws(APIFault) -> HTTPAnswer {
        if case .nothing = actor.scope { return .json(["executions": []]) }
        if case .own = actor.scope {
            guard let name = query.instance else {
                throw .invalidParameter("instance", "name one of your own")
            }
            guard try await isSeen(instance: name, by: actor) else {
                throw .problem(Access.absent)
            }
        }
        let views = try await stored { () throws(StoreError) in
            try await engine.executions(query)
        }
        var page = JSONObject()
        page["executions"] = .array(views.map { .object(ExecutionDocument.summary($0)) })
        if views.count == query.limit, let last = views.last {
            page["next_cursor"] = .string(last.head.id.description)
        }
        return .json(.object(page))
    }

    func view(_ id: ExecutionID) async throws(APIFault) -> ExecutionView {
        let view = try await stored { () throws(StoreError) in try await engine.execution(id) }
        guard let view else { throw .unknownExecution(id.description) }
        return view
    }

    /// The execution, when it is there for the actor. Somebody else's costs what none costs.
    func view(_ id: ExecutionID, for actor: Actor) async throws(APIFault) -> ExecutionView {
        let view = try await stored { () throws(StoreError) in try await engine.execution(id) }
        let isSeen = try await isSeen(instance: view?.head.instance ?? "", by: actor)
        guard let view, isSeen else { throw .unknownExecution(id.description) }
        return view
    }

    private func isSeen(instance text: String, by actor: Actor) async throws(APIFault) -> Bool {
        if case .all = actor.scope { return true }
        // The account's own executions have no instance; that one is asked for which never was.
        let id = ObjectID(.instance, text) ?? ObjectID(.instance, rawValue: 0)
        do throws(Problem) {
            _ = try await directory.instance(id, by: actor)
            return true
        } catch {
            guard error.code == EmbeddingFault.absent.rawValue else { throw .problem(error) }
            return false
        }
    }

    func show(
        _ id: ExecutionID,
        for actor: Actor,
        _ languages: [String],
    ) async throws(APIFault) -> HTTPAnswer {
        let view = try await view(id, for: actor)
        let watcher = Watcher(actor)
        guard watcher != .client else {
            let words = await engine.words(for: view, languages)
            return .json(ExecutionDocument.status(view, for: watcher, words))
        }
        let steps = try await stored { () throws(StoreError) in try await engine.steps(of: id) }
        var query = ExecutionQuery(limit: 50)
        query.replayOf = id
        query.includesBodies = false
        let replays = try await stored { [query] () throws(StoreError) in
            try await engine.executions(query)
        }
        return .json(
            ExecutionDocument.whole(view, steps: steps, replays: replays, for: watcher)
        )
    }

    func status(
        _ id: ExecutionID,
        _ watcher: Watcher,
        _ languages: [String],
    ) async throws(APIFault) -> HTTPAnswer {
        let view = try await view(id)
        let words = await engine.words(for: view, languages)
        var answer = HTTPAnswer.json(ExecutionDocument.status(view, for: watcher, words))
        answer.headers.append(HeaderField("cache-control", "no-store"))
        if view.head.status != .finished {
            answer.headers.append(HeaderField("retry-after", "1"))
        }
        return answer
    }

    func cancel(_ id: ExecutionID, by actor: Actor) async throws(APIFault) -> HTTPAnswer {
        _ = try await view(id, for: actor)
        do throws(Problem) {
            try await directory.note(
                "execution.cancel",
                .init(kind: "execution", id: id.description),
                owner: actor.endUser,
                by: actor,
            )
        } catch {
            throw .problem(error)
        }
        let name = actor.id.isEmpty ? actor.role.rawValue : actor.id
        let view = try await stored { () throws(StoreError) in
            try await engine.cancel(id, by: name)
        }
        return .json(
            .object(ExecutionDocument.summary(view)),
            status: view.head.status == .finished ? 200 : 202,
        )
    }
}
