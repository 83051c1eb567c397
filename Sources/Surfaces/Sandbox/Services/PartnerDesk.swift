import Model

/// The partner's own endpoint: finished work is reported here under the caller's request id.
struct PartnerDesk: ThirdParty {
    private var statuses = BoundedTable<[JSONValue]>(capacity: SandboxLimits.names)

    static func failure(code: String, message: String) -> JSONValue {
        JSONValue(members: ["code": .string(code), "message": .string(message)])
    }

    mutating func answer(_ request: SandboxRequest) -> SandboxReply {
        let segments = request.segments.dropFirst()
        switch (request.method, segments.first, segments.count) {
        case ("POST", "status", 1): return post(request)
        case ("GET", "status", 1):
            return SandboxReply(200, JSONValue(members: ["requests": .count(statuses.count)]))
        case ("GET", "status", 2): return status(of: segments[2])
        default: return Self.unknownRoute
        }
    }

    private mutating func post(_ request: SandboxRequest) -> SandboxReply {
        if let mistake = Self.bodyMistake(request) { return mistake }
        guard let name = request.members["request"]?.stringValue, !name.isEmpty else {
            return Self.failed(400, "invalid_status", "request: must be the id of a request")
        }
        let known = statuses[name] ?? []
        statuses.set(
            name,
            Array((known + [.object(request.members)]).suffix(SandboxLimits.perName)),
        )
        return SandboxReply(202, JSONValue(members: ["accepted": .bool(true)]))
    }

    private func status(of name: String) -> SandboxReply {
        guard let arrived = statuses[name] else {
            return Self.failed(404, "unknown_request", "Nothing has arrived for \(name).")
        }
        return SandboxReply(
            200,
            JSONValue(members: ["request": .string(name), "statuses": .array(arrived)]),
        )
    }
}
