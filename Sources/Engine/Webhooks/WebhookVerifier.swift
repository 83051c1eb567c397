import Crypto
import Definitions
import Model

/// Decides whether a request comes from whom it says. Every comparison takes constant time.
struct WebhookVerifier: Sendable {
    let verification: WebhookVerification

    /// What the definition refers to; nil when nothing is verified.
    var secret: SecretReference? {
        switch verification {
        case .none: nil
        case .hmacSHA256(let hmac): hmac.secret
        case .standardWebhooks(let secret, _): secret
        case .sharedToken(let secret, _, _): secret
        }
    }

    /// Returns when the request is genuine.
    func verify(_ request: WebhookRequest, query: JSONObject, secret: String) throws(RequestFault) {
        switch verification {
        case .none: return
        case .hmacSHA256(let hmac): try verify(request, hmac, secret: secret)
        case .standardWebhooks(_, let tolerance):
            try verifyStandard(request, tolerance: tolerance, secret: secret)
        case .sharedToken(_, let header, let name):
            try verifyToken(request, query: query, header: header, name: name, secret: secret)
        }
    }

    // MARK: HMAC

    private func verify(
        _ request: WebhookRequest,
        _ hmac: HMACVerification,
        secret: String,
    ) throws(RequestFault) {
        guard let given = request.header(hmac.header.lowercased()) else {
            throw .unsigned("the header \(hmac.header)")
        }
        var code = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
        var timestamp = ""
        if let name = hmac.timestampHeader {
            guard let given = request.header(name.lowercased()) else {
                throw .unsigned("the header \(name)")
            }
            try check(given, at: request.receivedAt, tolerance: hmac.tolerance)
            timestamp = given
        }
        let usual = hmac.timestampHeader == nil ? "{body}" : "{timestamp}.{body}"
        Self.update(&code, hmac.signedText ?? usual, timestamp: timestamp, body: request.body)
        guard given.hasPrefix(hmac.prefix),
            let digest = Self.decode(given.dropFirst(hmac.prefix.count), hmac.encoding),
            Self.isEqual(digest, Array(code.finalize()))
        else { throw .wrongSignature }
    }

    private static func update(
        _ code: inout HMAC<SHA256>,
        _ text: String,
        timestamp: String,
        body: [UInt8],
    ) {
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            code.update(data: Array(rest[..<brace].utf8))
            rest = rest[brace...]
            if rest.hasPrefix("{timestamp}") {
                code.update(data: Array(timestamp.utf8))
                rest = rest.dropFirst("{timestamp}".count)
            } else if rest.hasPrefix("{body}") {
                code.update(data: body)
                rest = rest.dropFirst("{body}".count)
            } else {
                code.update(data: [UInt8(ascii: "{")])
                rest = rest.dropFirst()
            }
        }
        code.update(data: Array(rest.utf8))
    }

    private static func decode(
        _ text: Substring,
        _ encoding: HMACVerification.Encoding,
    )
        -> [UInt8]?
    {
        guard encoding == .hex else { return Base64.decoded(String(text)) }
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = FormData.hexDigit(digits[index]),
                let low = FormData.hexDigit(digits[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    // MARK: Standard Webhooks 1.0

    static let standardHeaders = ["webhook-id", "webhook-timestamp", "webhook-signature"]

    private func verifyStandard(
        _ request: WebhookRequest,
        tolerance: TimeSpan,
        secret: String,
    ) throws(RequestFault) {
        var values: [String] = []
        for name in Self.standardHeaders {
            guard let value = request.header(name), !value.isEmpty else {
                throw .unsigned("the header \(name)")
            }
            values.append(value)
        }
        try check(values[1], at: request.receivedAt, tolerance: tolerance)
        let text = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
        guard let key = Base64.decoded(text), !key.isEmpty else { throw .secretUnavailable }
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Array("\(values[0]).\(values[1]).".utf8))
        code.update(data: request.body)
        let expected = Array(code.finalize())
        var isGenuine = false
        for signature in values[2].split(separator: " ") where signature.hasPrefix("v1,") {
            guard let given = Base64.decoded(String(signature.dropFirst(3))) else { continue }
            if Self.isEqual(given, expected) { isGenuine = true }
        }
        guard isGenuine else { throw .wrongSignature }
    }

    // MARK: Shared token

    private func verifyToken(
        _ request: WebhookRequest,
        query: JSONObject,
        header: String?,
        name: String?,
        secret: String,
    ) throws(RequestFault) {
        var given: String?
        if let header {
            given = request.header(header.lowercased())
            if header.lowercased() == "authorization", let text = given,
                text.lowercased().hasPrefix("bearer ")
            {
                given = String(text.dropFirst(7))
            }
        }
        if given == nil, let name { given = query[name]?.stringValue }
        guard let given else {
            throw .unsigned(
                header.map { "the header \($0)" } ?? "the query parameter \(name ?? "")"
            )
        }
        guard Self.isEqual(Array(given.utf8), Array(secret.utf8)) else {
            throw .wrongSignature
        }
    }

    // MARK: Parts

    /// Seconds since 1970, in digits.
    private func check(
        _ timestamp: String,
        at now: Timestamp,
        tolerance: TimeSpan,
    ) throws(RequestFault) {
        guard timestamp.utf8.count <= 15, timestamp.utf8.allSatisfy({ (48...57).contains($0) }),
            let seconds = Int64(timestamp),
            (now.milliseconds - seconds * 1000).magnitude <= tolerance.milliseconds.magnitude
        else { throw .staleTimestamp }
    }

    /// Compares digests of both, so that neither content nor length shows in the time taken.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        SHA256.hash(data: left) == SHA256.hash(data: right)
    }
}
