extension ProblemTable {
    /// What an OAuth error means.
    package enum OAuthMeaning: Sendable {
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

    /// The errors of RFC 6749, and those that well-known services use in their place.
    package static let oauthErrors: [String: OAuthMeaning] = [
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

    /// An error that nobody knows is taken for a request that the service does not accept.
    package static func row(oauth error: String) -> Row {
        switch oauthErrors[error] {
        case .grant: Row(.authentication, code: "B2611")
        case .denied: Row(.authentication, code: "B2616")
        case .client: Row(.configuration, code: "B2612", actor: .builder, origin: .service)
        case .later: Row(.service, code: "B2614")
        case .request, nil:
            Row(.configuration, code: "B2613", actor: .builder, origin: .service)
        }
    }
}
