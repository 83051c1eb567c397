import Model

/// The inside of one service: its data and what its routes do to it.
protocol ThirdParty: Sendable {
    /// The service's own shape of an error body; they differ, as in life.
    static func failure(code: String, message: String) -> JSONValue

    /// Whether the route needs no token and never fails on demand: it is there for people to look at.
    static func isOpen(_ request: SandboxRequest) -> Bool

    /// Does the work. Authentication and faults are settled before.
    mutating func answer(_ request: SandboxRequest) -> SandboxReply
}

extension ThirdParty {
    static func isOpen(_ request: SandboxRequest) -> Bool { request.method == "GET" }

    static func failed(_ status: Int, _ code: String, _ message: String) -> SandboxReply {
        SandboxReply(status, failure(code: code, message: message))
    }

    static var unknownRoute: SandboxReply {
        failed(404, "unknown_route", "There is no such route; GET / lists them.")
    }

    /// The reply to a body that is missing or no JSON object; nil when it is one.
    static func bodyMistake(_ request: SandboxRequest) -> SandboxReply? {
        if request.body?.objectValue != nil { return nil }
        let reason = request.bodyMistake ?? "The body must be a JSON object."
        return failed(400, "bad_body", reason)
    }
}
