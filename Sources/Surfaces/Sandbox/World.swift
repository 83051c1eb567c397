import Model

/// The sandbox's whole state, and what it answers: a value without clock, network or chance.
///
/// The order for a request to a service: the token, then a fault (the request's own
/// `X-Sandbox-Fail`, else the next queued one, else a magic identifier), then the work.
package struct World: Sendable {
    var faults = FaultQueue()
    var journal = RequestJournal()
    /// Services whose token counts as expired.
    var expired: Set<SandboxService> = []
    private var timesFailed = BoundedTable<Int>(capacity: SandboxLimits.names)
    private var crm = CRM()
    private var erp = ERP()
    private var partner = PartnerDesk()
    private var channels = MessageChannels()
    private var echo = Echo()

    package init() {}

    /// Answers one request that arrived `at` milliseconds after the start.
    package mutating func answer(_ request: SandboxRequest, at: Int64 = 0) -> SandboxReply {
        guard let first = request.segments.first else { return HomePage.reply(to: request, self) }
        if first == "_sandbox" { return control(request) }
        switch SandboxService(rawValue: first) {
        case .crm: return serve(request, \.crm, .crm, at)
        case .erp: return serve(request, \.erp, .erp, at)
        case .partner: return serve(request, \.partner, .partner, at)
        case .channel: return serve(request, \.channels, .channel, at)
        case .echo: return serve(request, \.echo, .echo, at)
        case nil: return Echo.unknownRoute
        }
    }

    private mutating func serve<Party: ThirdParty>(
        _ request: SandboxRequest,
        _ party: WritableKeyPath<World, Party>,
        _ service: SandboxService,
        _ at: Int64,
    ) -> SandboxReply {
        if Party.isOpen(request) { return self[keyPath: party].answer(request) }
        var reply: SandboxReply
        var fault: Fault?
        var done = false
        if let refused = refusal(of: request, to: service, Party.self) {
            reply = refused
        } else {
            switch dueFault(for: request, to: service) {
            case .failure(let mistake):
                reply = Party.failed(400, "unknown_fault", mistake.message)
            case .success(nil):
                reply = self[keyPath: party].answer(request)
                done = true
            case .success(let due?):
                fault = due
                done = due.doesTheWork
                reply = done ? self[keyPath: party].answer(request) : SandboxReply(200, .null)
                due.spoil(&reply, of: Party.self)
            }
        }
        journal.add(request, to: service, at: at, answered: reply, fault: fault, done: done)
        return reply
    }

    /// The 401 for a missing, wrong or expired token; nil when the caller may enter.
    private func refusal<Party: ThirdParty>(
        of request: SandboxRequest,
        to service: SandboxService,
        _ party: Party.Type,
    ) -> SandboxReply? {
        guard let credential = service.credential else { return nil }
        guard let given = request.headers[service.tokenHeader] else {
            let message = "Send the token \(credential) in the header \(service.tokenHeader)."
            return Party.failed(401, "token_missing", message)
        }
        if expired.contains(service) || given.hasSuffix("sandbox-token-expired") {
            return Fault.expiredTokenReply(of: Party.self)
        }
        return given == credential
            ? nil : Party.failed(401, "token_unknown", "That token opens nothing here.")
    }

    struct FaultMistake: Error {
        var message: String
    }

    private mutating func dueFault(
        for request: SandboxRequest,
        to service: SandboxService,
    ) -> Result<Fault?, FaultMistake> {
        if let text = request.headers["x-sandbox-fail"] {
            guard let fault = Fault(text) else {
                let known = Fault.spellings.map(\.0).joined(separator: ", ")
                return .failure(
                    FaultMistake(message: "X-Sandbox-Fail: \(text) is none of \(known).")
                )
            }
            return .success(fault)
        }
        if let queued = faults.take(for: service) { return .success(queued) }
        guard let magic = MagicIdentifier(in: request) else { return .success(nil) }
        guard let limit = magic.times else { return .success(magic.fault) }
        let name = "\(service.rawValue) \(magic.text)"
        let failed = timesFailed[name] ?? 0
        if failed >= limit { return .success(nil) }
        timesFailed.set(name, failed + 1)
        return .success(magic.fault)
    }
}
