import Model

/// One request as the sandbox's world sees it: decoded, whole, without a connection.
package struct SandboxRequest: Sendable {
    package var method: String
    /// Percent-decoded, without empty segments.
    package var segments: [String]
    package var query: [String: String]
    /// Names in lower case; of a repeated header the last value.
    package var headers: [String: String]
    /// nil when there is no body or it is not JSON.
    package var body: JSONValue?
    /// Why a body that is there could not be read.
    package var bodyMistake: String?

    package init(
        method: String,
        segments: [String],
        query: [String: String] = [:],
        headers: [String: String] = [:],
        body: JSONValue? = nil,
        bodyMistake: String? = nil,
    ) {
        self.method = method
        self.segments = segments
        self.query = query
        self.headers = headers
        self.body = body
        self.bodyMistake = bodyMistake
    }

    package var path: String { "/" + segments.joined(separator: "/") }

    /// The route without its variable parts, such as `POST orders`; what a service switches over.
    var route: String { ([method] + segments.dropFirst()).joined(separator: " ") }

    /// The members of a JSON object body; empty for anything else.
    var members: JSONObject { body?.objectValue ?? JSONObject() }

    /// A number from the query, held inside `range`; `fallback` when absent or unreadable.
    func number(_ name: String, in range: ClosedRange<Int>, else fallback: Int) -> Int {
        guard let number = query[name].flatMap({ Int($0) }) else { return fallback }
        return min(max(number, range.lowerBound), range.upperBound)
    }
}
