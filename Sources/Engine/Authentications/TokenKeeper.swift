import ConnectorKit
import Model
import Synchronization

/// Gives every attempt a token that is fresh, and renews each authentication one at a time.
///
/// In this process there is at most one renewal of an authentication under way, and everybody who
/// needs it waits for it. It is not stopped when they go: the service may have taken the old refresh
/// token already. Between processes a compare-and-set on the generation decides; who loses uses the
/// winner's tokens. A failed renewal is given to all who waited and is not tried again before its
/// time (``holdOff``).
package final class TokenKeeper: Sendable {
    /// A service that gets this young a token back as refused is not asked for another.
    package static let youngest = TimeSpan(milliseconds: 30_000)
    /// How long a failure stands when the service does not say: a transient one, and one that needs
    /// somebody to act. An `authentication` failure stands until the stored tokens change.
    package static let holdOff = TimeSpan(milliseconds: 5000)
    package static let longHoldOff = TimeSpan(milliseconds: 300_000)
    /// How long, and how often, the tokens of another process are waited for when the service says
    /// that ours are spent.
    static let settling = TimeSpan(milliseconds: 500)
    static let settlings = 2
    static let rounds = 3

    private typealias Answer = Result<TokenSet, Problem>

    private struct Flight {
        var task: Task<Void, Never>?
        var waiting: [Int: CheckedContinuation<Answer, Never>] = [:]
    }

    private struct Hold {
        var generation: Int64
        var until: Timestamp?
        var problem: Problem
    }

    private struct State {
        var flights: [String: Flight] = [:]
        var holds: [String: Hold] = [:]
        /// Renewed, and not yet in the store: the store refused.
        var unsaved: [String: KeptToken] = [:]
        var nextWaiter = 0
        var isClosed = false
    }

    private let custody: any TokenCustody
    private let clock: any EngineClock
    private let state = Mutex(State())

    package init(custody: any TokenCustody, clock: any EngineClock) {
        self.custody = custody
        self.clock = clock
    }

    /// A token that is fresh now.
    ///
    /// - Parameter refused: the access token that the service just refused, to get another one.
    /// - Throws: what load and renewal throw; `authentication` B2622 when the service refuses what
    ///   it just gave; `conflict` B2631 when others change the tokens all the time; `cancelled` when
    ///   the task is, or after ``close()``.
    package func tokens(
        for authentication: String,
        refused: String? = nil,
    ) async throws(Problem) -> TokenSet {
        for _ in 0..<Self.rounds {
            if state.withLock({ $0.unsaved[authentication] }) == nil {
                let kept = try await custody.load(authentication)
                if isUsable(kept.tokens, refused) { return kept.tokens }
                try await check(kept, authentication, refused)
            }
            let tokens = try await join(authentication, refused).get()
            // Those who renewed may have done so for another reason.
            if isUsable(tokens, refused) || refused == nil { return tokens }
        }
        throw conflict(authentication)
    }

    /// For an authentication that was deleted: nothing of it stays in memory.
    package func forget(_ authentication: String) {
        state.withLock { state in
            state.holds[authentication] = nil
            state.unsaved[authentication] = nil
        }
    }

    /// Waits until no renewal is under way; from now on none begins.
    package func close() async {
        let tasks = state.withLock { state in
            state.isClosed = true
            return state.flights.values.compactMap(\.task)
        }
        for task in tasks { await task.value }
    }

    // MARK: One at a time

    private func isUsable(_ tokens: TokenSet, _ refused: String?) -> Bool {
        tokens.accessToken != refused && tokens.isFresh(at: clock.now())
    }

    /// Why no renewal may begin, if so.
    private func check(
        _ kept: KeptToken,
        _ authentication: String,
        _ refused: String?,
    ) async throws(Problem) {
        let now = clock.now()
        let hold = state.withLock { state -> Hold? in
            guard let hold = state.holds[authentication] else { return nil }
            if hold.generation == kept.generation, hold.until.map({ now < $0 }) ?? true {
                return hold
            }
            state.holds[authentication] = nil
            return nil
        }
        if let hold {
            await tell(hold.problem, authentication, kept.generation)
            throw hold.problem
        }
        guard kept.tokens.accessToken == refused, now - kept.tokens.obtainedAt < Self.youngest
        else { return }
        let problem = Problem(
            .authentication,
            detail: "the service refuses the token that it gave at \(kept.tokens.obtainedAt)",
            code: "B2622",
        )
        await tell(problem, authentication, kept.generation)
        throw problem
    }

    private func tell(_ problem: Problem, _ authentication: String, _ generation: Int64) async {
        guard problem.type == .authentication else { return }
        await custody.broke(authentication, generation: generation, problem)
    }

    private func join(_ authentication: String, _ refused: String?) async -> Answer {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let refusal = state.withLock { state -> Answer? in
                    // Checked under the lock, which the handler takes after the task is cancelled.
                    if Task.isCancelled || state.isClosed { return .failure(Self.cancelled) }
                    if state.flights[authentication] != nil {
                        state.flights[authentication]?.waiting[number] = continuation
                        return nil
                    }
                    var flight = Flight(waiting: [number: continuation])
                    // tidy: it outlives whoever began it, as the type's text says; close() waits
                    flight.task = Task { await self.fly(authentication, refused) }
                    state.flights[authentication] = flight
                    return nil
                }
                if let refusal { continuation.resume(returning: refusal) }
            }
        } onCancel: {
            let continuation = state.withLock {
                $0.flights[authentication]?.waiting.removeValue(forKey: number)
            }
            continuation?.resume(returning: .failure(Self.cancelled))
        }
    }

    private func fly(_ authentication: String, _ refused: String?) async {
        let answer: Answer
        do throws(Problem) {
            answer = .success(try await renew(authentication, refused))
        } catch {
            answer = .failure(error)
        }
        let waiting = state.withLock { $0.flights.removeValue(forKey: authentication)?.waiting }
        for continuation in (waiting ?? [:]).values { continuation.resume(returning: answer) }
    }

    // MARK: Renewal

    private func renew(
        _ authentication: String,
        _ refused: String?,
    ) async throws(Problem) -> TokenSet {
        for _ in 0..<Self.rounds {
            if let tokens = try await saveLate(authentication, refused) { return tokens }
            let kept = try await custody.load(authentication)
            if isUsable(kept.tokens, refused) { return kept.tokens }
            try await check(kept, authentication, refused)
            let new: TokenSet
            do throws(Problem) {
                new = try await custody.renew(kept.tokens, for: authentication)
            } catch {
                if let winner = try await winner(authentication, kept, refused, error) {
                    return winner
                }
                hold(error, authentication, kept.generation)
                await tell(error, authentication, kept.generation)
                throw error
            }
            if try await save(new, authentication, kept.generation) { return new }
        }
        throw conflict(authentication)
    }

    /// False when another process was faster.
    ///
    /// A store that refuses takes nothing from the attempt: what the service gave stays in memory
    /// and is written before the next renewal.
    private func save(
        _ tokens: TokenSet,
        _ authentication: String,
        _ generation: Int64,
    ) async throws(Problem) -> Bool {
        do throws(Problem) {
            let saved = try await custody.save(
                tokens,
                for: authentication,
                expectedGeneration: generation,
            )
            state.withLock { state in
                state.unsaved[authentication] = nil
                state.holds[authentication] = nil
            }
            return saved != nil
        } catch {
            state.withLock {
                $0.unsaved[authentication] = KeptToken(tokens: tokens, generation: generation)
            }
            return true
        }
    }

    /// Writes what the store refused earlier; the tokens, when they are still good.
    private func saveLate(
        _ authentication: String,
        _ refused: String?,
    ) async throws(Problem) -> TokenSet? {
        guard let late = state.withLock({ $0.unsaved[authentication] }) else { return nil }
        guard try await save(late.tokens, authentication, late.generation) else { return nil }
        if isUsable(late.tokens, refused) { return late.tokens }
        // Nothing newer can be had while the store does not take what there is.
        guard state.withLock({ $0.unsaved[authentication] }) == nil else {
            throw Problem(
                .runtime,
                detail: "renewed tokens of \(authentication) cannot be stored",
                code: "B2632",
            )
        }
        return nil
    }

    /// The tokens of another process that renewed at the same time, with the same refresh token.
    private func winner(
        _ authentication: String,
        _ kept: KeptToken,
        _ refused: String?,
        _ problem: Problem,
    ) async throws(Problem) -> TokenSet? {
        guard problem.type == .authentication else { return nil }
        for round in 0...Self.settlings {
            if round > 0 {
                do throws(CancellationError) {
                    try await clock.sleep(until: clock.now() + Self.settling)
                } catch {
                    return nil
                }
            }
            let now = try await custody.load(authentication)
            if now.generation != kept.generation {
                return isUsable(now.tokens, refused) ? now.tokens : nil
            }
        }
        return nil
    }

    private func hold(_ problem: Problem, _ authentication: String, _ generation: Int64) {
        let now = clock.now()
        let until: Timestamp?
        if problem.type == .authentication {
            until = nil
        } else if problem.isRetryable {
            until = now + max(Self.holdOff, problem.retry.after ?? Self.holdOff)
        } else {
            until = now + Self.longHoldOff
        }
        guard problem.type != .cancelled else { return }
        state.withLock {
            $0.holds[authentication] = Hold(
                generation: generation,
                until: until,
                problem: problem,
            )
        }
    }

    private static var cancelled: Problem {
        Problem(.cancelled, detail: "the wait for a token was cancelled", code: "B2633")
    }

    private func conflict(_ authentication: String) -> Problem {
        var problem = Problem(
            .conflict,
            detail: "the tokens of \(authentication) change all the time",
            code: "B2631",
        )
        problem.origin = .platform
        problem.retry = RetryAdvice(kind: .transient)
        return problem
    }
}
