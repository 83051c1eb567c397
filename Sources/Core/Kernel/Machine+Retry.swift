import Definitions
import Expressions
import Model

extension Machine {
    /// When the step is tried again; nil when it is not (language.md, rule 1).
    func retryTime(_ frame: StepFrame, _ problem: inout Problem) -> Timestamp? {
        guard let policy = policy(of: frame.step), frame.attempt <= policy.times else { return nil }
        if let when = policy.when {
            var surroundings = frame
            surroundings.surroundings.error = problem
            do throws(EvaluationError) {
                guard try when.holds(environment(of: surroundings)) else { return nil }
            } catch {
                var replaced = self.problem(error)
                fill(&replaced, frame)
                replaced.append(cause: problem)
                problem = replaced
                return nil
            }
        } else {
            guard problem.isRetryable else { return nil }
        }
        let delay = RetryDelay.next(
            policy,
            retry: frame.attempt,
            after: problem.retry.after,
            id: context.id,
            occurrence: frame.occurrence,
        )
        let at = now + delay
        if let budget = policy.deadline, at > frame.firstStartedAt + budget { return nil }
        if let deadline = frame.deadline, at >= deadline { return nil }
        problem.retry.nextAt = at
        return at
    }

    private func policy(of step: Step) -> RetryPolicy? {
        if let policy = step.retry { return policy }
        if case .run = step.kind { return .standard }
        return nil
    }
}

/// How long to wait before a retry.
package enum RetryDelay {
    /// The longest that a `Retry-After` is followed; a later one is waited for this long.
    package static let serverLimit = TimeSpan(milliseconds: 86_400_000)

    /// Before retry n (from 1): constant `delay`, linear `delay * n`, exponential
    /// `delay * factor^(n-1)`, all at most `max_delay`; then chance takes away up to the jitter's
    /// share; then the service's own wish is the least (RFC 9110, section 10.2.3). The chance is
    /// SplitMix64 of execution, occurrence and n: the same after a restart.
    package static func next(
        _ policy: RetryPolicy,
        retry: Int,
        after: TimeSpan?,
        id: ExecutionID,
        occurrence: String,
    ) -> TimeSpan {
        let limit = Double(policy.maxDelay.milliseconds)
        var delay = Double(policy.delay.milliseconds)
        switch policy.backoff {
        case .constant: break
        case .linear: delay *= Double(retry)
        case .exponential:
            for _ in 1..<max(1, retry) where delay < limit { delay *= policy.factor }
        }
        delay = min(delay, limit)
        let share = min(max(policy.jitter, 0), 1)
        delay -= delay * share * chance(id, occurrence, retry)
        let wanted = min(after?.milliseconds ?? 0, serverLimit.milliseconds)
        return TimeSpan(milliseconds: max(Int64(delay.rounded()), wanted))
    }

    /// 0 up to 1, evenly.
    static func chance(_ id: ExecutionID, _ occurrence: String, _ retry: Int) -> Double {
        var state = UInt64(bitPattern: id.rawValue) ^ 0x9e37_79b9_7f4a_7c15
        for byte in occurrence.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state &+= UInt64(retry) &* 0x9e37_79b9_7f4a_7c15
        state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        state = (state ^ (state >> 27)) &* 0x94d0_49bb_1331_11eb
        state ^= state >> 31
        return Double(state >> 11) / 9_007_199_254_740_992
    }
}
