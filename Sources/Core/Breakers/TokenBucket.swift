import Model

/// How fast attempts may go through one connection, as its 429 answers taught it.
///
/// Until the first 429 everything passes. A 429 pauses the connection and cuts its rate to a part;
/// what waits gets places in a row, one behind the other at that rate. The rate grows again by a
/// constant with time (additive increase, multiplicative decrease), until the limit is forgotten.
package struct TokenBucket: Sendable, Hashable {
    /// What was learned, which is worth keeping over a restart.
    package struct Limit: Sendable, Hashable {
        /// Attempts per second at ``asOf``.
        package var rate: Double
        /// The rate that was too much: at twice of it the limit is forgotten.
        package var ceiling: Double
        /// From then on the rate grows.
        package var asOf: Timestamp

        package init(rate: Double, ceiling: Double, asOf: Timestamp) {
            self.rate = rate
            self.ceiling = ceiling
            self.asOf = asOf
        }
    }

    package private(set) var limit: Limit?
    /// The next free place, in milliseconds since 1970; kept exact, so that no rate is rounded.
    private var nextFree = 0.0
    private var seen = ArrivalCount()

    package init(_ limit: Limit? = nil) {
        self.limit = limit
        if let limit { nextFree = Double(limit.asOf.milliseconds) }
    }

    /// Attempts per second that go through now; nil: as many as come.
    package func rate(at now: Timestamp, _ policy: BreakerPolicy) -> Double? {
        guard let limit else { return nil }
        let seconds = Double(max(0, (now - limit.asOf).milliseconds)) / 1_000
        let rate = limit.rate + policy.rateGain * seconds
        return rate >= min(policy.rateMax, limit.ceiling * 2) ? nil : rate
    }

    /// Nothing goes through before; nil when something does.
    package func pausedUntil(at now: Timestamp) -> Timestamp? {
        limit.flatMap { $0.asOf > now ? $0.asOf : nil }
    }

    /// Takes a place: when the attempt may go, now or later.
    package mutating func take(now: Timestamp, _ policy: BreakerPolicy) -> Timestamp {
        guard let limit else {
            seen.add(now)
            return now
        }
        let start = max(now, limit.asOf)
        guard let rate = rate(at: start, policy) else {
            self.limit = nil
            seen.add(now)
            return now
        }
        let place = max(Double(start.milliseconds), nextFree)
        nextFree = place + 1_000 / max(rate, policy.rateMin)
        let at = Timestamp(milliseconds: Int64(place.rounded(.up)))
        seen.add(at)
        return at
    }

    /// The service answered 429. One that comes during a pause only makes it longer: its attempt
    /// was on the way already.
    package mutating func limited(after: TimeSpan?, now: Timestamp, _ policy: BreakerPolicy) {
        let wanted = max(after ?? policy.pauseTime, policy.pauseTime)
        let until = now + min(wanted, max(policy.pauseTime, policy.pauseLimit))
        if let pausedUntil = pausedUntil(at: now) {
            limit?.asOf = max(pausedUntil, until)
        } else {
            let current = rate(at: now, policy) ?? seen.rate(at: now)
            limit = Limit(
                rate: max(policy.rateMin, current * policy.rateFactor),
                ceiling: max(policy.rateMin, current),
                asOf: until,
            )
        }
        nextFree = Double((limit?.asOf ?? until).milliseconds)
    }

    /// Takes what another process learned, when it is stricter.
    package mutating func adopt(_ other: Limit?, now: Timestamp, _ policy: BreakerPolicy) {
        guard let other else { return }
        var bucket = TokenBucket(other)
        let theirs = bucket.rate(at: max(now, other.asOf), policy)
        guard let theirs, theirs < rate(at: now, policy) ?? .infinity else { return }
        bucket.seen = seen
        bucket.nextFree = max(bucket.nextFree, nextFree)
        self = bucket
    }
}

/// How many came in each of the last ten seconds.
private struct ArrivalCount: Sendable, Hashable {
    private static let length: Int64 = 10
    private var second = [Int64](repeating: -1, count: 10)
    private var count = [Int](repeating: 0, count: 10)

    mutating func add(_ at: Timestamp) {
        let number = max(0, at.milliseconds) / 1_000
        let index = Int(number % Self.length)
        if second[index] != number {
            second[index] = number
            count[index] = 0
        }
        count[index] += 1
    }

    /// Per second, since the first of them.
    func rate(at now: Timestamp) -> Double {
        let current = max(0, now.milliseconds) / 1_000
        var first = current
        var total = 0
        for (number, count) in zip(second, count)
        where number >= 0 && number <= current && current - number < Self.length {
            first = min(first, number)
            total += count
        }
        return Double(total) / Double(current - first + 1)
    }
}
