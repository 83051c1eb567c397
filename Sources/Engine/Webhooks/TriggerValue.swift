import Definitions
import Model

/// What a workflow sees as `$trigger`.
enum TriggerValue {
    static let redacted = JSONValue.string("[redacted]")

    /// `method path headers query body received_at`. Header names are in lower case; fields of the
    /// connection are left out, those that carry credentials are redacted.
    static func webhook(
        _ request: WebhookRequest,
        query: JSONObject,
        body: JSONValue,
        hiding hidden: HiddenFields,
    ) -> JSONValue {
        var headers = JSONObject()
        headers.reserveCapacity(request.headers.count)
        for field in request.headers where !isOfConnection(field.name) {
            if hidden.header == field.name || isCredential(field.name) {
                headers[field.name] = redacted
            } else if let earlier = headers[field.name]?.stringValue {
                headers[field.name] = .string(earlier + ", " + field.value)
            } else {
                headers[field.name] = .string(field.value)
            }
        }
        var query = query
        if let name = hidden.query, query[name] != nil { query[name] = redacted }
        var trigger = JSONObject()
        trigger.reserveCapacity(6)
        trigger["method"] = .string(request.method)
        trigger["path"] = .string(request.path)
        trigger["headers"] = .object(headers)
        trigger["query"] = .object(query)
        trigger["body"] = body
        trigger["received_at"] = .string(request.receivedAt.description)
        return .object(trigger)
    }

    /// What a request through the API stands for: of a webhook workflow, the body.
    static func manual(
        _ workflow: DeployedWorkflow,
        input: JSONValue,
        at time: Timestamp,
    )
        -> JSONValue
    {
        guard case .webhook = workflow.definition.trigger else { return ["input": input] }
        let request = WebhookRequest(
            method: "POST",
            path: "/hooks/\(workflow.qualifiedName)",
            receivedAt: time,
        )
        return webhook(request, query: JSONObject(), body: input, hiding: HiddenFields(nil))
    }

    /// RFC 9110, section 7.6.1, and framing.
    static func isOfConnection(_ name: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade", "content-length", "expect":
            true
        default: false
        }
    }

    static func isCredential(_ name: String) -> Bool {
        switch name {
        case "host", "accept", "content-type", "user-agent", "accept-encoding", "x-request-id",
            "x-correlation-id", "idempotency-key", "traceparent":
            return false
        case "authorization", "proxy-authorization", "cookie", "set-cookie", "webhook-signature":
            return true
        default:
            return credentialWords.contains { name.contains($0) }
        }
    }

    private static let credentialWords = [
        "token", "secret", "password", "api-key", "apikey", "signature", "session",
    ]
}

/// The fields that prove who sent a request: they are never stored.
struct HiddenFields: Sendable, Hashable {
    var header: String?
    var query: String?

    init(_ verification: WebhookVerification?) {
        switch verification {
        case .hmacSHA256(let hmac): header = hmac.header.lowercased()
        case .sharedToken(_, let name, let parameter):
            header = name?.lowercased()
            query = parameter
        case .standardWebhooks: header = "webhook-signature"
        case nil, .some(.none): break
        }
    }
}
