import Model

/// Where the API listens and what it takes.
package struct HTTPAPIConfiguration: Sendable {
    package var host: String
    /// 0 takes a free one.
    package var port: Int
    /// Before the URLs in answers, such as `https://hooks.example.com`; empty for relative ones.
    package var publicURL: String
    /// Replaces the stored admin token; at least ``AdminToken/shortest`` characters.
    package var adminToken: String?
    /// Connections at once; more wait in the system's queue.
    package var connections = 4_096
    /// A connection on which nothing arrives and nothing is being answered is closed after it.
    package var idleTimeout = TimeSpan(milliseconds: 60_000)
    /// How long the first head of a connection may take: 408 beyond. Later ones fall under
    /// ``idleTimeout``.
    package var headTimeout = TimeSpan(milliseconds: 15_000)
    /// How long a request's body may take after its head: 408 beyond.
    package var bodyTimeout = TimeSpan(milliseconds: 30_000)
    /// Between two comments of an event stream in which nothing happens.
    package var heartbeat = TimeSpan(milliseconds: 15_000)
    /// Event streams at once: 503 beyond.
    package var streams = 1_024
    /// Bytes of a request target: 414 beyond.
    package var targetLimit = 8 << 10
    /// Whether `GET /` names the webhooks. By default only when this machine alone can ask.
    package var listsWebhooks: Bool
    /// Whether this machine alone can ask.
    package var isLocal: Bool

    package init(
        host: String = "127.0.0.1",
        port: Int = 8787,
        publicURL: String = "",
        adminToken: String? = AdminToken.fromEnvironment(),
        listsWebhooks: Bool? = nil,
    ) {
        self.host = host
        self.port = port
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.adminToken = adminToken
        isLocal = host.hasPrefix("127.") || host == "localhost" || host == "::1"
        self.listsWebhooks = listsWebhooks ?? isLocal
    }
}
