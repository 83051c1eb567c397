import Model

/// Answers with what it was asked; credentials are left out, except below `/echo/careless`.
struct Echo: ThirdParty {
    static func failure(code: String, message: String) -> JSONValue {
        JSONValue(members: ["error": .string(code), "message": .string(message)])
    }

    static func isOpen(_ request: SandboxRequest) -> Bool { false }

    mutating func answer(_ request: SandboxRequest) -> SandboxReply {
        if request.segments.dropFirst().first == "careless" { return careless(request) }
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

    /// A service that hands the credential back wherever it can: in headers, in a redirect, and in a
    /// body of the form `as` (`json text xml form html base64`) with the status `status`.
    private func careless(_ request: SandboxRequest) -> SandboxReply {
        let given = request.headers["authorization"] ?? request.headers["x-api-key"] ?? "nothing"
        let secret = String(given.split(separator: " ").last ?? "")
        let status = request.number("status", in: 200...599, else: 200)
        let percent = Self.percentEncoded(secret)
        var reply: SandboxReply
        switch request.query["as"] {
        case "text":
            reply = SandboxReply(
                status,
                text: "no \(secret) here; Authorization: \(given)\nhttps://x/?token=\(percent)\n",
                type: "text/plain",
            )
        case "xml":
            reply = SandboxReply(
                status,
                text: "<e><Token>\(secret)</Token><u href='http://me:\(secret)@x/'/></e>",
                type: "application/xml",
            )
        case "form":
            reply = SandboxReply(
                status,
                text: "access_token=\(percent)&note=\(percent)",
                type: "application/x-www-form-urlencoded",
            )
        case "html":
            reply = SandboxReply(
                status,
                text: "<input name=\"k\" value=\"\(secret)\"><!-- \(given) -->",
                type: "text/html",
            )
        case "base64":
            let whole = Base64.encoded(Array("user:\(secret)".utf8))
            reply = SandboxReply(
                status,
                JSONValue(members: ["said": .string("Basic \(whole)"), "raw": .string(whole)]),
            )
        default:
            reply = SandboxReply(
                status,
                JSONValue(members: [
                    "token": .string(secret), "note": .string("you sent \(given)"),
                    secret: .string("as a name"), "headers": Self.object(request.headers),
                    "inner": .string("{\"password\":\"\(secret)\",\"u\":\"\(percent)\"}"),
                    "body": request.body ?? .null,
                ]),
            )
        }
        reply.headers["x-request-id"] = secret
        reply.headers["set-cookie"] = "session=\(secret)"
        reply.headers["www-authenticate"] = "Bearer realm=\"\(secret)\""
        if (300...399).contains(status) {
            reply.headers["location"] = "http://\(secret):\(secret)@localhost:1/?token=\(percent)"
        }
        return reply
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    private static func object(_ texts: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) { object[name] = .string(text) }
        return .object(object)
    }
}
