import Crypto
import Definitions
import Expressions
import Model

/// How one request is told from another: correlation id, idempotency key and fingerprint.
struct WebhookIdentity: Sendable, Hashable {
    var correlationID: String?
    /// At most 255 bytes.
    var key: String?
    /// Tells an honest retry from a key that is used with another content; 0 when the key alone
    /// decides.
    var fingerprint: Int64 = 0

    /// The key comes from `deduplicate_by`, else from `Idempotency-Key`, else from a verified
    /// `webhook-id`. Each kind has a name space of its own.
    init(
        _ request: WebhookRequest,
        trigger: JSONValue,
        config: JSONValue,
        definition: WebhookTrigger,
    ) throws(RequestFault) {
        var environment = Environment(now: request.receivedAt)
        environment[.trigger] = trigger
        environment[.config] = config
        correlationID = try Self.correlationID(request, environment, definition)
        if let template = definition.deduplicateBy,
            let value = try Self.deduplicationKey(template, environment)
        {
            key = Self.bounded("by:", value)
        } else if let given = try Self.idempotencyKey(request) {
            key = Self.bounded("key:", given)
            fingerprint = Self.fingerprint(request)
        } else if case .standardWebhooks = definition.verify,
            let id = request.header("webhook-id")
        {
            key = Self.bounded("webhook:", id)
        }
    }

    private static func correlationID(
        _ request: WebhookRequest,
        _ environment: Environment,
        _ definition: WebhookTrigger,
    ) throws(RequestFault) -> String? {
        guard let template = definition.correlationID else {
            return correlationID(request, headers: ["x-correlation-id", "x-request-id"])
        }
        let value: JSONValue
        do { value = try template.evaluate(environment) } catch {
            throw .invalidCorrelationID(error.message)
        }
        guard let text = scalarText(value) else {
            if value.isNull { return nil }
            throw .invalidCorrelationID("a string, a number or null is wanted")
        }
        guard text.unicodeScalars.count <= WebhookLimits.keyLength else {
            throw .invalidCorrelationID("longer than \(WebhookLimits.keyLength) characters")
        }
        return text.isEmpty ? nil : text
    }

    /// The first of these that holds something usable; what nobody asked for is never refused.
    static func correlationID(_ request: WebhookRequest, headers: [String]) -> String? {
        for name in headers {
            guard let text = request.header(name), !text.isEmpty,
                text.unicodeScalars.count <= WebhookLimits.keyLength
            else { continue }
            return text
        }
        return nil
    }

    /// Nil for null and for the empty text: what lacks a key is not the same as all that lack one.
    private static func deduplicationKey(
        _ template: Template,
        _ environment: Environment,
    ) throws(RequestFault) -> String? {
        let value: JSONValue
        do { value = try template.evaluate(environment) } catch {
            throw .invalidDeduplicationKey(error.message)
        }
        if value.isNull { return nil }
        let text = scalarText(value) ?? JSONWriter.string(value, sortedKeys: true)
        return text.isEmpty ? nil : text
    }

    private static func scalarText(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer, .number: JSONWriter.string(value)
        default: nil
        }
    }

    /// The key in its header, if any; a second one leaves open which is meant.
    static func idempotencyKey(_ request: WebhookRequest) throws(RequestFault) -> String? {
        let given = request.headers.filter { $0.name == "idempotency-key" }
        guard given.count <= 1 else { throw .invalidIdempotencyKey }
        return try given.first.map { field throws(RequestFault) in try idempotencyKey(field.value) }
    }

    /// A structured string (RFC 8941, section 3.3.3), as the draft wants it, or plain text.
    static func idempotencyKey(_ header: String) throws(RequestFault) -> String {
        var characters = Array(header.utf8)
        if characters.first == UInt8(ascii: "\"") {
            guard characters.count >= 2, characters.last == UInt8(ascii: "\"") else {
                throw .invalidIdempotencyKey
            }
            var text: [UInt8] = []
            var isEscaped = false
            for byte in characters.dropFirst().dropLast() {
                if !isEscaped, byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else {
                    guard isEscaped || byte != UInt8(ascii: "\"") else {
                        throw .invalidIdempotencyKey
                    }
                    text.append(byte)
                    isEscaped = false
                }
            }
            guard !isEscaped else { throw .invalidIdempotencyKey }
            characters = text
        }
        guard (1...WebhookLimits.keyLength).contains(characters.count),
            characters.allSatisfy({ (32...126).contains($0) })
        else { throw .invalidIdempotencyKey }
        return String(decoding: characters, as: UTF8.self)
    }

    /// A key that would be too long for the store is hashed.
    static func bounded(_ space: String, _ text: String) -> String {
        if space.utf8.count + text.utf8.count <= 255 { return space + text }
        return space + "sha256:" + Base64.urlEncoded(Array(SHA256.hash(data: Array(text.utf8))))
    }

    static func fingerprint(_ request: WebhookRequest) -> Int64 {
        var hash = SHA256()
        let type = request.header("content-type") ?? ""
        for part in [request.method, request.path, request.query, type] {
            hash.update(data: Array(part.utf8) + [0])
        }
        hash.update(data: request.body)
        return hash.finalize().prefix(8).reduce(into: 0) { $0 = $0 << 8 | Int64($1) }
    }
}

extension WebhookRequest {
    /// The caller's own name of the request, when it has one: header `Idempotency-Key`.
    package func idempotencyKey() throws(Problem) -> String? {
        do throws(RequestFault) { return try WebhookIdentity.idempotencyKey(self) } catch {
            throw error.problem
        }
    }
}
