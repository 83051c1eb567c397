import Model

/// What can be wrong with a request to a webhook, each with its number.
///
/// Its problem is the answer to the caller: `detail` is written for that reader.
package enum RequestFault: Error, Sendable, Hashable {
    case invalidJSON(JSONError)
    case bodyTooLarge(limit: Int)
    case headersTooLarge
    case methodNotAllowed(String)
    case unknownWebhook(String)
    case unsigned(String)
    case wrongSignature
    case staleTimestamp
    case secretUnavailable
    case invalidInput([JSONValue])
    case invalidForm(String)
    case invalidText
    case invalidIdempotencyKey
    case invalidCorrelationID(String)
    case invalidDeduplicationKey(String)

    package var code: String {
        switch self {
        case .invalidJSON: "B3001"
        case .bodyTooLarge: "B3002"
        case .headersTooLarge: "B3003"
        case .methodNotAllowed: "B3004"
        case .unknownWebhook: "B3005"
        case .unsigned: "B3006"
        case .wrongSignature: "B3007"
        case .staleTimestamp: "B3008"
        case .secretUnavailable: "B3009"
        case .invalidInput: "B3010"
        case .invalidForm: "B3011"
        case .invalidText: "B3012"
        case .invalidIdempotencyKey: "B3013"
        case .invalidCorrelationID: "B3014"
        case .invalidDeduplicationKey: "B3015"
        }
    }

    package var problem: Problem {
        var problem = Problem(type, detail: detail, code: code)
        problem.title = title
        problem.status = status
        problem.origin = .platform
        switch self {
        case .invalidJSON(let error):
            problem.data = [
                "code": .string(error.code.rawValue), "line": .integer(Int64(error.line)),
                "column": .integer(Int64(error.column)),
            ]
        case .invalidInput(let violations): problem.data = ["violations": .array(violations)]
        default: break
        }
        return problem
    }

    package var answer: HTTPAnswer {
        var answer = HTTPAnswer.refusal(problem)
        switch self {
        case .methodNotAllowed:
            let methods = WebhookLimits.methods.joined(separator: ", ")
            answer.headers.append(HeaderField("allow", methods))
        case .unsigned, .wrongSignature, .staleTimestamp:
            answer.headers.append(HeaderField("www-authenticate", "Webhook"))
        default: break
        }
        return answer
    }
}

extension RequestFault {
    private var type: ProblemType {
        switch self {
        case .bodyTooLarge, .headersTooLarge: .tooLarge
        case .unknownWebhook: .notFound
        case .unsigned, .wrongSignature, .staleTimestamp: .authentication
        case .secretUnavailable: .configuration
        case .methodNotAllowed: .request
        default: .validation
        }
    }

    private var status: Int {
        switch self {
        case .invalidJSON, .invalidForm, .invalidText, .invalidIdempotencyKey: 400
        case .bodyTooLarge: 413
        case .headersTooLarge: 431
        case .methodNotAllowed: 405
        case .unknownWebhook: 404
        case .unsigned, .wrongSignature, .staleTimestamp: 401
        case .secretUnavailable: 500
        case .invalidInput, .invalidCorrelationID, .invalidDeduplicationKey: 422
        }
    }

    private var title: String {
        switch self {
        case .invalidJSON, .invalidText: "The body cannot be read"
        case .invalidForm: "The form or query cannot be read"
        case .bodyTooLarge, .headersTooLarge: "The request is too large"
        case .methodNotAllowed: "The method is not allowed"
        case .unknownWebhook: "There is no such webhook"
        case .unsigned, .wrongSignature, .staleTimestamp: "The request is not authenticated"
        case .secretUnavailable: "The webhook is not configured"
        case .invalidInput: "The body does not match its schema"
        case .invalidIdempotencyKey: "The idempotency key is malformed"
        case .invalidCorrelationID, .invalidDeduplicationKey: "The request cannot be identified"
        }
    }

    private var detail: String {
        switch self {
        case .invalidJSON(let error): "the body is not JSON: \(error)"
        case .bodyTooLarge(let limit): "the body is larger than \(limit) bytes"
        case .headersTooLarge:
            "at most \(WebhookLimits.headerCount) header fields with"
                + " \(WebhookLimits.headerBytes) bytes are accepted"
        case .methodNotAllowed(let method):
            "a webhook takes \(WebhookLimits.methods.joined(separator: ", ")), not \(method)"
        case .unknownWebhook(let name): "no workflow with a webhook trigger is called \(name)"
        case .unsigned(let what): "the request lacks \(what)"
        case .wrongSignature: "the signature or token is wrong"
        case .staleTimestamp: "the timestamp is not a time near now"
        case .secretUnavailable: "the secret that verifies requests cannot be read"
        case .invalidInput: "the body does not match the schema of this webhook"
        case .invalidForm(let reason): reason
        case .invalidText: "the body is not UTF-8 text, although its type says text"
        case .invalidIdempotencyKey:
            "Idempotency-Key is given once, with 1 to \(WebhookLimits.keyLength) visible characters"
        case .invalidCorrelationID(let reason): "correlation_id: \(reason)"
        case .invalidDeduplicationKey(let reason): "deduplicate_by: \(reason)"
        }
    }
}
