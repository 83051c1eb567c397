import Model

/// The limits of breakers, of what they park, and of what is learned from 429.
package struct BreakerPolicy: Sendable, Hashable {
    // MARK: Opening

    /// Failures in a row that open a breaker.
    package var failuresInARow = 10
    /// Or: this share of failures among at least ``rateCalls`` attempts within ``window``.
    package var failureRate = 0.5
    package var rateCalls = 20
    package var window = TimeSpan(milliseconds: 60_000)
    /// Failures in a row from which a connection counts as degraded.
    package var degradedAfter = 3

    // MARK: Open, half open

    /// How long it stays open first; each failed probe doubles it, up to ``openLimit``.
    package var openTime = TimeSpan(milliseconds: 15_000)
    package var openLimit = TimeSpan(milliseconds: 600_000)
    /// The same after refused credentials: to try those often gets an account locked.
    package var refusedTime = TimeSpan(milliseconds: 900_000)
    package var refusedLimit = TimeSpan(milliseconds: 86_400_000)
    /// The share of the open time that chance may take away.
    package var jitter = 0.2
    /// Probes under way at once, and how many answers in a row close the breaker.
    package var probes = 1
    package var answersToClose = 1
    /// After so long a probe that told nothing is given up, and another one may begin.
    package var probeTime = TimeSpan(milliseconds: 60_000)

    // MARK: Parking

    /// Executions that one connection parks; further ones fail. 0: nothing is ever parked.
    package var parkedMax = 10_000
    /// How long an execution stays parked; then its step fails.
    package var parkedFor = TimeSpan(milliseconds: 7 * 86_400_000)
    /// A parked execution asks for itself this often, should nobody else resume it.
    package var parkedRecheck = TimeSpan(milliseconds: 3_600_000)
    /// Parked executions of one connection that are resumed in a second.
    package var resumedPerSecond = 20

    // MARK: The rate that a service allows

    /// By what a 429 multiplies the rate.
    package var rateFactor = 0.5
    /// What each second without one adds to it, in attempts per second.
    package var rateGain = 0.1
    /// Attempts per second: never fewer, and from the most on as many as come.
    package var rateMin = 0.2
    package var rateMax = 1_000.0
    /// The pause after a 429 that does not say how long, and the longest that is followed.
    package var pauseTime = TimeSpan(milliseconds: 1_000)
    package var pauseLimit = TimeSpan(milliseconds: 3_600_000)

    package init() {}

    /// Until when a breaker stays open that opens for the `times`th time without closing between.
    ///
    /// - Parameter chance: from 0 up to 1; takes away up to ``jitter`` of the time.
    func openUntil(
        _ reason: ProblemType,
        times: Int,
        now: Timestamp,
        chance: Double,
    ) -> Timestamp {
        let first = reason == .authentication ? refusedTime : openTime
        let limit = reason == .authentication ? refusedLimit : openLimit
        var span = Double(min(first, limit).milliseconds)
        for _ in 1..<max(1, min(times, 64)) {
            span = min(span * 2, Double(limit.milliseconds))
        }
        span -= span * min(max(jitter, 0), 1) * min(max(chance, 0), 1)
        return now + TimeSpan(milliseconds: max(1, Int64(span.rounded())))
    }
}
