import Engine
import Model

/// What can be wrong with a call of the API, each with its number.
enum APIFault: Error, Sendable, Hashable {
    case unauthenticated
    case wrongToken
    case unknownParameter(String)
    case invalidParameter(String, String)
    case noRoute(String)
    case methodNotAllowed([String])
    case unknownExecution(String)
    case unknownWorkflow(String)
    case notAcceptable(String)
    case unsupportedMediaType(String)
    case wrongCapability
    case headTimeout
    case bodyTimeout
    case malformed(String)
    case notReady
    case storeFailed(String)
    case targetTooLong(Int)
    case bodyTooLarge(Int)
    case headersTooLarge
    case tooManyStreams
    case notStartable(String, String)
    case bodyCut
    case unknownMember(String)
    case invalidMember(String, String)
    case memberTooLarge(String, Int)
    /// What the engine says, as it stands.
    case problem(Problem)
    /// The same for an end user.
    case client(ClientProblem)

    var status: Int {
        switch self {
        case .unauthenticated, .wrongToken, .wrongCapability: 401
        case .unknownParameter, .invalidParameter, .malformed, .bodyCut, .unknownMember,
            .invalidMember:
            400
        case .noRoute, .unknownExecution, .unknownWorkflow: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .headTimeout, .bodyTimeout: 408
        case .notStartable: 409
        case .bodyTooLarge, .memberTooLarge: 413
        case .targetTooLong: 414
        case .unsupportedMediaType: 415
        case .headersTooLarge: 431
        case .notReady, .storeFailed, .tooManyStreams: 503
        case .problem(let problem): problem.status ?? 500
        case .client(let problem): problem.status
        }
    }

    var code: String {
        switch self {
        case .unauthenticated: "B3101"
        case .wrongToken: "B3102"
        case .unknownParameter: "B3103"
        case .invalidParameter: "B3104"
        case .noRoute: "B3105"
        case .methodNotAllowed: "B3106"
        case .unknownExecution: "B3107"
        case .unknownWorkflow: "B3108"
        case .notAcceptable: "B3109"
        case .unsupportedMediaType: "B3110"
        case .wrongCapability: "B3111"
        case .bodyTimeout: "B3112"
        case .headTimeout: "B3122"
        case .malformed: "B3113"
        case .notReady: "B3114"
        case .storeFailed: "B3115"
        case .targetTooLong: "B3116"
        case .bodyTooLarge: "B3002"
        case .headersTooLarge: "B3003"
        case .tooManyStreams: "B3117"
        case .notStartable: "B3118"
        case .bodyCut: "B3119"
        case .unknownMember: "B3123"
        case .invalidMember: "B3124"
        case .memberTooLarge: "B3125"
        case .problem(let problem): problem.code ?? ""
        case .client: ""
        }
    }
}
