import Embedding
import Embedding
import Engine
import Model

extension APIFault {
    /// The one error object.
    var problem: Problem {
        if case .problem(let problem) = self { return problem }
        var problem = Problem(type, detail: detail, code: code)
        problem.title = title
        problem.status = status
        switch self {
        case .notReady, .storeFailed, .tooManyStreams:
            problem.retry = RetryAdvice(kind: .after, after: TimeSpan(milliseconds: 1_000))
        default: break
        }
        return problem
    }

    /// As an end user may hear it: a refusal of what was asked is in words for who asked; any other
    /// problem is told in the client's words (design.md, G7).
    func told(_ words: ClientWords) -> APIFault {
        guard case .problem(let problem) = self, !problem.isRefusal else { return self }
        return .client(words(problem))
    }

    /// The problem document, with the fields that its status asks for.
    func answer(instance: String? = nil) -> HTTPAnswer {
        if case .client(let problem) = self {
            var object = problem.object
            object["instance"] = instance.map(JSONValue.string)
            return .problem(
                .object(object),
                status: problem.status,
                retryAfter: problem.retryAfter,
            )
        }
        var answer = HTTPAnswer.refusal(problem, instance: instance)
        switch self {
        case .unauthenticated, .wrongCapability:
            answer.headers.append(
                HeaderField("www-authenticate", #"Bearer realm="backstop""#)
            )
        case .wrongToken:
            answer.headers.append(
                HeaderField(
                    "www-authenticate",
                    #"Bearer realm="backstop", error="invalid_token""#,
                )
            )
        case .problem(let problem) where problem.code == EmbeddingFault.notAccepted.rawValue:
            answer.headers.append(
                HeaderField(
                    "www-authenticate",
                    #"Bearer realm="backstop", error="invalid_token""#,
                )
            )
        case .methodNotAllowed(let methods):
            answer.headers.append(HeaderField("allow", methods.joined(separator: ", ")))
        case .unsupportedMediaType:
            answer.headers.append(HeaderField("accept", "application/json"))
        case .headTimeout, .bodyTimeout, .bodyTooLarge, .malformed, .bodyCut:
            answer.headers.append(HeaderField("connection", "close"))
        default: break
        }
        return answer
    }

    private var type: ProblemType {
        switch status {
        case 401: .authentication
        case 404: .notFound
        case 405, 406, 415: .request
        case 408: .timeout
        case 409: .conflict
        case 413, 414, 431: .tooLarge
        case 503: self == .tooManyStreams ? .limit : .runtime
        default: .validation
        }
    }

    private var title: String {
        switch self {
        case .unauthenticated, .wrongToken, .wrongCapability: "The call is not authenticated"
        case .unknownParameter, .invalidParameter: "A parameter is wrong"
        case .noRoute: "There is nothing here"
        case .unknownExecution: "There is no such execution"
        case .unknownWorkflow: "There is no such workflow"
        case .methodNotAllowed: "The method is not allowed"
        case .notAcceptable: "There is no such representation"
        case .unsupportedMediaType: "The body has the wrong type"
        case .headTimeout, .bodyTimeout: "The request took too long"
        case .malformed, .bodyCut: "The request cannot be read"
        case .notReady, .storeFailed, .tooManyStreams: "The service is not available now"
        case .targetTooLong, .bodyTooLarge, .headersTooLarge: "The request is too large"
        case .notStartable: "The workflow cannot be started so"
        case .unknownMember, .invalidMember: "The body is wrong"
        case .memberTooLarge: "The request is too large"
        case .problem(let problem): problem.title
        case .client(let problem): problem.title
        }
    }

    private var detail: String {
        switch self {
        case .unauthenticated: "give the admin token or an API key as `Authorization: Bearer …`"
        case .wrongToken: "this is neither the admin token nor an API key that counts"
        case .unknownParameter(let name): "there is no parameter \(name)"
        case .invalidParameter(let name, let reason): "\(name): \(reason)"
        case .noRoute(let path): "\(path) is no path of this API; see /openapi.json"
        case .methodNotAllowed(let methods): "allowed: \(methods.joined(separator: ", "))"
        case .unknownExecution(let id): "no execution is called \(id); old ones are deleted"
        case .unknownWorkflow(let name): "no workflow is called \(name), or more than one is"
        case .notAcceptable(let type): "this is available as \(type) only"
        case .unsupportedMediaType(let type): "the body must be application/json, not \(type)"
        case .wrongCapability:
            "give the token of this execution's status URL, or a token of the API"
        case .headTimeout: "the head of the request did not arrive in time"
        case .bodyTimeout: "the body did not arrive in time"
        case .malformed(let reason): reason
        case .notReady: "starting or shutting down"
        case .storeFailed: "the store does not answer"
        case .targetTooLong(let limit): "a request target has at most \(limit) bytes"
        case .bodyTooLarge(let limit): "the body is larger than \(limit) bytes"
        case .headersTooLarge:
            "at most \(WebhookLimits.headerCount) header fields with"
                + " \(WebhookLimits.headerBytes) bytes are accepted"
        case .tooManyStreams: "too many event streams are open"
        case .notStartable(let name, let kind):
            "the trigger of \(name) is \(kind); only webhook, manual and call workflows can be"
                + " started"
        case .bodyCut: "the body ended before its Content-Length"
        case .unknownMember(let name): "there is no member \(name)"
        case .invalidMember(let name, let reason): "\(name): \(reason)"
        case .memberTooLarge(let name, let limit): "\(name) has at most \(limit) bytes"
        case .problem(let problem): problem.detail ?? ""
        case .client(let problem): problem.text
        }
    }
}

extension Problem {
    /// Whether it says what is wrong with the call itself: its number is of the API, of webhooks, of
    /// starts, or of the embedding's rules, and nothing lies behind it.
    fileprivate var isRefusal: Bool {
        guard let code = self.code, self.response == nil, self.cause == nil else { return false }
        return EmbeddingFault(rawValue: code) != nil || ConnectFault(rawValue: code) != nil
            || ["B30", "B31"].contains(where: code.hasPrefix)
            || ["B2001", "B2002", "B2003", "B2005"].contains(code)
    }
}
