import ConnectorKit
import Model

/// Makes the problem of an answer that is not accepted.
enum StatusProblem {
    static func make(
        _ response: HTTPResponse,
        request: HTTPRequest,
        now: Timestamp,
    ) -> Problem {
        var problem = Problem(
            ProblemTable.row(status: response.status),
            detail: "\(request.method) \(response.url.summary) answered \(response.status)",
        )
        problem.response = ResponseExcerpt.make(response)
        problem.status = problem.status ?? response.status
        if let after = retryAfter(response, now: now), problem.isRetryable {
            problem.retry = RetryAdvice(kind: .after, after: after)
        }
        return problem
    }

    /// The time that the service asks for, when it does.
    static func retryAfter(_ response: HTTPResponse, now: Timestamp) -> TimeSpan? {
        response.headers.first(name: "retry-after").flatMap { RetryAfter.parse($0, now: now) }
    }
}
