/// The bounds on everything that the sandbox keeps or accepts.
package enum SandboxLimits {
    /// Bytes of one request body; more is a 413.
    package static let bodySize = 64 << 10
    /// Requests in the journal; the oldest go first.
    package static let journal = 1_000
    /// Characters of a request body that the journal keeps.
    package static let journalBody = 4_096
    /// Records of one kind, such as leads, orders or idempotency keys.
    package static let records = 10_000
    /// Channels, requests of the partner, and identifiers whose failures are counted.
    package static let names = 1_000
    /// Messages kept in one channel, statuses kept for one request of the partner.
    package static let perName = 20
    /// Entries in the queue of faults of one service.
    package static let queuedFaults = 100
    /// How often one queued fault may repeat.
    package static let faultTimes = 1_000
    /// Milliseconds of the longest `slow`.
    package static let slowest = 60_000
    /// Seconds of the longest `Retry-After`.
    package static let retryAfter = 3_600
}
