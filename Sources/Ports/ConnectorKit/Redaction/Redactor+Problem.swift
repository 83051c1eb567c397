import Model

extension Redactor {
    /// The problem without secrets, its causes included: detail, texts, answer, data and ids.
    public func redact(_ problem: Problem) -> Problem {
        var result = problem
        result.title = redact(problem.title)
        result.detail = problem.detail.map { redact($0) }
        result.audience.client = redact(problem.audience.client)
        result.audience.support = redact(problem.audience.support)
        result.ids = redact(problem.ids)
        result.data = problem.data.map { redact($0) }
        if let response = problem.response {
            result.response = ProblemResponse(
                status: response.status,
                headers: redact(response.headers),
                body: response.body.map { redact($0) },
            )
        }
        if let cause = problem.cause { result.cause = redact(cause) }
        return result
    }
}
