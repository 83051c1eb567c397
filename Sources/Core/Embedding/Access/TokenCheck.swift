import Model

/// The rules for the claims of an end-user token (RFC 7519). The signature is checked elsewhere,
/// with the key that `kid` names and with that key's algorithm only.
package struct TokenCheck: Sendable {
    package static let audience = "backstop"
    /// The longest a token may be good for.
    package static let longestLife = TimeSpan(milliseconds: 3_600_000)
    /// How far the clocks may stand apart.
    package static let skew = TimeSpan(milliseconds: 60_000)

    /// Why a token is refused: for the log. The caller gets ``Refusal/problem``, which is the same
    /// for every reason.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        case unknownKey = "unknown_key"
        case wrongAlgorithm = "wrong_algorithm"
        case wrongSignature = "wrong_signature"
        case malformed
        case noSubject = "no_subject"
        case noExpiry = "no_expiry"
        case expired
        case livesTooLong = "lives_too_long"
        case noIssueTime = "no_issue_time"
        case issuedInFuture = "issued_in_future"
        case notYetValid = "not_yet_valid"
        case wrongAudience = "wrong_audience"
        case wrongIssuer = "wrong_issuer"
        case unknownSubject = "unknown_subject"
    }

    package struct Refusal: Error, Sendable, Hashable {
        package var reason: Reason

        package init(_ reason: Reason) { self.reason = reason }

        package var problem: Problem { EmbeddingFault.notAccepted.problem() }
    }

    private let key: SigningKey
    private let now: Double

    package init(key: SigningKey, now: Timestamp) {
        self.key = key
        self.now = Double(now.milliseconds) / 1000
    }

    /// The external id of the end user, or why not.
    package func subject(header: JSONObject, claims: JSONObject) -> Result<String, Refusal> {
        if let reason = reason(header: header, claims: claims) { return .failure(Refusal(reason)) }
        return .success(claims["sub"]?.stringValue ?? "")
    }

    private func reason(header: JSONObject, claims: JSONObject) -> Reason? {
        guard header["alg"]?.stringValue == key.algorithm.rawValue else { return .wrongAlgorithm }
        // RFC 7515, section 4.1.11: who does not know a critical extension must refuse.
        guard header["crit"] == nil else { return .malformed }
        guard let subject = claims["sub"]?.stringValue, EndUser.isExternalID(subject) else {
            return .noSubject
        }
        return timeReason(claims) ?? partiesReason(claims)
    }

    private func timeReason(_ claims: JSONObject) -> Reason? {
        let skew = Double(Self.skew.milliseconds) / 1000
        let life = Double(Self.longestLife.milliseconds) / 1000
        guard let expiry = claims["exp"]?.doubleValue else { return .noExpiry }
        guard let issued = claims["iat"]?.doubleValue else { return .noIssueTime }
        guard now < expiry + skew else { return .expired }
        guard issued <= now + skew else { return .issuedInFuture }
        guard expiry <= now + life + skew, expiry - issued <= life else { return .livesTooLong }
        guard let start = claims["nbf"] else { return nil }
        guard let start = start.doubleValue else { return .malformed }
        return start <= now + skew ? nil : .notYetValid
    }

    private func partiesReason(_ claims: JSONObject) -> Reason? {
        let isForUs =
            switch claims["aud"] {
            case .string(let one): one == Self.audience
            case .array(let many): many.contains(.string(Self.audience))
            default: false
            }
        guard isForUs else { return .wrongAudience }
        if let issuer = key.issuer {
            guard claims["iss"] == .string(issuer) else { return .wrongIssuer }
        } else if let issuer = claims["iss"], issuer.stringValue == nil {
            return .malformed
        }
        return nil
    }
}
