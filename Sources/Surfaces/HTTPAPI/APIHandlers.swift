import Embedding
import Engine
import Model
import StorePort

/// Answers calls of the API, free of any HTTP framework.
struct APIHandlers: Sendable {
    let engine: Engine
    let projects: Projects
    let ingress: WebhookIngress
    let gate: AdminGate
    let configuration: HTTPAPIConfiguration

    var directory: Directory { engine.directory }

    /// Everything but event streams.
    func answer(
        _ match: Route.Match,
        _ request: WebhookRequest,
    ) async throws(APIFault) -> HTTPAnswer {
        switch match.route {
        case .webhook: return await ingress.handle(match.values["workflow"] ?? "", request)
        case .solutionWebhook: return await ingress.handle(Self.name(match), request)
        case .serviceEvents:
            return await ingress.handle(
                events: match.values["trigger"] ?? "",
                token: match.values["token"] ?? "",
                request,
            )
        case .instanceWebhook:
            return await ingress.handle(
                instance: match.values["instance"] ?? "",
                workflow: match.values["workflow"] ?? "",
                request,
            )
        case .connectPage, .connectForm, .connectStart, .oauthCallback:
            return await ConnectHandlers(engine: engine, configuration: configuration).answer(
                match,
                request,
            )
        default: break
        }
        let query = try QueryParameters(request.query, known: match.route.parameters)
        switch match.route.access {
        case .everybody: return try open(match.route)
        case .capability:
            let (id, watcher) = try await watched(match, query["token"], request)
            return try await status(id, watcher, request.languages)
        case .admin, .permission: break
        }
        let actor = try await admitted(match, request)
        do throws(APIFault) {
            return try await answer(match, request, query, for: actor)
        } catch {
            guard actor.reader == .client else { throw error }
            let words = ClientWords(
                wording: engine.deployment.wording(of: nil),
                languages: request.languages,
            )
            throw error.told(words)
        }
    }

    private func answer(
        _ match: Route.Match,
        _ request: WebhookRequest,
        _ query: QueryParameters,
        for actor: Actor,
    ) async throws(APIFault) -> HTTPAnswer {
        switch match.route {
        case .metrics:
            let alerting: AlertingStatistics
            do throws(Problem) { alerting = try await engine.alertingStatistics() } catch {
                throw .problem(error)
            }
            return Self.text(
                MetricsText.make(engine.statistics()) + MetricsText.make(alerting),
                "text/plain; version=0.0.4; charset=utf-8",
            )
        case .workflows: return workflows()
        case .startWorkflow, .startSolutionWorkflow:
            return try await start(match, request, by: actor)
        case .executions: return try await list(ExecutionFilter.query(query), for: actor)
        case .execution: return try await show(id(match), for: actor, request.languages)
        case .cancel: return try await cancel(id(match), by: actor)
        default: break
        }
        let call = EmbeddingCall(
            route: match.route,
            actor: actor,
            values: match.values,
            query: query,
            request: request,
        )
        do throws(Problem) { return try await embedding(call) } catch { throw .problem(error) }
    }

    /// Who calls, when it may.
    func admitted(
        _ match: Route.Match,
        _ request: WebhookRequest,
    ) async throws(APIFault) -> Actor {
        let actor = try await gate.actor(request.field("authorization"))
        if let refusal = match.route.refusal(of: actor) { throw refusal }
        return actor
    }

    /// What everybody may see.
    private func open(_ route: Route) throws(APIFault) -> HTTPAnswer {
        switch route {
        case .home:
            return Self.text(
                HomePage.html(engine.deployment, listsWebhooks: configuration.listsWebhooks),
                "text/html; charset=utf-8",
            )
        case .ready:
            guard engine.isReady else { throw .notReady }
            return .json(["status": "ready"])
        case .openAPI: return .json(OpenAPI.document(publicURL: configuration.publicURL))
        default: return .json(["status": "ok"])
        }
    }

    private func embedding(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .resumeExecution, .replays, .createReplay, .replay, .replayItems, .pauseReplay,
            .resumeReplay, .cancelReplay:
            try await replays(call)
        case .endUsers, .createEndUser, .endUser, .deleteEndUser: try await endUsers(call)
        case .createEndUsers, .createInstances, .upgradeInstances, .enableInstances,
            .disableInstances:
            try await many(call)
        case .project, .planProject, .applyProject: try await project(call)
        case .solutions, .versions: try await solutions(call)
        case .authentications, .createAuthentication, .replaceCredential, .deleteAuthentication:
            try await authentications(call)
        case .connections, .connection, .probeConnection, .closeConnection:
            try await connections(call)
        case .apiKeys, .createAPIKey, .revokeAPIKey: try await apiKeys(call)
        case .audit: try await audit(call)
        case .failures, .failure: try await failures(call)
        case .alerts, .alert, .deadLetters, .resendAlert, .dismissAlert: try await alerts(call)
        case .issues, .issue, .changeIssue: try await issues(call)
        case .silences, .createSilence, .silence, .expireSilence: try await silences(call)
        case .doctor: try await doctor(call)
        case .signingKeys, .createSigningKey, .deleteSigningKey: try await signingKeys(call)
        case .vault, .rotateVault: try await vault(call)
        case .connectLinks, .createConnectLink, .revokeConnectLink: try await connectLinks(call)
        default: try await instances(call)
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
        by actor: Actor,
    ) async throws(APIFault) -> HTTPAnswer {
        let name = Self.name(match)
        guard let workflow = engine.deployment.workflow(named: name) else {
            throw .unknownWorkflow(name)
        }
        switch workflow.definition.trigger {
        case .manual, .call, .webhook: break
        case .schedule, .service, .alert, .instance:
            throw .notStartable(name, workflow.definition.trigger.kind)
        }
        let type = request.field("content-type") ?? "application/json"
        let essence = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard essence.hasSuffix("/json") || essence.hasSuffix("+json") else {
            throw .unsupportedMediaType(essence)
        }
        do throws(Problem) {
            try await directory.note(
                "workflow.start",
                .init(kind: "workflow", id: workflow.qualifiedName),
                by: actor,
            )
        } catch {
            throw .problem(error)
        }
        return await ingress.start(workflow, request)
    }
}

extension WebhookRequest {
    /// The first field of the name (lower case).
    func field(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// What the reader understands, best first.
    var languages: [String] { LanguageRange.parse(field("accept-language")) }
}
