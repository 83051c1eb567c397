import Model

/// Where dead letters and signs of life go, apart from every workflow.
package struct LastResortDefinition: Sendable {
    /// Gets `POST`s signed by Standard Webhooks 1.0.
    package var webhook: String
    package var secret: SecretReference
    /// How often it is told that alerts still work: 10 s ... 1 d; nil: never. Whoever watches from
    /// outside knows by its absence that nobody would be told.
    package var heartbeat: TimeSpan?

    package init(webhook: String, secret: SecretReference, heartbeat: TimeSpan? = nil) {
        self.webhook = webhook
        self.secret = secret
        self.heartbeat = heartbeat
    }
}
