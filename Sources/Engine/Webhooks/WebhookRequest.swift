import Model

/// One HTTP request to a webhook, whole, before anything was decided about it.
package struct WebhookRequest: Sendable {
    /// In upper case.
    package var method: String
    /// Percent-encoded as it came, without the query.
    package var path: String
    /// As it came, without the question mark.
    package var query: String
    /// In the order of arrival, names in lower case.
    package var headers: [HeaderField]
    package var body: [UInt8]
    package var receivedAt: Timestamp

    package init(
        method: String,
        path: String,
        query: String = "",
        headers: [HeaderField] = [],
        body: [UInt8] = [],
        receivedAt: Timestamp,
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
    }

    /// The value of a field; repeated ones are joined by a comma (RFC 9110, section 5.3).
    func header(_ name: String) -> String? {
        var found: String?
        for field in headers where field.name == name {
            found = found.map { $0 + ", " + field.value } ?? field.value
        }
        return found
    }
}

/// What a webhook accepts; everything beyond is refused before anything is written.
package enum WebhookLimits {
    /// Header fields of a request: 431 beyond.
    package static let headerCount = 100
    /// Bytes of all names and values: 431 beyond.
    package static let headerBytes = 32 << 10
    /// Names and values of a query or a form: 400 beyond.
    package static let formFields = 1_000
    /// Characters of an idempotency key and of a correlation id.
    package static let keyLength = 255
    /// Violations of the input schema that are told.
    package static let violations = 20
    /// The longest that `Prefer: wait` may ask for.
    package static let longestWait = TimeSpan(milliseconds: 300_000)
    /// Containers inside one another in a JSON body: 400 beyond.
    package static let jsonDepth = 128
    package static let methods = ["POST", "PUT", "PATCH"]
}
