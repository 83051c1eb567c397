import ConnectorKit
import Engine
import Model
import Synchronization
import Testing

/// A store and a service for tokens, in memory.
private final class TestCustody: TokenCustody {
    struct State {
        var kept: KeptToken
        var loads = 0
        var renewals = 0
        var saves = 0
        var problem: Problem?
        /// Another process does this just before the next save or failure.
        var rival: TokenSet?
        var refusesSaves = false
        /// Generations that were told as broken.
        var broken: [Int64] = []
    }

    let state: Mutex<State>
    /// Renewals wait here when it is there.
    let gate: Gate?

    init(_ tokens: TokenSet, gate: Gate? = nil) {
        state = Mutex(State(kept: KeptToken(tokens: tokens, generation: 1)))
        self.gate = gate
    }

    subscript<Value>(path: any (WritableKeyPath<State, Value> & Sendable)) -> Value {
        get { state.withLock { $0[keyPath: path] } }
        set { state.withLock { $0[keyPath: path] = newValue } }
    }

    func load(_ authentication: String) async throws(Problem) -> KeptToken {
        state.withLock {
            $0.loads += 1
            return $0.kept
        }
    }

    func save(
        _ tokens: TokenSet,
        for authentication: String,
        expectedGeneration: Int64,
    ) async throws(Problem) -> Int64? {
        let result: Result<Int64?, Problem> = state.withLock { state in
            Self.overtake(&state)
            if state.refusesSaves { return .failure(Problem(.runtime, detail: "no disk")) }
            guard state.kept.generation == expectedGeneration else { return .success(nil) }
            state.saves += 1
            state.kept = KeptToken(tokens: tokens, generation: expectedGeneration + 1)
            return .success(state.kept.generation)
        }
        return try result.get()
    }

    func broke(_ authentication: String, generation: Int64, _ problem: Problem) async {
        state.withLock { $0.broken.append(generation) }
    }

    func renew(_ tokens: TokenSet, for authentication: String) async throws(Problem) -> TokenSet {
        let number = state.withLock {
            $0.renewals += 1
            return $0.renewals
        }
        if let gate { await gate.pass() }
        let problem = state.withLock { state in
            if state.problem != nil { Self.overtake(&state) }
            return state.problem
        }
        if let problem { throw problem }
        return TokenKeeperTests.fresh("new\(number)")
    }

    private static func overtake(_ state: inout State) {
        guard let rival = state.rival else { return }
        state.rival = nil
        state.kept = KeptToken(tokens: rival, generation: state.kept.generation + 1)
    }
}

/// Stands still; a sleep moves it.
private final class StillClock: EngineClock {
    let time = Mutex(TokenKeeperTests.start)

    func now() -> Timestamp { time.withLock { $0 } }
    func sleep(until deadline: Timestamp) async throws(CancellationError) {
        time.withLock { $0 = max($0, deadline) }
    }
    func pass(_ milliseconds: Int64) {
        time.withLock { $0 = $0 + TimeSpan(milliseconds: milliseconds) }
    }
}

