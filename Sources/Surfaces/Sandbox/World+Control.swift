import Model

/// The control API under `/_sandbox`, for demonstrations and tests.
extension World {
    mutating func control(_ request: SandboxRequest) -> SandboxReply {
        switch request.route {
        case "GET faults": return SandboxReply(200, faults.json)
        case "POST faults": return queueFault(request)
        case "DELETE faults":
            return withService(request, optional: true) { world, service in
                let removed = world.faults.clear(service)
                return SandboxReply(200, JSONValue(members: ["removed": .count(removed)]))
            }
        case "GET requests":
            let limit = request.number("limit", in: 1...SandboxLimits.journal, else: 100)
            return withService(request, optional: true) { world, service in
                SandboxReply(200, world.journal.json(service: service, limit: limit))
            }
        case "GET tokens": return SandboxReply(200, tokens)
        case "POST tokens": return switchToken(request)
        case "POST reset":
            self = World()
            return SandboxReply(200, JSONValue(members: ["reset": .bool(true)]))
        default: return Self.refused(404, "There is no such control; GET / lists them.")
        }
    }

    private mutating func queueFault(_ request: SandboxRequest) -> SandboxReply {
        withService(request, optional: false) { world, service in
            let members = request.members
            guard let service, let text = members["fault"]?.text, var fault = Fault(text) else {
                let known = Fault.spellings.map(\.0).joined(separator: ", ")
                return Self.refused(400, "fault: must be one of \(known)")
            }
            let times = Int(members["times"]?.integerValue ?? 1)
            guard (1...SandboxLimits.faultTimes).contains(times) else {
                return Self.refused(400, "times: must be 1 to \(SandboxLimits.faultTimes)")
            }
            if let seconds = members["retry_after"]?.integerValue {
                guard (0...Int64(SandboxLimits.retryAfter)).contains(seconds) else {
                    return Self.refused(400, "retry_after: at most \(SandboxLimits.retryAfter)")
                }
                fault.retryAfter = Int(seconds)
            }
            guard world.faults.add(fault, times: times, to: service) else {
                return Self.refused(409, "The queue of \(service.rawValue) is full.")
            }
            return SandboxReply(201, world.faults.json)
        }
    }

    private mutating func switchToken(_ request: SandboxRequest) -> SandboxReply {
        withService(request, optional: false) { world, service in
            guard let service, service.token != nil else {
                return Self.refused(400, "service: echo has no token")
            }
            switch request.members["state"]?.stringValue {
            case "expired": world.expired.insert(service)
            case "valid": world.expired.remove(service)
            default: return Self.refused(400, "state: must be expired or valid")
            }
            return SandboxReply(200, world.tokens)
        }
    }

    private var tokens: JSONValue {
        let rows = SandboxService.allCases.filter { $0.token != nil }.map { service in
            JSONValue(members: [
                "service": .string(service.rawValue),
                "token": service.token.map(JSONValue.string),
                "header": .string(service.tokenHeader),
                "state": .string(expired.contains(service) ? "expired" : "valid"),
            ])
        }
        return JSONValue(members: ["tokens": .array(rows)])
    }

    /// Runs `body` with the service named in the body or the query.
    private mutating func withService(
        _ request: SandboxRequest,
        optional: Bool,
        _ body: (inout World, SandboxService?) -> SandboxReply,
    ) -> SandboxReply {
        guard let name = request.members["service"]?.stringValue ?? request.query["service"] else {
            return optional ? body(&self, nil) : Self.unknownService
        }
        guard let service = SandboxService(rawValue: name) else { return Self.unknownService }
        return body(&self, service)
    }

    private static var unknownService: SandboxReply {
        let known = SandboxService.allCases.map(\.rawValue).joined(separator: ", ")
        return refused(400, "service: must be one of \(known)")
    }

    private static func refused(_ status: Int, _ message: String) -> SandboxReply {
        SandboxReply(status, JSONValue(members: ["error": .string(message)]))
    }
}

extension JSONValue {
    /// A text, or the text of a whole number, so that `"fault": 429` works as well as `"429"`.
    fileprivate var text: String? { stringValue ?? integerValue.map(String.init) }
}
