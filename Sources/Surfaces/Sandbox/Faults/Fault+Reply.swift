import Model

extension Fault {
    /// Turns the reply that would have been sent into the one that this fault sends.
    func spoil<Party: ThirdParty>(_ reply: inout SandboxReply, of party: Party.Type) {
        switch kind {
        case .status(let status):
            reply = Party.failed(
                status,
                "sandbox_fault",
                "The sandbox was asked to fail with \(status).",
            )
            reply.headers["Retry-After"] = retryAfter.map(String.init)
        case .expiredToken:
            reply = Self.expiredTokenReply(of: Party.self)
        case .timeout:
            reply.delivery = .never
        case .reset, .lost:
            reply.delivery = .reset
        case .errorInside:
            let error = JSONValue(members: [
                "code": .string("internal_error"),
                "message": .string("The sandbox was asked to fail inside a 200."),
            ])
            reply = SandboxReply(200, JSONValue(members: ["ok": .bool(false), "error": error]))
        case .malformed:
            reply = SandboxReply(
                200,
                text: "{\"id\": \"001\", \"name\": ",
                type: "application/json",
            )
        case .truncated:
            let padding = JSONValue.string(String(repeating: "x", count: 1_024))
            reply = SandboxReply(200, JSONValue(members: ["padding": padding]), delivery: .half)
        case .slow(let milliseconds):
            reply.delivery = .late(milliseconds: milliseconds)
        }
    }

    static func expiredTokenReply<Party: ThirdParty>(of party: Party.Type) -> SandboxReply {
        var reply = Party.failed(401, "token_expired", "The token has expired; connect again.")
        reply.headers["WWW-Authenticate"] = "Bearer error=\"invalid_token\""
        return reply
    }
}