@Suite(.timeLimit(.minutes(2))) struct TokenKeeperTests {
    static let start = Timestamp(milliseconds: 1_700_000_000_000)
    static let hour = TimeSpan(milliseconds: 3_600_000)

    static func fresh(_ name: String, age: Int64 = 0) -> TokenSet {
        let obtained = start - TimeSpan(milliseconds: age)
        return TokenSet(
            accessToken: name,
            refreshToken: "r-\(name)",
            expiresAt: obtained + hour,
            obtainedAt: obtained,
        )
    }

    static let old = fresh("old", age: 3_600_000)

    private static func keeper(
        _ custody: TestCustody,
        _ clock: StillClock = StillClock(),
    )
        -> TokenKeeper
    {
        TokenKeeper(custody: custody, clock: clock)
    }

    private static func problem(
        _ keeper: TokenKeeper,
        refused: String? = nil,
    ) async throws -> Problem {
        do throws(Problem) {
            let tokens = try await keeper.tokens(for: "a", refused: refused)
            Issue.record("got \(tokens.accessToken)")
            throw Problem(.runtime)
        } catch {
            return error
        }
    }

    @Test func `a fresh token is used as it is`() async throws {
        let custody = TestCustody(Self.fresh("good"))
        #expect(try await Self.keeper(custody).tokens(for: "a").accessToken == "good")
        #expect(custody[\.renewals] == 0)
    }

    @Test func `a hundred users of one expired token make one renewal`() async throws {
        let gate = Gate()
        let custody = TestCustody(Self.old, gate: gate)
        let keeper = Self.keeper(custody)
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask { try await keeper.tokens(for: "a").accessToken }
            }
            await gate.arrivals(1)
            gate.open()
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(tokens == [String](repeating: "new1", count: 100))
        #expect(custody[\.renewals] == 1 && custody[\.saves] == 1)
        #expect(try await keeper.tokens(for: "a").accessToken == "new1")
    }

    @Test func `authentications do not wait for one another`() async throws {
        let gate = Gate()
        let custody = TestCustody(Self.old, gate: gate)
        let keeper = Self.keeper(custody)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["a", "b", "c"] {
                group.addTask { _ = try await keeper.tokens(for: name) }
            }
            await gate.arrivals(3)
            gate.open()
            try await group.waitForAll()
        }
        #expect(custody[\.renewals] == 3)
    }

    @Test func `who loses the compare-and-set uses the winner's token`() async throws {
        let custody = TestCustody(Self.old)
        custody[\.rival] = Self.fresh("winner")
        #expect(try await Self.keeper(custody).tokens(for: "a").accessToken == "winner")
        #expect(custody[\.kept].tokens.accessToken == "winner")
        #expect(custody[\.saves] == 0 && custody[\.renewals] == 1)
    }

    @Test func `a spent refresh token is no failure when another process has new ones`()
        async throws
    {
        let custody = TestCustody(Self.old)
        custody[\.problem] = Problem(.authentication, code: "B2611")
        custody[\.rival] = Self.fresh("winner")
        #expect(try await Self.keeper(custody).tokens(for: "a").accessToken == "winner")
    }

    @Test func `two keepers of one store never overwrite each other`() async throws {
        let custody = TestCustody(Self.old)
        let keepers = (0..<8).map { _ in Self.keeper(custody) }
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<200 {
                group.addTask { try await keepers[number % 8].tokens(for: "a").accessToken }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(custody[\.saves] == 1 && custody[\.kept].generation == 2)
        #expect(tokens == [custody[\.kept].tokens.accessToken])
    }

    @Test func `a failure is given to all who wait, once, and the service is left alone`()
        async throws
    {
        let gate = Gate()
        let clock = StillClock()
        let custody = TestCustody(Self.old, gate: gate)
        var failure = Problem(.service, code: "B2614")
        failure.retry = RetryAdvice(kind: .after, after: TimeSpan(milliseconds: 20_000))
        custody[\.problem] = failure
        let keeper = Self.keeper(custody, clock)
        let codes = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do throws(Problem) {
                        return try await keeper.tokens(for: "a").accessToken
                    } catch {
                        return error.code
                    }
                }
            }
            await gate.arrivals(1)
            gate.open()
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(codes == [String?](repeating: "B2614", count: 100))
        #expect(custody[\.renewals] == 1)
        clock.pass(19_999)
        #expect(try await Self.problem(keeper).code == "B2614")
        #expect(custody[\.renewals] == 1)
        custody[\.problem] = nil
        clock.pass(1)
        #expect(try await keeper.tokens(for: "a").accessToken == "new2")
    }

    @Test func `a void grant stands until the user reconnects`() async throws {
        let clock = StillClock()
        let custody = TestCustody(Self.old)
        custody[\.problem] = Problem(.authentication, code: "B2611")
        let keeper = Self.keeper(custody, clock)
        for _ in 0..<3 {
            let problem = try await Self.problem(keeper)
            #expect(problem.code == "B2611" && problem.action == .reconnect)
            clock.pass(86_400_000)
        }
        #expect(custody[\.renewals] == 1)
        custody[\.problem] = nil
        custody[\.kept] = KeptToken(tokens: Self.old, generation: 2)
        #expect(try await keeper.tokens(for: "a").accessToken == "new2")
    }

    @Test func `a client that is set up wrongly is tried again after a while`() async throws {
        let clock = StillClock()
        let custody = TestCustody(Self.old)
        custody[\.problem] = Problem(.configuration, code: "B2612")
        let keeper = Self.keeper(custody, clock)
        _ = try await Self.problem(keeper)
        clock.pass(TokenKeeper.longHoldOff.milliseconds - 1)
        _ = try await Self.problem(keeper)
        #expect(custody[\.renewals] == 1)
        clock.pass(1)
        _ = try await Self.problem(keeper)
        #expect(custody[\.renewals] == 2)
    }

    @Test func `a refused token is renewed once, however many say so`() async throws {
        let custody = TestCustody(Self.fresh("revoked", age: 60_000))
        let keeper = Self.keeper(custody)
        for _ in 0..<3 {
            let tokens = try await keeper.tokens(for: "a", refused: "revoked")
            #expect(tokens.accessToken == "new1")
        }
        #expect(custody[\.renewals] == 1)
    }

    @Test func `a token that is refused as soon as it was given is not renewed again`() async throws
    {
        let custody = TestCustody(Self.fresh("young"))
        let problem = try await Self.problem(Self.keeper(custody), refused: "young")
        #expect(problem.code == "B2622" && problem.type == .authentication)
        #expect(custody[\.renewals] == 0)
    }

    @Test func `a store that refuses loses no refresh token`() async throws {
        let custody = TestCustody(Self.old)
        custody[\.refusesSaves] = true
        let keeper = Self.keeper(custody)
        #expect(try await keeper.tokens(for: "a").accessToken == "new1")
        #expect(try await keeper.tokens(for: "a").accessToken == "new1")
        #expect(custody[\.renewals] == 1)
        custody[\.refusesSaves] = false
        #expect(try await keeper.tokens(for: "a").accessToken == "new1")
        #expect(custody[\.kept].tokens.refreshToken == "r-new1")
        #expect(custody[\.renewals] == 1)
    }

    @Test func `a store that refuses for longer than the token lives is a problem`() async throws {
        let clock = StillClock()
        let custody = TestCustody(Self.old)
        custody[\.refusesSaves] = true
        let keeper = Self.keeper(custody, clock)
        _ = try await keeper.tokens(for: "a")
        clock.pass(Self.hour.milliseconds)
        #expect(try await Self.problem(keeper).code == "B2632")
        #expect(custody[\.renewals] == 1)
    }

    @Test func `who goes away does not stop the renewal`() async throws {
        let gate = Gate()
        let custody = TestCustody(Self.old, gate: gate)
        let keeper = Self.keeper(custody)
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do throws(Problem) {
                    return try await keeper.tokens(for: "a").accessToken
                } catch {
                    return error.code
                }
            }
            await gate.arrivals(1)
            group.cancelAll()
            #expect(await group.next() == "B2633")
        }
        gate.open()
        await keeper.close()
        #expect(custody[\.kept].tokens.accessToken == "new1")
        #expect(custody[\.renewals] == 1)
    }

    @Test func `after the end nothing is renewed`() async throws {
        let custody = TestCustody(Self.old)
        let keeper = Self.keeper(custody)
        await keeper.close()
        #expect(try await Self.problem(keeper).code == "B2633")
        #expect(custody[\.renewals] == 0)
    }

    @Test func `tokens that always end at once do not make a loop`() async throws {
        let clock = StillClock()
        let custody = TestCustody(Self.old)
        let keeper = Self.keeper(custody, clock)
        clock.pass(10 * Self.hour.milliseconds)
        _ = try await keeper.tokens(for: "a")
        #expect(custody[\.renewals] == 1)
    }
}
