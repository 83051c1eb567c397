import Breakers
import Model
import Testing

/// What a connection learns from 429.
@Suite struct TokenBucketTests {
    private static let policy = BreakerTests.policy
    private static let start = BreakerTests.start

    private static func after(_ milliseconds: Int64) -> Timestamp {
        BreakerTests.after(milliseconds)
    }

    /// A bucket after `count` attempts in each of ten seconds.
    private static func busy(_ count: Int) -> TokenBucket {
        var bucket = TokenBucket()
        for second in 0..<10 {
            for _ in 0..<count {
                let at = bucket.take(now: after(Int64(second) * 1_000), policy)
                #expect(at == after(Int64(second) * 1_000))
            }
        }
        return bucket
    }

    @Test func `a 429 halves what came, and pauses as long as it says`() {
        var bucket = Self.busy(20)
        let now = Self.after(9_500)
        bucket.limited(after: TimeSpan(milliseconds: 4_000), now: now, Self.policy)
        #expect(bucket.pausedUntil(at: now) == Self.after(13_500))
        #expect(bucket.rate(at: now, Self.policy) == 10)
        // The places follow each other at that rate, from the end of the pause on.
        let places = (0..<3).map { _ in bucket.take(now: now, Self.policy) }
        #expect(places == [13_500, 13_600, 13_700].map(Self.after))
    }

    @Test func `several 429 in a pause are one, and make it longer`() {
        var bucket = Self.busy(20)
        let now = Self.after(9_500)
        for wait in [4_000, 9_000, 2_000] as [Int64] {
            bucket.limited(after: TimeSpan(milliseconds: wait), now: now, Self.policy)
        }
        #expect(bucket.pausedUntil(at: now) == Self.after(18_500))
        #expect(bucket.rate(at: now, Self.policy) == 10)
    }

    @Test func `it grows by a constant, and the limit is forgotten at twice of what was too much`()
    {
        var bucket = Self.busy(2)
        let now = Self.after(9_900)
        bucket.limited(after: nil, now: now, Self.policy)
        let free = now + Self.policy.pauseTime
        #expect(bucket.rate(at: free, Self.policy) == 1)
        #expect(bucket.rate(at: free + TimeSpan(milliseconds: 10_000), Self.policy) == 2)
        #expect(bucket.rate(at: free + TimeSpan(milliseconds: 30_000), Self.policy) == nil)
        let later = free + TimeSpan(milliseconds: 31_000)
        #expect(bucket.take(now: later, Self.policy) == later)
        #expect(bucket.limit == nil)
    }

    @Test func `a wait that is too long is cut, and the rate has a least`() {
        var bucket = TokenBucket()
        let year = TimeSpan(milliseconds: 365 * 86_400_000)
        var now = Self.start
        for _ in 0..<20 {
            bucket.limited(after: year, now: now, Self.policy)
            #expect(bucket.pausedUntil(at: now) == now + Self.policy.pauseLimit)
            now = now + Self.policy.pauseLimit
            let rate = bucket.rate(at: now, Self.policy)
            #expect(rate.map { $0 >= Self.policy.rateMin } ?? true)
        }
    }

    @Test func `places are in order and never closer than the rate, whatever comes`() {
        for seed in 1...50 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            var bucket = TokenBucket()
            var now = Self.start
            var places: [(at: Timestamp, asked: Timestamp, rate: Double?)] = []
            for _ in 0..<400 {
                now = now + TimeSpan(milliseconds: Int64(random.number(0...400)))
                if random.number(0...19) == 0 {
                    let after = Int64(random.number(0...5_000))
                    bucket.limited(after: TimeSpan(milliseconds: after), now: now, Self.policy)
                    places = []
                }
                let paused = bucket.pausedUntil(at: now)
                let at = bucket.take(now: now, Self.policy)
                #expect(at >= now, "seed \(seed)")
                if let paused { #expect(at >= paused, "seed \(seed)") }
                if let last = places.last, bucket.limit != nil {
                    #expect(at >= last.at, "seed \(seed): a later one went first")
                    if let rate = bucket.rate(at: at, Self.policy) {
                        let gap = Double((at - last.at).milliseconds)
                        #expect(gap >= 1_000 / rate - 2, "seed \(seed): \(gap) at \(rate)")
                    }
                }
                if bucket.limit != nil {
                    places.append((at, now, bucket.rate(at: at, Self.policy)))
                }
            }
        }
    }

    @Test func `another process's stricter limit is taken, a looser one is not`() {
        var mine = Self.busy(20)
        let now = Self.after(9_500)
        let strict = TokenBucket.Limit(rate: 0.5, ceiling: 4, asOf: now)
        mine.adopt(strict, now: now, Self.policy)
        #expect(mine.limit == strict)
        let loose = TokenBucket.Limit(rate: 50, ceiling: 100, asOf: now)
        mine.adopt(loose, now: now, Self.policy)
        #expect(mine.limit == strict)
    }
}
