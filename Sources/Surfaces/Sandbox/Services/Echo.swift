import Model

/// Answers with what it was asked; credentials are left out.
struct Echo: ThirdParty {
    static func failure(code: String, message: String) -> JSONValue {
        JSONValue(members: ["error": .string(code), "message": .string(message)])
    }

    static func isOpen(_ request: SandboxRequest) -> Bool { false }

    mutating func answer(_ request: SandboxRequest) -> SandboxReply {
        let hidden: Set = ["authorization", "x-api-key", "cookie"]
        let headers = request.headers.filter { !hidden.contains($0.key) }
        return SandboxReply(
            200,
            JSONValue(members: [
                "method": .string(request.method),
                "path": .string(request.path),
                "query": Self.object(request.query),
                "headers": Self.object(headers),
                "body": request.body ?? .null,
            ]),
        )
    }

    private static func object(_ texts: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) { object[name] = .string(text) }
        return .object(object)
    }
}
