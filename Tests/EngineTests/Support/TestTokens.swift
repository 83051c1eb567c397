import ConnectorKit
import Engine
import Model
import Synchronization

/// An OAuth client whose service is the test.
final class TestTokens: TokenService {
    typealias Answer = @Sendable (_ old: TokenSet?) throws(Problem) -> TokenSet

    private struct State {
        var asked = 0
        var verifiers: [String: String] = [:]
    }

    private let answer: Answer
    private let state = Mutex(State())

    init(_ answer: @escaping Answer) { self.answer = answer }

    /// How often the service was asked for tokens.
    var asked: Int { state.withLock { $0.asked } }

    func verifier(_ random: [UInt8]) -> String { Base64.urlEncoded(random) }

    func signedState(_ state: AuthorizationState, keys: [[UInt8]]) -> String {
        let key = Digest.hex(keys[0] + Array(state.subject.utf8) + Array(state.nonce.utf8))
        return "\(state.subject)|\(state.nonce)|\(state.expiresAt.milliseconds)|\(key)"
    }

    func state(
        _ text: String,
        keys: [[UInt8]],
        now: Timestamp,
    ) throws(Problem) -> AuthorizationState {
        let parts = text.split(separator: "|").map(String.init)
        guard parts.count == 4, let end = Int64(parts[2]) else {
            throw Problem(.authentication, code: "B2617")
        }
        let state = AuthorizationState(
            subject: parts[0],
            nonce: parts[1],
            expiresAt: Timestamp(milliseconds: end),
        )
        guard keys.contains(where: { signedState(state, keys: [$0]) == text }) else {
            throw Problem(.authentication, code: "B2617")
        }
        guard now < state.expiresAt else { throw Problem(.authentication, code: "B2618") }
        return state
    }

    /// The code that the service would give is kept by its challenge: here the verifier itself.
    func authorizationURL(_ request: AuthorizationRequest) throws(Problem) -> String {
        state.withLock { $0.verifiers["code-of-\(request.state)"] = request.verifier }
        return "https://id.test/authorize?state=\(request.state)"
    }

    func code(inAnswer query: JSONObject, client: OAuthClient) throws(Problem) -> String {
        guard let code = query["code"]?.stringValue else {
            throw Problem(.authentication, code: "B2616")
        }
        return code
    }

    func exchange(
        code: String,
        verifier: String,
        redirectURI: String,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        let wanted = state.withLock { $0.verifiers.removeValue(forKey: code) }
        guard wanted == verifier else { throw Problem(.authentication, code: "B2611") }
        return try ask(nil)
    }

    func refresh(
        _ tokens: TokenSet,
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        guard tokens.refreshToken != nil else { throw Problem(.authentication, code: "B2621") }
        return try ask(tokens)
    }

    func clientCredentials(
        client: OAuthClient,
        clock: any ConnectorClock,
    ) async throws(Problem) -> TokenSet {
        try ask(nil)
    }

    private func ask(_ old: TokenSet?) throws(Problem) -> TokenSet {
        state.withLock { $0.asked += 1 }
        return try answer(old)
    }
}

extension TokenSet {
    /// Tokens of a name, got so many hours ago and good for one hour.
    static func of(
        _ name: String,
        hoursAgo: Int64 = 0,
        canRenew: Bool = true,
        now: Timestamp = SystemClock().now(),
    ) -> TokenSet {
        let obtained = now - TimeSpan(milliseconds: hoursAgo * 3_600_000)
        return TokenSet(
            accessToken: name,
            refreshToken: canRenew ? "refresh-\(name)" : nil,
            expiresAt: obtained + TimeSpan(milliseconds: 3_600_000),
            obtainedAt: obtained,
        )
    }
}
