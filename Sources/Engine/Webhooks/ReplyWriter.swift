import Kernel
import Model

/// Writes the words of a `reply` step.
enum ReplyWriter {
    /// Besides these: what begins with `x-` or `access-control-`. Framing, connection, cookies and
    /// credentials are not a workflow's to set.
    static let allowed: Set<String> = [
        "cache-control", "content-disposition", "content-language", "content-type", "etag",
        "expires", "last-modified", "link", "location", "retry-after", "vary",
    ]

    static func answer(_ reply: Reply) -> HTTPAnswer {
        var answer = HTTPAnswer(status: reply.status)
        for (name, value) in reply.headers.sorted(by: { $0.key < $1.key }) {
            let name = name.lowercased()
            if isAllowed(name), isText(value) { answer.headers.append(HeaderField(name, value)) }
        }
        guard ![204, 205, 304].contains(reply.status) else {
            answer.headers.removeAll { $0.name == "content-type" }
            return answer
        }
        let type: String
        switch reply.body {
        case nil: return answer
        case .string(let text):
            answer.body = Array(text.utf8)
            type = "text/plain; charset=utf-8"
        case .some(let value):
            answer.body = JSONWriter.bytes(value)
            type = "application/json"
        }
        if answer.header("content-type") == nil {
            answer.headers.append(HeaderField("content-type", type))
        }
        return answer
    }

    static func isAllowed(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { return false }
        return allowed.contains(name) || name.hasPrefix("x-")
            || name.hasPrefix("access-control-")
    }

    /// RFC 9110, section 5.6.2, without upper case.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// RFC 9110, section 5.5: no control characters, so no second header can be smuggled in.
    private static func isText(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 9 || ($0 >= 32 && $0 != 127) }
    }
}
