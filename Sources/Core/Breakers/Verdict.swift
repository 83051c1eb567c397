import Model

/// What the end of an attempt says about the connection that it went through.
package enum Verdict: Sendable, Hashable {
    /// The service answered, whatever it said: it is there.
    case answered
    /// It does not take the credentials.
    case refused
    /// It is not there, too slow, or broken itself.
    case failed(ProblemType)
    /// It asked for fewer requests (429), perhaps with the time to wait.
    case limited(after: TimeSpan?)
    /// Nothing was learned: the attempt was cancelled, or failed before or after the service.
    case nothing

    package init(_ problem: Problem?) {
        guard let problem else {
            self = .answered
            return
        }
        guard problem.origin == .service else {
            self = .nothing
            return
        }
        switch problem.type {
        case .authentication: self = .refused
        case .communication, .service, .timeout: self = .failed(problem.type)
        case .rateLimit: self = .limited(after: problem.retry.after)
        case .cancelled, .runtime: self = .nothing
        case .authorization, .request, .notFound, .conflict, .tooLarge, .validation, .expression,
            .configuration, .limit, .raised:
            self = .answered
        }
    }
}
