import Model

/// What can be wrong with connecting services, with keys and with tokens. The numbers are stable.
package enum ConnectFault: String, Sendable, Hashable, CaseIterable {
    /// Unknown, ended or taken back.
    case noLink = "B2830"
    /// Used in another browser, or over.
    case linkUsed = "B2831"
    case returnAddress = "B2832"
    case noOAuth = "B2833"
    case noPublicAddress = "B2834"
    case noItem = "B2835"
    case credential = "B2836"
    case signingKey = "B2837"
    case keySource = "B2838"
    case authorizationUsed = "B2839"
    case lifetime = "B2840"

    /// The problem with its status and its texts.
    package func problem(detail: String? = nil) -> Problem {
        let facts = facts
        var problem = Problem(facts.type, detail: detail, code: rawValue)
        problem.title = facts.title
        problem.status = facts.status
        problem.origin = .platform
        problem.retry = RetryAdvice(kind: .terminal)
        problem.actor = facts.actor
        problem.action = facts.action
        problem.audience = ProblemAudience(client: facts.client, support: facts.support)
        return problem
    }

    private struct Facts {
        var type: ProblemType
        var status: Int
        var title: String
        var actor = ProblemActor.client
        var action = ProblemAction.reconnect
        var client: String
        var support: String
    }

    private static let ours = "Something is not set up on our side. We have been told."

    private var facts: Facts {
        switch self {
        case .noLink, .linkUsed, .noItem, .credential, .authorizationUsed: pageFacts
        case .returnAddress, .noOAuth, .noPublicAddress, .signingKey, .keySource, .lifetime:
            setupFacts
        }
    }

    private var pageFacts: Facts {
        switch self {
        case .linkUsed:
            Facts(
                type: .authentication,
                status: 410,
                title: "This link was used already",
                client: "This link works once and in one browser. Ask for a new one.",
                support: "The connect link is over, or another browser began with it.",
            )
        case .noItem:
            Facts(
                type: .notFound,
                status: 404,
                title: "There is no such connection on this page",
                client: "This connection is no longer needed. Look at the list again.",
                support: "The form names a slot that the connect link is not for.",
            )
        case .credential:
            Facts(
                type: .validation,
                status: 422,
                title: "Something is missing",
                action: .retry,
                client: "Fill in every field.",
                support: "The form of the connect page was sent with an empty or unknown field.",
            )
        case .authorizationUsed:
            Facts(
                type: .authentication,
                status: 400,
                title: "This answer was used already",
                client: "Connecting was started again or finished elsewhere. Start once more.",
                support: "The state's nonce is not the one that is under way.",
            )
        default:
            Facts(
                type: .notFound,
                status: 404,
                title: "This link is not valid",
                client: "This link has ended or is not complete. Ask for a new one.",
                support: "No connect link has this text, or it has expired or was taken back.",
            )
        }
    }

    private var setupFacts: Facts {
        switch self {
        case .returnAddress:
            Facts(
                type: .validation,
                status: 422,
                title: "The return address is not allowed",
                actor: .builder,
                action: .fixConfig,
                client: Self.ours,
                support: "List it under connect.return_urls in backstop.yaml.",
            )
        case .noPublicAddress:
            Facts(
                type: .configuration,
                status: 500,
                title: "The public address is not known",
                actor: .support,
                action: .fixConfig,
                client: Self.ours,
                support: "Start the server with --public-url, or set BACKSTOP_PUBLIC_URL.",
            )
        case .signingKey:
            Facts(
                type: .validation,
                status: 422,
                title: "The signing key cannot be used",
                actor: .builder,
                action: .fixConfig,
                client: Self.ours,
                support: "RS256 wants an RSA key of 2048 bits or more, ES256 one of P-256, as PEM.",
            )
        case .keySource:
            Facts(
                type: .conflict,
                status: 409,
                title: "The key ring cannot be changed here",
                actor: .support,
                action: .fixConfig,
                client: Self.ours,
                support: "The keys come from an environment variable: change it and restart.",
            )
        case .lifetime:
            Facts(
                type: .validation,
                status: 422,
                title: "The lifetime is out of range",
                actor: .builder,
                action: .fixConfig,
                client: Self.ours,
                support: "A connect link is good for 1 minute to 7 days.",
            )
        default:
            Facts(
                type: .configuration,
                status: 500,
                title: "The service has no OAuth client",
                actor: .builder,
                action: .fixConfig,
                client: Self.ours,
                support: "Set services.<service>.oauth in backstop.yaml.",
            )
        }
    }
}
