/// What may stand in a header field that a workflow sets.
enum FieldRules {
    static let countLimit = 100
    static let sizeLimit = 32_768

    /// Set by the client itself, or a way to smuggle a second request.
    static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "http2-settings", "keep-alive",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// Sent on to another origin after a redirect; every other field could be a credential.
    static let harmless: Set<String> = [
        "accept", "accept-encoding", "accept-language", "cache-control", "content-encoding",
        "content-language", "content-type", "if-modified-since", "if-none-match", "traceparent",
        "user-agent", "x-correlation-id",
    ]

    /// `token` of RFC 9110, section 5.6.2.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 256
            && text.utf8.allSatisfy { byte in
                48...57 ~= byte || 65...90 ~= byte || 97...122 ~= byte
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// Visible characters, blanks and tabs; bytes above 127 pass as they are.
    static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 9 || $0 >= 32 && $0 != 127 }
    }
}
