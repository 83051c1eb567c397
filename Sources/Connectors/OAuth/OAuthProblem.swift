import ConnectorKit
import Model

/// What the errors of RFC 6749, and those that well-known services use in their place, mean.
enum OAuthProblem {
    enum Meaning: Sendable {
        /// The grant is void: the user has to agree again.
        case grant
        /// The user said no.
        case denied
        /// The service does not take the client for who it says it is.
        case client
        /// The request is not one that this service or this client may make.
        case request
        /// It may work later.
        case later
    }

    static let meanings: [String: Meaning] = [
        "invalid_grant": .grant,
        "access_denied": .denied, "consent_required": .denied, "interaction_required": .denied,
        "login_required": .denied,
        "invalid_client": .client, "unauthorized_client": .client,
        "invalid_request": .request, "unsupported_grant_type": .request,
        "unsupported_response_type": .request, "invalid_scope": .request,
        "invalid_target": .request,
        "server_error": .later, "temporarily_unavailable": .later, "slow_down": .later,
        // GitHub and Slack, which answer 200.
        "bad_verification_code": .grant, "bad_refresh_token": .grant,
        "incorrect_client_credentials": .client,
        "invalid_code": .grant, "code_already_used": .grant, "invalid_refresh_token": .grant,
        "token_revoked": .grant, "token_expired": .grant, "account_inactive": .grant,
        "bad_client_secret": .client, "invalid_client_id": .client, "ratelimited": .later,
        "service_unavailable": .later, "internal_error": .later, "fatal_error": .later,
    ]

    static let longestText = 300

    /// A mistake on this side, before anything was sent.
    static func misconfigured(_ detail: String) -> Problem {
        Problem(.configuration, detail: detail, code: "B2620")
    }

    /// Whether a text has the form of an error code (section 5.2).
    static func isCode(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { 32...126 ~= $0 && $0 != 34 && $0 != 92 }
    }

    /// - Parameter place: `POST https://… answered 400`.
    static func make(error: String, description: String?, place: String) -> Problem {
        let name = isCode(error) ? error : "an error without a valid code"
        var detail = "\(place): \(name)"
        if let description, !description.isEmpty { detail += " (\(cut(description)))" }
        var problem = problem(meanings[error], detail: detail)
        problem.data = ["error": .string(name)]
        return problem
    }

    /// The problem without the place of the error in it.
    private static func problem(_ meaning: Meaning?, detail: String) -> Problem {
        switch meaning {
        case .grant:
            return Problem(.authentication, detail: detail, code: "B2611")
        case .denied:
            var problem = Problem(.authentication, detail: detail, code: "B2616")
            problem.audience.client = "The connection was not allowed. Connect again to continue."
            problem.audience.support = "The end user or the service refused the authorization."
            return problem
        case .client:
            var problem = Problem(.configuration, detail: detail, code: "B2612")
            problem.origin = .service
            problem.actor = .builder
            problem.audience.support =
                "The service refuses the OAuth client: its id, its secret or how it is sent."
            return problem
        case .later:
            return Problem(.service, detail: detail, code: "B2614")
        case .request, nil:
            var problem = Problem(.configuration, detail: detail, code: "B2613")
            problem.origin = .service
            problem.actor = .builder
            problem.audience.support =
                "The service does not accept the OAuth request as the client is set up."
            return problem
        }
    }

    private static func cut(_ text: String) -> String {
        let plain = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return plain.count > longestText ? String(plain.prefix(longestText)) + "…" : String(plain)
    }
}
