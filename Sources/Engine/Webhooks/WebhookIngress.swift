import Logging
import Model
import Synchronization

/// Takes HTTP requests for webhooks and gives the caller its answer: the caller's contract
/// (design.md, section 6), free of any HTTP framework.
package final class WebhookIngress: Sendable {
    let engine: Engine
    let logger: Logger
    /// Before every URL in an answer; empty for URLs relative to this server.
    private let baseURL: String
    /// How many endpoints of earlier versions are kept, for the instances that are pinned to them.
    private static let earlierEndpoints = 256

    /// When a request to a trigger's address was refused last.
    let refusals = Mutex<[String: Timestamp]>([:])
    private let endpoints = Mutex<[ObjectIdentifier: WebhookEndpoint]>([:])

    package init(engine: Engine, baseURL: String = "", logger: Logger) {
        self.engine = engine
        self.baseURL = baseURL
        self.logger = logger
    }

    /// Bytes of the largest body that is worth reading.
    package var bodyLimit: Int { engine.deployment.project.account.limits.requestBody }

    /// Answers a request to `/hooks/<name>`, where the name is `solution/workflow`, or the
    /// workflow alone when only one has it.
    package func handle(_ name: String, _ request: WebhookRequest) async -> HTTPAnswer {
        guard let endpoint = endpoint(name) else {
            return RequestFault.unknownWebhook(name).answer
        }
        return await take(request, for: name, endpoint) { () throws(RequestFault) in
            try endpoint.start(from: request, secrets: self.engine.secrets)
        }
    }

    /// Answers a request to `/hooks/instances/<instance>/<workflow>`. An instance that is not
    /// there, or not enabled, looks like one that never was.
    package func handle(
        instance text: String,
        workflow: String,
        _ request: WebhookRequest,
    ) async -> HTTPAnswer {
        let name = "instances/\(text)/\(workflow)"
        let prepared: StartRequest
        do throws(Problem) {
            prepared = try await engine.directory.start(
                instance: text,
                workflow: workflow,
                trigger: .null,
            )
        } catch {
            guard error.type == .notFound else { return .refusal(error) }
            return RequestFault.unknownWebhook(name).answer
        }
        guard let endpoint = endpoint(prepared.workflow) else {
            return RequestFault.unknownWebhook(name).answer
        }
        return await take(request, for: name, endpoint) { () throws(RequestFault) in
            let made = try endpoint.start(
                from: request,
                config: prepared.config,
                secrets: self.engine.secrets,
            )
            var start = prepared
            start.trigger = made.trigger
            start.correlationID = made.correlationID
            start.idempotencyKey = made.idempotencyKey
            start.fingerprint = made.fingerprint
            return start
        }
    }

    private func take(
        _ request: WebhookRequest,
        for name: String,
        _ endpoint: WebhookEndpoint,
        _ make: () throws(RequestFault) -> StartRequest,
    ) async -> HTTPAnswer {
        do throws(RequestFault) {
            guard WebhookLimits.methods.contains(request.method) else {
                throw .methodNotAllowed(request.method)
            }
            try Self.checkSize(request, bodyLimit: bodyLimit)
            return await start(
                try make(),
                respondsWhenFinished: endpoint.trigger.respond == .whenFinished,
                timeout: endpoint.trigger.timeout,
                acceptsOnTimeout: endpoint.trigger.onTimeout == .accept,
                preference: CallerPreference(request),
            )
        } catch {
            logger.debug(
                "webhook refused",
                metadata: ["webhook": "\(name)", "code": "\(error.code)"],
            )
            if case .secretUnavailable = error {
                logger.error("webhook cannot verify: no secret", metadata: ["webhook": "\(name)"])
            }
            return error.answer
        }
    }

    /// Starts a workflow through the API, as `POST /v1/workflows/…/executions`. The body becomes
    /// `$trigger`; of a webhook workflow, `$trigger.body`.
    package func start(_ workflow: DeployedWorkflow, _ request: WebhookRequest) async -> HTTPAnswer
    {
        do throws(RequestFault) {
            try Self.checkSize(request, bodyLimit: bodyLimit)
            let input = try WebhookBody.parse(request.body, contentType: "application/json")
            try WebhookEndpoint(workflow)?.check(input)
            var start = StartRequest(
                workflow: workflow,
                trigger: TriggerValue.manual(workflow, input: input, at: request.receivedAt),
                correlationID: WebhookIdentity.correlationID(
                    request,
                    headers: ["x-correlation-id"],
                ),
            )
            if let key = try WebhookIdentity.idempotencyKey(request) {
                start.idempotencyKey = WebhookIdentity.bounded("api:", key)
                start.fingerprint = WebhookIdentity.fingerprint(request)
            }
            return await self.start(
                start,
                respondsWhenFinished: false,
                timeout: WebhookLimits.longestWait,
                acceptsOnTimeout: true,
                preference: CallerPreference(request),
            )
        } catch {
            return error.answer
        }
    }

    private func endpoint(_ name: String) -> WebhookEndpoint? {
        engine.deployment.workflow(named: name).flatMap(endpoint)
    }

    private func endpoint(_ workflow: DeployedWorkflow) -> WebhookEndpoint? {
        let limit = engine.deployment.workflows.count + Self.earlierEndpoints
        return endpoints.withLock { endpoints in
            if let known = endpoints[ObjectIdentifier(workflow)] { return known }
            guard let made = WebhookEndpoint(workflow) else { return nil }
            // Those of earlier deployments are let go.
            if endpoints.count > limit { endpoints.removeAll() }
            endpoints[ObjectIdentifier(workflow)] = made
            return made
        }
    }

    static func checkSize(
        _ request: WebhookRequest,
        bodyLimit: Int,
    ) throws(RequestFault) {
        guard request.body.count <= bodyLimit else { throw .bodyTooLarge(limit: bodyLimit) }
        var bytes = 0
        for field in request.headers { bytes += field.name.utf8.count + field.value.utf8.count }
        guard request.headers.count <= WebhookLimits.headerCount,
            bytes <= WebhookLimits.headerBytes
        else { throw .headersTooLarge }
    }

    // MARK: Start and wait

    private func start(
        _ request: StartRequest,
        respondsWhenFinished: Bool,
        timeout: TimeSpan,
        acceptsOnTimeout: Bool,
        preference: CallerPreference,
    ) async -> HTTPAnswer {
        var request = request
        let hold = preference.hold(respondsWhenFinished, timeout: timeout)
        request.awaitsResult = hold != nil
        let started: StartedExecution
        do throws(StartRefusal) { started = try await engine.start(request) } catch {
            return Self.answer(to: error)
        }
        var answer: HTTPAnswer
        if let hold {
            answer = await result(
                started,
                within: hold,
                correlationID: request.correlationID,
                acceptsOnTimeout: acceptsOnTimeout || preference.acceptsLater
                    || !respondsWhenFinished,
                preference.languages,
            )
        } else {
            answer = await accepted(started, correlationID: request.correlationID)
        }
        if started.isDuplicate {
            answer.headers.append(HeaderField("idempotent-replayed", "true"))
        }
        if let applied = preference.applied {
            answer.headers.append(HeaderField("preference-applied", applied))
        }
        return answer
    }

    private func result(
        _ started: StartedExecution,
        within span: TimeSpan,
        correlationID: String?,
        acceptsOnTimeout: Bool,
        _ languages: [String],
    ) async -> HTTPAnswer {
        var caller = CallerAnswer(id: started.id, statusURL: statusURL(of: started.id))
        switch await engine.result(of: started.id, within: span) {
        case .replied(let reply): return caller.replied(reply)
        case .finished(let view):
            if view.outcome?.problem != nil {
                caller.words = await engine.words(for: view, languages)
            }
            return caller.finished(view.outcome, reply: view.reply)
        case .timedOut where acceptsOnTimeout:
            return await accepted(started, correlationID: correlationID)
        case .timedOut: return caller.timedOut()
        case .unknown: return caller.unknown()
        }
    }

    static func answer(to refusal: StartRefusal) -> HTTPAnswer {
        var problem = refusal.problem
        if case .storeUnavailable = refusal { problem.detail = problem.audience.client }
        return .refusal(problem)
    }

    // MARK: Accepted

    /// Where a caller follows an execution without an admin token.
    package func statusURL(of id: ExecutionID) -> String {
        "\(baseURL)/v1/executions/\(id)/status?token=\(engine.statusCapability(for: id))"
    }

    package func eventsURL(of id: ExecutionID) -> String {
        "\(baseURL)/v1/executions/\(id)/events?token=\(engine.statusCapability(for: id))"
    }

    /// 202, written without making a JSON value first: this is the hot path.
    private func accepted(_ started: StartedExecution, correlationID: String?) async -> HTTPAnswer {
        let id = started.id.description
        let token = engine.statusCapability(for: started.id)
        let url = "\(baseURL)/v1/executions/\(id)/"
        var status = ExecutionStatus.queued
        var correlationID = correlationID
        if started.isDuplicate {
            // What the first request started, as it stands now.
            (status, correlationID) = await self.head(of: started.id)
        }
        var body: [UInt8] = []
        body.reserveCapacity(320)
        body += #"{"id":""#.utf8
        body += id.utf8
        body += #"","status":""#.utf8
        body += status.rawValue.utf8
        body += #"","status_url":""#.utf8
        body += url.utf8
        body += "status?token=".utf8
        body += token.utf8
        body += #"","events_url":""#.utf8
        body += url.utf8
        body += "events?token=".utf8
        body += token.utf8
        body += "\"".utf8
        if let correlationID {
            body += #","correlation_id":"#.utf8
            JSONWriter.write(correlationID, into: &body)
        }
        body += "}".utf8
        return HTTPAnswer(
            status: 202,
            headers: [
                HeaderField("content-type", "application/json"),
                HeaderField("location", "\(url)status?token=\(token)"),
                HeaderField("retry-after", "1"), HeaderField("backstop-execution-id", id),
            ],
            body: body,
        )
    }

    private func head(of id: ExecutionID) async -> (ExecutionStatus, correlationID: String?) {
        do {
            let head = try await engine.execution(id)?.head
            return (head?.status ?? .finished, head?.correlationID)
        } catch {
            return (.queued, nil)
        }
    }
}
