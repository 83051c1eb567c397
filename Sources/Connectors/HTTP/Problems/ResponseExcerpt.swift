import Model
import NIOHTTP1

/// What of a third party's answer goes into a problem: listed headers, and the start of the body.
enum ResponseExcerpt {
    static let sizeLimit = 8192

    private static let headers: Set<String> = [
        "allow", "cache-control", "content-length", "content-type", "date", "deprecation", "etag",
        "last-modified", "link", "location", "request-id", "retry-after", "server", "sunset",
        "traceparent", "via", "warning", "www-authenticate", "x-amzn-errortype",
        "x-amzn-requestid", "x-correlation-id", "x-github-request-id", "x-ms-request-id",
        "x-request-id", "x-trace-id", "cf-ray",
    ]
    private static let prefixes = ["ratelimit", "x-ratelimit", "x-rate-limit"]

    static func make(_ response: HTTPResponse) -> ProblemResponse {
        var kept = JSONObject()
        for (name, value) in response.headers {
            let name = name.lowercased()
            guard headers.contains(name) || prefixes.contains(where: name.hasPrefix) else {
                continue
            }
            kept[name] = .string(String(value.prefix(1024)))
        }
        return ProblemResponse(
            status: response.status,
            headers: kept,
            body: body(response.body, type: response.contentType),
        )
    }

    /// JSON that fits stays JSON; longer and other text is cut at a character; bytes are counted.
    static func body(_ bytes: [UInt8], type: ContentType) -> JSONValue? {
        guard !bytes.isEmpty else { return nil }
        if bytes.count <= sizeLimit, type.isJSON || type.isMissing,
            case .success(let value) = bytes.withUnsafeBufferPointer({
                JSONParser.parse(buffer: $0)
            })
        {
            return value
        }
        var end = min(bytes.count, sizeLimit)
        while end > 0, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        guard let text = String(validating: bytes[..<end], as: UTF8.self) else {
            return .string("[\(bytes.count) bytes of \(type.essence)]")
        }
        return .string(end < bytes.count ? text + "… [\(bytes.count) bytes]" : text)
    }
}
