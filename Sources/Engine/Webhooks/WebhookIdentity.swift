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
        definition: WebhookTrigger,
    ) throws(RequestFault) {
        correlationID = try Self.correlationID(request, trigger: trigger, definition)
        if let template = definition.deduplicateBy,
            let value = try Self.deduplicationKey(template, trigger, request.receivedAt)
        {
            key = Self.bounded("by:", value)
        } else if let header = request.header("idempotency-key") {
            key = Self.bounded("key:", try Self.idempotencyKey(header))
            fingerprint = Self.fingerprint(request)
        } else if case .standardWebhooks = definition.verify,
            let id = request.header("webhook-id")
        {
            key = Self.bounded("webhook:", id)
        }
    }

    private static func correlationID(
        _ request: WebhookRequest,
        trigger: JSONValue,
        _ definition: WebhookTrigger,
    ) throws(RequestFault) -> String? {
        guard let template = definition.correlationID else {
            let given =
                request.header("x-correlation-id") ?? request.header("x-request-id")
            return given.flatMap { $0.isEmpty || $0.count > WebhookLimits.keyLength ? nil : $0 }
        }
        let value: JSONValue
        do { value = try template.value(trigger: trigger, now: request.receivedAt) } catch {
            throw .invalidCorrelationID(error.message)
        }
        guard let text = scalarText(value) else {
            if value.isNull { return nil }
            throw .invalidCorrelationID("a string, a number or null is wanted")
        }
        guard text.count <= WebhookLimits.keyLength else {
            throw .invalidCorrelationID("longer than \(WebhookLimits.keyLength) characters")
        }
        return text.isEmpty ? nil : text
    }

    private static func deduplicationKey(
        _ template: Template,
        _ trigger: JSONValue,
        _ now: Timestamp,
    ) throws(RequestFault) -> String? {
        let value: JSONValue
        do { value = try template.value(trigger: trigger, now: now) } catch {
            throw .invalidDeduplicationKey(error.message)
        }
        return value.isNull ? nil : scalarText(value) ?? JSONWriter.string(value, sortedKeys: true)
    }

    private static func scalarText(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer, .number: JSONWriter.string(value)
        default: nil
        }
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

extension Template {
    /// The value with nothing but `$trigger` to see.
    func value(trigger: JSONValue, now: Timestamp) throws(EvaluationError) -> JSONValue {
        var environment = Environment(now: now)
        environment[.trigger] = trigger
        return try evaluate(environment)
    }
}
