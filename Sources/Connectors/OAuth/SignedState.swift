import ConnectorKit
import Crypto
import Model

/// The `state` of an authorization: `v1.<subject>.<nonce>.<expiry in seconds>.<HMAC-SHA256>`, where
/// subject, nonce and HMAC are in base 64 for URLs.
enum SignedState {
    private static let version = "v1"
    /// No state of ours is longer.
    static let longest = 2048

    static func make(_ state: AuthorizationState, keys: [[UInt8]]) -> String {
        let body = [
            version, Base64.urlEncoded(Array(state.subject.utf8)),
            Base64.urlEncoded(Array(state.nonce.utf8)),
            String(state.expiresAt.milliseconds / 1000),
        ].joined(separator: ".")
        return "\(body).\(Base64.urlEncoded(Array(code(body, keys.first ?? []))))"
    }

    /// The signature comes first: nothing of what it does not cover is looked at.
    static func read(
        _ text: String,
        keys: [[UInt8]],
        now: Timestamp,
    ) throws(Problem) -> AuthorizationState {
        guard text.utf8.count <= longest, let dot = text.lastIndex(of: "."),
            isGenuine(text[..<dot], text[text.index(after: dot)...], keys: keys)
        else { throw forged }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == version, let subject = self.text(parts[1]),
            let nonce = self.text(parts[2]), let seconds = Int64(parts[3])
        else { throw forged }
        let end = Timestamp(milliseconds: seconds * 1000)
        guard now < end else {
            var problem = Problem(
                .authentication,
                detail: "the authorization took too long: its state ended at \(end)",
                code: "B2618",
            )
            problem.origin = .platform
            problem.status = 400
            problem.audience.client = "Connecting took too long. Start it again."
            problem.audience.support = "The end user came back after the link had expired."
            throw problem
        }
        return AuthorizationState(subject: subject, nonce: nonce, expiresAt: end)
    }

    private static var forged: Problem {
        var problem = Problem(
            .authentication,
            detail: "the state of the authorization was not made here",
            code: "B2617",
        )
        problem.origin = .platform
        problem.status = 400
        problem.audience.client = "This link is not valid. Start connecting again."
        problem.audience.support = "The end user came back with a state that we never gave."
        return problem
    }

    private static func text(_ part: Substring) -> String? {
        Base64.decoded(String(part)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func code(_ body: some StringProtocol, _ key: [UInt8]) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: SymmetricKey(data: key))
    }

    /// Takes the same time for every wrong signature.
    private static func isGenuine(
        _ body: Substring,
        _ signature: Substring,
        keys: [[UInt8]],
    ) -> Bool {
        // One spelling alone: no padding, and no letters of the other alphabet.
        guard let given = Base64.decoded(String(signature)),
            Base64.urlEncoded(given).utf8.elementsEqual(signature.utf8)
        else { return false }
        var isGenuine = false
        for key in keys where !key.isEmpty {
            if HMAC<SHA256>.isValidAuthenticationCode(
                given,
                authenticating: Array(body.utf8),
                using: SymmetricKey(data: key),
            ) {
                isGenuine = true
            }
        }
        return isGenuine
    }
}
