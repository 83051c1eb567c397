import Expressions
import Model

/// How often and when a step is tried again (language.md, "The order, frozen", rule 1).
package struct RetryPolicy: Sendable {
    package enum Backoff: String, Sendable, CaseIterable { case constant, linear, exponential }

    /// Retries after the first attempt, 0...100.
    package var times: Int
    package var delay: TimeSpan
    package var backoff: Backoff
    /// For exponential: 1...10.
    package var factor: Double
    package var maxDelay: TimeSpan
    /// The share of the delay that chance may take away: 0 none, 1 full jitter.
    package var jitter: Double
    /// Replaces "the problem is retryable" as the condition; sees `$error`.
    package var when: Program?
    /// No retry begins later than this after the first attempt began.
    package var deadline: TimeSpan?
    /// Bounds each attempt; nil means the operation's own default.
    package var attemptTimeout: TimeSpan?

    package init(
        times: Int = 3,
        delay: TimeSpan = TimeSpan(milliseconds: 1000),
        backoff: Backoff = .exponential,
        factor: Double = 2,
        maxDelay: TimeSpan = TimeSpan(milliseconds: 60_000),
        jitter: Double = 1,
        when: Program? = nil,
        deadline: TimeSpan? = nil,
        attemptTimeout: TimeSpan? = nil,
    ) {
        self.times = times
        self.delay = delay
        self.backoff = backoff
        self.factor = factor
        self.maxDelay = maxDelay
        self.jitter = jitter
        self.when = when
        self.deadline = deadline
        self.attemptTimeout = attemptTimeout
    }

    /// What a `run` step without `retry` gets: 3 retries, exponential from 1 s, factor 2, cap 60 s,
    /// full jitter.
    package static let standard = RetryPolicy()
    /// One attempt.
    package static let none = RetryPolicy(times: 0)
}
