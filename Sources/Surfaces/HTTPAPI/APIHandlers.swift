import Engine
import Model
import StorePort

/// Answers calls of the API, free of any HTTP framework.
struct APIHandlers: Sendable {
    let engine: Engine
    let ingress: WebhookIngress
    let gate: AdminGate
    let configuration: HTTPAPIConfiguration

    /// Everything but event streams.
    func answer(
        _ match: Route.Match,
        _ request: WebhookRequest,
    ) async throws(APIFault) -> HTTPAnswer {
        let query: QueryParameters?
        switch match.route {
        case .webhook: return await ingress.handle(match.values["workflow"] ?? "", request)
        case .solutionWebhook: return await ingress.handle(Self.name(match), request)
        default: query = try QueryParameters(request.query, known: match.route.parameters)
        }
        if match.route.access == .admin { try await gate.check(request.field("authorization")) }
        switch match.route {
        case .home:
            return Self.text(
                HomePage.html(engine.deployment, listsWebhooks: configuration.listsWebhooks),
                "text/html; charset=utf-8",
            )
        case .health: return .json(["status": "ok"])
        case .ready:
            guard engine.isReady else { throw .notReady }
            return .json(["status": "ready"])
        case .metrics:
            return Self.text(
                MetricsText.make(engine.statistics()),
                "text/plain; version=0.0.4; charset=utf-8",
            )
        case .openAPI: return .json(OpenAPI.document(publicURL: configuration.publicURL))
        case .workflows: return workflows()
        case .startWorkflow, .startSolutionWorkflow: return try await start(match, request)
        case .executions:
            guard let query else { throw .malformed("no query") }
            return try await list(ExecutionFilter.query(query))
        case .execution: return try await show(id(match))
        case .status:
            let id = try id(match)
            try await checkCapability(query?["token"], id, request)
            return try await status(id)
        case .cancel: return try await cancel(id(match))
        case .events, .webhook, .solutionWebhook: throw .noRoute(request.path)
        }
    }

    private static func name(_ match: Route.Match) -> String {
        let workflow = match.values["workflow"] ?? ""
        return match.values["solution"].map { "\($0)/\(workflow)" } ?? workflow
    }

    private static func text(_ text: String, _ type: String) -> HTTPAnswer {
        HTTPAnswer(
            status: 200,
            headers: [HeaderField("content-type", type)],
            body: Array(text.utf8),
        )
    }

    func id(_ match: Route.Match) throws(APIFault) -> ExecutionID {
        let text = match.values["id"] ?? ""
        guard let id = ExecutionID(text) else { throw .unknownExecution(text) }
        return id
    }

    /// The execution's own token, or the admin's.
    func checkCapability(
        _ token: String?,
        _ id: ExecutionID,
        _ request: WebhookRequest,
    ) async throws(APIFault) {
        if let token {
            guard engine.isStatusCapability(token, for: id) else { throw .wrongCapability }
            return
        }
        guard let authorization = request.field("authorization") else { throw .wrongCapability }
        try await gate.check(authorization)
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

    private func workflows() -> HTTPAnswer {
        let deployment = engine.deployment
        return .json([
            "workflows": .array(
                deployment.workflows.keys.sorted().compactMap { name in
                    guard let workflow = deployment.workflows[name] else { return nil }
                    var object = JSONObject()
                    object["name"] = .string(name)
                    object["title"] = workflow.definition.title.map(JSONValue.string)
                    object["trigger"] = .string(workflow.definition.trigger.kind)
                    object["digest"] = .string(workflow.definition.digest)
                    return .object(object)
                }
            )
        ])
    }

    private func start(
        _ match: Route.Match,
        _ request: WebhookRequest,
    ) async throws(APIFault) -> HTTPAnswer {
        let name = Self.name(match)
        guard let workflow = engine.deployment.workflow(named: name) else {
            throw .unknownWorkflow(name)
        }
        switch workflow.definition.trigger {
        case .manual, .call, .webhook: break
        case .schedule, .service, .alert:
            throw .notStartable(name, workflow.definition.trigger.kind)
        }
        let type = request.field("content-type") ?? "application/json"
        let essence = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard essence.hasSuffix("/json") || essence.hasSuffix("+json") else {
            throw .unsupportedMediaType(essence)
        }
        return await ingress.start(workflow, request)
    }

    private func list(_ query: ExecutionQuery) async throws(APIFault) -> HTTPAnswer {
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

    private func show(_ id: ExecutionID) async throws(APIFault) -> HTTPAnswer {
        let view = try await view(id)
        let steps = try await stored { () throws(StoreError) in try await engine.steps(of: id) }
        return .json(ExecutionDocument.whole(view, steps: steps))
    }

    private func status(_ id: ExecutionID) async throws(APIFault) -> HTTPAnswer {
        let view = try await view(id)
        var answer = HTTPAnswer.json(ExecutionDocument.status(view))
        answer.headers.append(HeaderField("cache-control", "no-store"))
        if view.head.status != .finished {
            answer.headers.append(HeaderField("retry-after", "1"))
        }
        return answer
    }

    private func cancel(_ id: ExecutionID) async throws(APIFault) -> HTTPAnswer {
        _ = try await view(id)
        let view = try await stored { () throws(StoreError) in
            try await engine.cancel(id, by: "admin")
        }
        return .json(
            .object(ExecutionDocument.summary(view)),
            status: view.head.status == .finished ? 200 : 202,
        )
    }
}

extension WebhookRequest {
    /// The first field of the name (lower case).
    func field(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
