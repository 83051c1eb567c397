import Model

/// A request's body as a value: JSON as it is, a form as an object, text as a string, all else as
/// base64 text; an empty one as null.
enum WebhookBody {
    static let limits = JSONLimits(depth: WebhookLimits.jsonDepth, size: .max)

    static func parse(_ bytes: [UInt8], contentType: String?) throws(RequestFault) -> JSONValue {
        guard !bytes.isEmpty else { return .null }
        switch Kind(contentType) {
        case .json: return try json(bytes)
        case .form:
            // No form serialiser leaves a bracket unescaped, but `curl -d '{…}'` says it is a form.
            return looksLikeJSON(bytes)
                ? try json(bytes) : .object(try FormData.parse(bytes))
        case .text: return .string(try text(bytes))
        case .unknown:
            if looksLikeJSON(bytes) { return try json(bytes) }
            if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
            return .string(Base64.encoded(bytes))
        case .binary: return .string(Base64.encoded(bytes))
        }
    }

    private enum Kind {
        case json, form, text, binary, unknown

        init(_ contentType: String?) {
            guard let contentType else {
                self = .unknown
                return
            }
            if contentType == "application/json" {
                self = .json
                return
            }
            let type = contentType.prefix { $0 != ";" }.lowercased()
                .filter { $0 != " " && $0 != "\t" }
            if type == "application/json" || type.hasSuffix("+json") {
                self = .json
            } else if type == "application/x-www-form-urlencoded" {
                self = .form
            } else if type.hasPrefix("text/") || type == "application/xml"
                || type.hasSuffix("+xml")
            {
                self = .text
            } else {
                self = type.isEmpty ? .unknown : .binary
            }
        }
    }

    private static func json(_ bytes: [UInt8]) throws(RequestFault) -> JSONValue {
        do { return try JSONParser.parse(bytes, limits: limits) } catch {
            throw .invalidJSON(error)
        }
    }

    private static func text(_ bytes: [UInt8]) throws(RequestFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
        return text
    }

    private static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
        let first = bytes.first { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}
