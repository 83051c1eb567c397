import Model

/// The last requests that reached a service, oldest first, for people and tests to look at.
struct RequestJournal: Sendable {
    struct Entry: Sendable {
        /// Counts from 1 over the sandbox's life.
        var number: Int
        /// Milliseconds since the sandbox started.
        var at: Int64
        var service: SandboxService
        var method: String
        var path: String
        /// nil when nothing was answered.
        var status: Int?
        var fault: Fault?
        /// Whether the service did its work.
        var done: Bool
        var idempotencyKey: String?
        var correlationID: String?
        var traceparent: String?
        /// Cut after `SandboxLimits.journalBody` characters.
        var body: String?
    }

    private(set) var entries: [Entry] = []
    private(set) var total = 0

    mutating func add(
        _ request: SandboxRequest,
        to service: SandboxService,
        at: Int64,
        answered reply: SandboxReply,
        fault: Fault?,
        done: Bool,
    ) {
        total += 1
        let silent = reply.delivery == .never || reply.delivery == .reset
        let headers = request.headers
        entries.append(
            Entry(
                number: total,
                at: at,
                service: service,
                method: request.method,
                path: request.path,
                status: silent ? nil : reply.status,
                fault: fault,
                done: done,
                idempotencyKey: headers["idempotency-key"],
                correlationID: headers["x-correlation-id"] ?? headers["x-request-id"],
                traceparent: headers["traceparent"],
                body: request.body.map {
                    String(JSONWriter.string($0).prefix(SandboxLimits.journalBody))
                },
            )
        )
        if entries.count > SandboxLimits.journal { entries.removeFirst() }
    }

    /// The newest `limit` entries of one service or of all, oldest first.
    func json(service: SandboxService?, limit: Int) -> JSONValue {
        let chosen = entries.filter { service == nil || $0.service == service }.suffix(limit)
        return JSONValue(members: [
            "total": .count(total),
            "requests": .array(chosen.map(\.json)),
        ])
    }
}

extension RequestJournal.Entry {
    var json: JSONValue {
        JSONValue(members: [
            "number": .count(number),
            "at_ms": .integer(at),
            "service": .string(service.rawValue),
            "method": .string(method),
            "path": .string(path),
            "status": status.map(JSONValue.count) ?? .null,
            "fault": fault.map { .string($0.text) },
            "done": .bool(done),
            "idempotency_key": idempotencyKey.map(JSONValue.string),
            "correlation_id": correlationID.map(JSONValue.string),
            "traceparent": traceparent.map(JSONValue.string),
            "body": body.map(JSONValue.string),
        ])
    }
}
