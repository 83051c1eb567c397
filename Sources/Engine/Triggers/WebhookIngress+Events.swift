import ConnectorKit
import Definitions
import Embedding
import Model
import StorePort

/// Takes what a service sends to the address of a subscription.
///
/// It is acknowledged when every event in it has an execution that is stored; one that comes twice
/// starts nothing twice. Who has no right to the address learns nothing of what is there.
extension WebhookIngress {
    /// A refused delivery is written down once in this time, for each trigger.
    private static let refusalInterval = TimeSpan(milliseconds: 60_000)
    private static let refusalsKept = 1_000

    /// Answers a request to `/hooks/events/<trigger>/<token>`.
    package func handle(
        events id: String,
        token: String,
        _ request: WebhookRequest,
    ) async -> HTTPAnswer {
        do throws(Problem) {
            guard let listener = try await Listener(id, token, engine) else {
                return RequestFault.unknownWebhook("events").answer
            }
            guard let listener = try await listener.live() else { return Self.gone }
            return try await take(request, listener)
        } catch {
            logger.error("an event cannot be taken: \(error.detail ?? error.title)")
            return .refusal(error)
        }
    }

    private static var gone: HTTPAnswer {
        var problem = Problem(.notFound, detail: "nothing listens here any more", code: "B2879")
        problem.status = 410
        return .refusal(problem)
    }

    private func take(
        _ request: WebhookRequest,
        _ listener: Listener.Live,
    ) async throws(Problem) -> HTTPAnswer {
        let query: JSONObject
        let verified: JSONValue
        do throws(RequestFault) {
            try Self.checkSize(request, bodyLimit: bodyLimit)
            query = try FormData.parse(Array(request.query.utf8))
            if listener.spec.handshake == .unverified,
                let answer = handshake(listener, try listener.value(of: request, query))
            {
                return answer
            }
        } catch {
            return error.answer
        }
        do throws(RequestFault) {
            try listener.verify(request, query)
            verified = try listener.value(of: request, query)
        } catch {
            switch error {
            case .unsigned, .wrongSignature, .staleTimestamp, .secretUnavailable:
                try await refused(listener, error, at: request.receivedAt)
            default: break
            }
            return error.answer
        }
        if listener.spec.handshake == .verified, let answer = handshake(listener, verified) {
            return answer
        }
        guard WebhookLimits.methods.contains(request.method) else {
            return RequestFault.methodNotAllowed(request.method).answer
        }
        return try await start(listener, verified, at: request.receivedAt)
    }

    private func handshake(_ listener: Listener.Live, _ value: JSONValue) -> HTTPAnswer? {
        do throws(Problem) {
            guard
                let answer = try listener.connector.handshake(
                    listener.trigger.trigger,
                    listener.delivery(value),
                )
            else { return nil }
            guard case .string(let text) = answer.body else { return .json(answer.body) }
            return HTTPAnswer(
                status: 200,
                headers: [
                    HeaderField("content-type", "text/plain; charset=utf-8"),
                    HeaderField("x-content-type-options", "nosniff"),
                ],
                body: Array(text.utf8),
            )
        } catch {
            // What cannot be read as a handshake is none.
            logger.debug("no handshake: \(error.detail ?? error.title)")
            return nil
        }
    }

    private func start(
        _ listener: Listener.Live,
        _ value: JSONValue,
        at now: Timestamp,
    ) async throws(Problem) -> HTTPAnswer {
        let events: [ServiceEvent]
        do throws(Problem) {
            events = try listener.connector.events(
                listener.trigger.trigger,
                in: listener.delivery(value),
            )
        } catch {
            try await tell(listener, error, at: now)
            var answered = Problem(.validation, detail: "the events cannot be read", code: "B2877")
            answered.status = 422
            return .refusal(answered)
        }
        for event in events {
            var request = try await engine.directory.start(
                listener.instance,
                workflow: listener.state.workflow,
                trigger: event.value,
            )
            request.idempotencyKey = WebhookIdentity.bounded("push:", event.key)
            do throws(StartRefusal) { _ = try await engine.start(request) } catch {
                return Self.answer(to: error)
            }
        }
        try await recovered(listener)
        return .json(["accepted": .integer(Int64(events.count))])
    }

    // MARK: What went wrong

    private func refused(
        _ listener: Listener.Live,
        _ fault: RequestFault,
        at now: Timestamp,
    ) async throws(Problem) {
        var problem = Problem(
            .authentication,
            detail: "a request of \(listener.trigger.connector) is not verified: "
                + (fault.problem.detail ?? fault.code),
            code: "B2876",
        )
        problem.connector = listener.trigger.connector
        problem.actor = .support
        problem.action = .fixConfig
        problem.retry = RetryAdvice(kind: .terminal)
        try await tell(listener, problem, at: now)
    }

    /// Once in a while for each trigger: whoever knows the address could fill the store with it.
    private func tell(
        _ listener: Listener.Live,
        _ problem: Problem,
        at now: Timestamp,
    ) async throws(Problem) {
        let isNew = refusals.withLock { refusals in
            if let last = refusals[listener.record.id], now < last + Self.refusalInterval {
                return false
            }
            if refusals.count >= Self.refusalsKept { refusals.removeAll() }
            refusals[listener.record.id] = now
            return true
        }
        guard isNew else { return }
        let directory = engine.directory
        let redacted = engine.redactor.redact(problem)
        var changes = [
            directory.failure(
                .trigger,
                redacted,
                of: listener.instance,
                workflow: listener.state.workflow,
            )
        ]
        if let change = directory.problemChange(
            redacted,
            of: listener.state.workflow,
            on: listener.instance,
            listener.instanceRecord,
        ) {
            changes.append(change)
        }
        logger.warning(
            "a trigger refused a request",
            metadata: ["trigger": "\(listener.record.id)", "code": "\(problem.code ?? "")"],
        )
        _ = try await directory.write(changes)
    }

    /// A genuine request takes the problem of refused ones away.
    private func recovered(_ listener: Listener.Live) async throws(Problem) {
        guard let known = listener.instance.problem, ["B2876", "B2877"].contains(known.code),
            let change = engine.directory.problemChange(
                nil,
                of: listener.state.workflow,
                on: listener.instance,
                listener.instanceRecord,
            )
        else { return }
        _ = try await engine.directory.write([change])
        refusals.withLock { $0[listener.record.id] = nil }
    }
}
