import Model

/// Channels of a messenger: where support is told.
struct MessageChannels: ThirdParty {
    private var channels = BoundedTable<BoundedTable<JSONValue>>(capacity: SandboxLimits.names)
    private var lastNumber = 0

    static func failure(code: String, message: String) -> JSONValue {
        JSONValue(members: [
            "ok": .bool(false),
            "error": .string(code),
            "message": .string(message),
        ])
    }

    mutating func answer(_ request: SandboxRequest) -> SandboxReply {
        let segments = request.segments.dropFirst()
        switch (request.method, segments.count, segments.last) {
        case ("POST", 2, "messages"): return post(request, to: segments[1])
        case ("GET", 2, "messages"): return messages(of: segments[1])
        default: return Self.unknownRoute
        }
    }

    private mutating func post(_ request: SandboxRequest, to name: String) -> SandboxReply {
        if let mistake = Self.bodyMistake(request) { return mistake }
        guard let text = request.members["text"]?.stringValue, !text.isEmpty else {
            return Self.failed(400, "no_text", "text: must not be empty")
        }
        lastNumber += 1
        let id = "M-\(lastNumber)"
        var channel = channels[name] ?? BoundedTable(capacity: SandboxLimits.perName)
        channel.set(id, JSONValue(members: ["id": .string(id), "text": .string(text)]))
        channels.set(name, channel)
        return SandboxReply(201, JSONValue(members: ["ok": .bool(true), "id": .string(id)]))
    }

    private func messages(of name: String) -> SandboxReply {
        let messages = channels[name]?.inOrder ?? []
        return SandboxReply(
            200,
            JSONValue(members: ["channel": .string(name), "messages": .array(messages)]),
        )
    }
}
