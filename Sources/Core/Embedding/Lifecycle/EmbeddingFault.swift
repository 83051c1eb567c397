import Model

/// What can be wrong with what is asked of the embedding. The numbers are stable.
package enum EmbeddingFault: String, Sendable, Hashable, CaseIterable {
    case incomplete = "B2501"
    case deleted = "B2502"
    case unknownSlot = "B2503"
    case invalidValue = "B2504"
    case wouldBreak = "B2505"
    case unknownAuthSlot = "B2506"
    case wrongService = "B2507"
    case unusableAuthentication = "B2508"
    case brokenAuthentication = "B2509"
    case otherSolution = "B2510"
    case upgradeIncomplete = "B2511"
    case externalID = "B2512"
    case metadataSize = "B2513"
    case sameVersion = "B2514"
    case solutionInUse = "B2515"
    case notAccepted = "B2516"
    case notPermitted = "B2517"
    case absent = "B2518"

    /// The problem with its status and its texts; `data` says which slots and values.
    package func problem(detail: String? = nil, data: JSONValue? = nil) -> Problem {
        let facts = facts
        var problem = Problem(facts.type, detail: detail, code: rawValue)
        problem.title = facts.title
        problem.status = facts.status
        problem.origin = .platform
        problem.retry = RetryAdvice(kind: .terminal)
        problem.actor = facts.actor
        problem.action = facts.action
        problem.audience = ProblemAudience(client: facts.client, support: facts.support)
        problem.data = data
        return problem
    }

    /// One line for a person.
    package var title: String { facts.title }

    package var status: Int { facts.status }

    private struct Facts {
        var type: ProblemType
        var status: Int
        var title: String
        var actor: ProblemActor
        var action: ProblemAction
        var client: String
        var support: String

        init(
            _ type: ProblemType,
            _ status: Int,
            _ title: String,
            _ actor: ProblemActor,
            _ action: ProblemAction,
            client: String,
            support: String,
        ) {
            self.type = type
            self.status = status
            self.title = title
            self.actor = actor
            self.action = action
            self.client = client
            self.support = support
        }
    }

    private var facts: Facts {
        switch self {
        case .incomplete, .deleted, .unknownSlot, .invalidValue, .wouldBreak: configFacts
        case .unknownAuthSlot, .wrongService, .unusableAuthentication, .brokenAuthentication:
            authFacts
        case .otherSolution, .upgradeIncomplete, .sameVersion, .solutionInUse: versionFacts
        case .externalID, .metadataSize, .notAccepted, .notPermitted, .absent: accessFacts
        }
    }

    private var configFacts: Facts {
        switch self {
        case .deleted:
            Facts(
                .notFound,
                404,
                "The instance was deleted",
                .client,
                .none,
                client: "This integration was deleted. Set it up again to use it.",
                support: "The instance is deleted and cannot be changed. Create a new one.",
            )
        case .unknownSlot:
            Facts(
                .validation,
                422,
                "There is no such setting",
                .client,
                .fixConfig,
                client: "This integration has no setting of that name.",
                support: "The solution version has no config slot of that name for who asks.",
            )
        case .invalidValue:
            Facts(
                .validation,
                422,
                "A setting has a value that does not fit",
                .client,
                .fixConfig,
                client: "One of the settings is not filled in correctly. Check it and save again.",
                support: "A value does not match its slot's schema; the data names the place.",
            )
        case .wouldBreak:
            Facts(
                .conflict,
                409,
                "The change would break an enabled instance",
                .client,
                .fixConfig,
                client: "This is needed while the integration is on. Switch it off first.",
                support: "A required slot would be empty. Disable the instance, or give a value.",
            )
        default:
            Facts(
                .configuration,
                409,
                "The instance is not set up completely",
                .client,
                .fixConfig,
                client: "Fill in what is missing and connect every service to switch this on.",
                support: "Required slots are empty or wrong; the data lists them.",
            )
        }
    }

    private var authFacts: Facts {
        switch self {
        case .wrongService:
            Facts(
                .validation,
                422,
                "The connection is for another service",
                .client,
                .reconnect,
                client: "This connection is for another service. Choose one that fits.",
                support: "The slot takes an authentication of another service.",
            )
        case .unusableAuthentication:
            Facts(
                .validation,
                422,
                "The connection cannot be used here",
                .client,
                .reconnect,
                client: "This connection cannot be used here. Choose or make another one.",
                support: "There is no such authentication, or it has another owner than the slot.",
            )
        case .brokenAuthentication:
            Facts(
                .conflict,
                409,
                "The connection has to be renewed",
                .client,
                .reconnect,
                client: "This connection has expired or was revoked. Reconnect it to continue.",
                support: "The authentication is expired or refused. The end user has to reconnect.",
            )
        default:
            Facts(
                .validation,
                422,
                "There is no such connection slot",
                .client,
                .fixConfig,
                client: "This integration does not use a connection of that name.",
                support: "The solution version has no auth slot of that name for who asks.",
            )
        }
    }

    private var versionFacts: Facts {
        switch self {
        case .upgradeIncomplete:
            Facts(
                .configuration,
                409,
                "The new version needs values",
                .support,
                .fixConfig,
                client: "A newer version needs something from you before it can be used.",
                support: "The upgrade would leave slots empty or wrong. Give the values with it.",
            )
        case .sameVersion:
            Facts(
                .conflict,
                409,
                "The version was deployed with other content",
                .builder,
                .fixConfig,
                client: "Something went wrong on our side. We have been told.",
                support: "A version never changes. The builder has to raise its number.",
            )
        case .solutionInUse:
            Facts(
                .conflict,
                409,
                "The solution still has instances",
                .builder,
                .fixConfig,
                client: "Something went wrong on our side. We have been told.",
                support: "Delete the instances of the solution before it is taken away.",
            )
        default:
            Facts(
                .validation,
                422,
                "The version is of another solution",
                .support,
                .fixConfig,
                client: "This cannot be changed into another integration.",
                support: "An instance stays with its solution. Create an instance of the other.",
            )
        }
    }

    private var accessFacts: Facts {
        switch self {
        case .externalID:
            Facts(
                .validation,
                422,
                "The external id is not valid",
                .builder,
                .fixMapping,
                client: "Something went wrong on our side. We have been told.",
                support: "The partner's name for an end user is empty, too long or has controls.",
            )
        case .metadataSize:
            Facts(
                .tooLarge,
                413,
                "The metadata is too large",
                .builder,
                .fixMapping,
                client: "Something went wrong on our side. We have been told.",
                support: "An end user's metadata is limited; keep large data elsewhere.",
            )
        case .notAccepted:
            Facts(
                .authentication,
                401,
                "The credentials are not accepted",
                .client,
                .reconnect,
                client: "You have to sign in again.",
                support: "The token or key is not accepted; the log says why.",
            )
        case .notPermitted:
            Facts(
                .authorization,
                403,
                "This is not permitted",
                .client,
                .contact,
                client: "You are not allowed to do this.",
                support: "The role of the caller lacks the permission.",
            )
        default:
            Facts(
                .notFound,
                404,
                "There is nothing here",
                .client,
                .none,
                client: "This does not exist.",
                support: "There is no such object, or not for who asks.",
            )
        }
    }
}
