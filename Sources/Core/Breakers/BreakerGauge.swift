import Model

/// What one process counts about a breaker. Nothing of it is written: it leads to the changes that
/// are.
package struct BreakerGauge: Sendable, Hashable {
    package private(set) var failuresInARow = 0
    /// When the probes under way began.
    private var probes: [Timestamp] = []
    private var window = FailureWindow()
    private var answersToProbes = 0
    /// Since when failures follow each other.
    package private(set) var failingSince: Timestamp?

    package init() {}

    /// True when nothing is remembered that could matter.
    package var isQuiet: Bool { failuresInARow == 0 && probes.isEmpty }

    /// The service answered.
    package mutating func answered(now: Timestamp, policy: BreakerPolicy) {
        failuresInARow = 0
        failingSince = nil
        window.add(isFailure: false, now: now, length: policy.window)
    }

    /// True when the breaker has to open.
    package mutating func failed(now: Timestamp, policy: BreakerPolicy) -> Bool {
        failuresInARow += 1
        failingSince = failingSince ?? now
        window.add(isFailure: true, now: now, length: policy.window)
        if failuresInARow >= max(1, policy.failuresInARow) { return true }
        let counts = window.counts(now: now, length: policy.window)
        return counts.calls >= max(1, policy.rateCalls)
            && Double(counts.failures) >= policy.failureRate * Double(counts.calls)
    }

    // MARK: Probes

    /// False when as many as may be are under way; those of which nothing was heard for long are
    /// given up.
    package mutating func beginProbe(now: Timestamp, policy: BreakerPolicy) -> Bool {
        probes.removeAll { now - $0 >= policy.probeTime }
        guard probes.count < max(1, policy.probes) else { return false }
        probes.append(now)
        return true
    }

    /// True when enough have been answered for the breaker to close.
    package mutating func probeAnswered(_ begunAt: Timestamp, policy: BreakerPolicy) -> Bool {
        probeEnded(begunAt)
        answersToProbes += 1
        return answersToProbes >= max(1, policy.answersToClose)
    }

    /// A probe ended without saying anything about the service.
    package mutating func probeEnded(_ begunAt: Timestamp) {
        if let index = probes.firstIndex(of: begunAt) { probes.remove(at: index) }
    }

    /// The breaker changed: what was counted led there, or is out of date. Probes that are under
    /// way still are.
    package mutating func reset() {
        let probes = probes
        self = BreakerGauge()
        self.probes = probes
    }
}
