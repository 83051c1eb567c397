/// A media type (RFC 9110, section 8.3), read leniently.
struct ContentType: Sendable, Hashable {
    /// `type/subtype` in lower case; `application/octet-stream` when missing.
    var essence: String
    var charset: String?
    var isMissing: Bool

    init(_ header: String?) {
        let parts = (header ?? "").split(separator: ";").map { String($0).trimmingBlanks() }
        essence = parts.first?.lowercased() ?? "application/octet-stream"
        isMissing = parts.isEmpty
        charset = parts.dropFirst().lazy.map { $0.lowercased() }
            .first { $0.hasPrefix("charset=") }
            .map { String($0.dropFirst(8)).replacing("\"", with: "") }
    }

    /// RFC 6839: `application/json` and everything `+json`.
    var isJSON: Bool {
        essence == "application/json" || essence.hasSuffix("+json") || essence == "text/json"
    }

    var isText: Bool {
        essence.hasPrefix("text/") || essence.hasSuffix("+xml")
            || [
                "application/xml", "application/javascript", "application/x-www-form-urlencoded",
                "application/x-ndjson", "application/yaml",
            ].contains(essence)
    }
}
