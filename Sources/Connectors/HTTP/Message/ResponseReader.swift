import ConnectorKit
import Model

/// How the body of an answer becomes a value.
enum ResponseMode: String, Sendable, CaseIterable {
    /// By the content type: JSON, else text when it is text, else base 64.
    case auto
    case json, text, base64
}

/// Turns an answer into `{status, headers, body}`.
enum ResponseReader {
    /// An empty body is null, whatever was expected.
    static func body(
        _ response: HTTPResponse,
        as mode: ResponseMode,
    ) throws(TransportError) -> JSONValue {
        guard !response.body.isEmpty else { return .null }
        let type = response.contentType
        switch mode {
        case .json: return try json(response.body)
        case .text:
            guard let text = text(response.body, type) else {
                throw TransportError(
                    .malformedText,
                    "the answer is no text in UTF-8; use `response: base64`",
                )
            }
            return .string(text)
        case .base64: return .string(Base64.encoded(response.body))
        case .auto:
            if type.isJSON { return try json(response.body) }
            if type.isText || type.isMissing, let text = text(response.body, type) {
                return .string(text)
            }
            return .string(Base64.encoded(response.body))
        }
    }

    static func object(_ response: HTTPResponse, body: JSONValue) -> JSONValue {
        [
            "status": .integer(Int64(response.status)), "headers": headers(response), "body": body,
        ]
    }

    /// Names in lower case; fields that occur twice are joined with a comma, as RFC 9110 section
    /// 5.3 allows, but `set-cookie` is an array then.
    static func headers(_ response: HTTPResponse) -> JSONValue {
        var object = JSONObject()
        for (name, value) in response.headers {
            let name = name.lowercased()
            switch object[name] {
            case nil: object[name] = .string(value)
            case .array(let values)?: object[name] = .array(values + [.string(value)])
            case .string(let first)? where name == "set-cookie":
                object[name] = [.string(first), .string(value)]
            case .string(let first)?: object[name] = .string(first + ", " + value)
            default: break
            }
        }
        return .object(object)
    }

    private static func json(_ bytes: [UInt8]) throws(TransportError) -> JSONValue {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let limits = JSONLimits(
            depth: 512,
            size: HTTPLimits.responseMax,
            refusesDuplicateKeys: false,
        )
        let result = bytes.withUnsafeBufferPointer {
            JSONParser.parse(
                buffer: UnsafeBufferPointer(rebasing: $0[start...]),
                limits: limits,
            )
        }
        do throws(JSONError) {
            return try result.get()
        } catch {
            throw TransportError(.malformedJSON, "the answer is not JSON: \(error)")
        }
    }

    private static func text(_ bytes: [UInt8], _ type: ContentType) -> String? {
        switch type.charset {
        case "iso-8859-1", "latin1", "us-ascii":
            return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default:
            let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            return String(validating: bytes[start...], as: UTF8.self)
        }
    }
}
