/// What a problem of a type says and advises when nobody said otherwise.
struct ProblemDefaults: Sendable {
    var title: String
    var status: Int
    var retry: RetryKind
    var origin: ProblemOrigin
    var actor: ProblemActor
    var action: ProblemAction
    var client: String
    var support: String
}

extension ProblemType {
    var defaults: ProblemDefaults {
        switch self {
        case .authentication:
            ProblemDefaults(
                title: "The service refused the credentials",
                status: 502,
                retry: .terminal,
                origin: .service,
                actor: .client,
                action: .reconnect,
                client: "Your connection has expired or was revoked. Reconnect it to continue.",
                support: "The stored credential was refused. The end user has to reconnect.",
            )
        case .authorization:
            ProblemDefaults(
                title: "The credentials lack a permission",
                status: 502,
                retry: .terminal,
                origin: .service,
                actor: .client,
                action: .reconnect,
                client: "Your connection is missing a permission. Reconnect it with full access.",
                support: "The credential is valid but not allowed to do this.",
            )
        case .rateLimit:
            ProblemDefaults(
                title: "The service limits the rate of requests",
                status: 503,
                retry: .transient,
                origin: .service,
                actor: .vendor,
                action: .wait,
                client: "The connected service is busy. We will try again shortly.",
                support: "The third party throttles us. It recovers by itself.",
            )
        case .timeout:
            ProblemDefaults(
                title: "The time limit passed",
                status: 504,
                retry: .transient,
                origin: .service,
                actor: .vendor,
                action: .retry,
                client: "This took longer than it may. Please try again.",
                support: "No answer came in time.",
            )
        case .communication:
            ProblemDefaults(
                title: "The service could not be reached",
                status: 502,
                retry: .transient,
                origin: .service,
                actor: .vendor,
                action: .retry,
                client: "The connected service could not be reached. Please try again.",
                support: "The connection to the third party failed.",
            )
        case .service:
            ProblemDefaults(
                title: "The service reported an error of its own",
                status: 502,
                retry: .transient,
                origin: .service,
                actor: .vendor,
                action: .wait,
                client: "The connected service has a problem. We will try again.",
                support: "The third party answered with a server error.",
            )
        case .request, .notFound, .conflict, .tooLarge:
            requestDefaults
        default:
            ownDefaults
        }
    }

    private var requestDefaults: ProblemDefaults {
        switch self {
        case .notFound:
            ProblemDefaults(
                title: "The thing asked for does not exist",
                status: 404,
                retry: .terminal,
                origin: .service,
                actor: .builder,
                action: .fixMapping,
                client: "We could not find the record this needs.",
                support: "The third party does not know the record.",
            )
        case .conflict:
            ProblemDefaults(
                title: "The state of the record does not allow this",
                status: 409,
                retry: .terminal,
                origin: .service,
                actor: .builder,
                action: .fixMapping,
                client: "This record was changed or exists already.",
                support: "The third party reports a conflict or a duplicate.",
            )
        case .tooLarge:
            ProblemDefaults(
                title: "Something is larger than its limit",
                status: 413,
                retry: .terminal,
                origin: .workflow,
                actor: .builder,
                action: .fixMapping,
                client: "The data is too large to be processed.",
                support: "A size limit was exceeded.",
            )
        default:
            ProblemDefaults(
                title: "The service refused the request",
                status: 502,
                retry: .terminal,
                origin: .service,
                actor: .builder,
                action: .fixMapping,
                client: "The connected service did not accept the data.",
                support: "The third party refused the request as it was sent.",
            )
        }
    }

    private var ownDefaults: ProblemDefaults {
        switch self {
        case .validation:
            ProblemDefaults(
                title: "The data does not match its schema",
                status: 422,
                retry: .terminal,
                origin: .workflow,
                actor: .builder,
                action: .fixMapping,
                client: "Some of the data is missing or has the wrong form.",
                support: "Data did not match the declared schema.",
            )
        case .expression:
            ProblemDefaults(
                title: "An expression could not be evaluated",
                status: 500,
                retry: .terminal,
                origin: .workflow,
                actor: .builder,
                action: .fixMapping,
                client: "Something went wrong on our side. We have been told.",
                support: "A mapping in the workflow has a mistake.",
            )
        case .configuration:
            ProblemDefaults(
                title: "The configuration is incomplete or wrong",
                status: 500,
                retry: .terminal,
                origin: .workflow,
                actor: .support,
                action: .fixConfig,
                client: "The integration is not set up completely.",
                support: "A setting or connection is missing or wrong.",
            )
        case .limit:
            ProblemDefaults(
                title: "A limit was reached",
                status: 503,
                retry: .terminal,
                origin: .platform,
                actor: .builder,
                action: .fixConfig,
                client: "This needs more than is allowed. We have been told.",
                support: "An execution reached a limit of the platform.",
            )
        case .cancelled:
            ProblemDefaults(
                title: "The execution was cancelled",
                status: 409,
                retry: .terminal,
                origin: .platform,
                actor: .support,
                action: .none,
                client: "This was cancelled.",
                support: "Somebody cancelled the execution.",
            )
        case .raised:
            ProblemDefaults(
                title: "The workflow raised a problem",
                status: 500,
                retry: .terminal,
                origin: .workflow,
                actor: .support,
                action: .contact,
                client: "This could not be completed.",
                support: "The workflow decided that this is an error.",
            )
        default:
            ProblemDefaults(
                title: "The engine failed",
                status: 500,
                retry: .terminal,
                origin: .platform,
                actor: .platform,
                action: .contact,
                client: "Something went wrong on our side. We have been told.",
                support: "Backstop itself failed; see the detail.",
            )
        }
    }
}
