import Kernel
import Model

/// What the caller of a webhook hears about an execution: a pure function, so that the promise
/// "a failed execution never answers 2xx" can be shown for every case.
package struct CallerAnswer: Sendable {
    package var id: ExecutionID
    /// Where the caller may look by itself, with its capability.
    package var statusURL: String
    /// The client's words for problems.
    package var words: ClientWords

    package init(id: ExecutionID, statusURL: String, words: ClientWords = ClientWords()) {
        self.id = id
        self.statusURL = statusURL
        self.words = words
    }

    /// The end, with the reply that the workflow gave, if any.
    package func finished(_ outcome: Outcome?, reply: Reply?) -> HTTPAnswer {
        guard let outcome else {
            return problem(missingOutcome, more: [("code", "B3019")])
        }
        guard outcome.reason.isSuccess, outcome.problem == nil else {
            // Only words that admit the failure may be said of it.
            if let reply, (400...599).contains(reply.status) { return self.reply(reply) }
            return problem(outcome.problem ?? Self.problem(for: outcome.reason))
        }
        if let reply { return self.reply(reply) }
        return identified(.json(outcome.output))
    }

    /// A reply before the end: nothing but 400 and above may be told so early.
    package func replied(_ reply: Reply) -> HTTPAnswer {
        guard (400...599).contains(reply.status) else {
            return problem(unsendable(reply), more: [("code", "B3018")])
        }
        return self.reply(reply)
    }

    /// The wait was over before the execution was; it goes on.
    package func timedOut() -> HTTPAnswer {
        var problem = Problem(.timeout)
        problem.audience.client =
            "This takes longer than you could wait. It goes on; ask its status URL for the result."
        return self.problem(
            problem,
            status: 504,
            more: [("code", "B3016"), ("status_url", .string(statusURL))],
        )
    }

    /// It is not stored any more.
    package func unknown() -> HTTPAnswer {
        problem(Problem(.notFound), status: 404, more: [("code", "B3017")])
    }

    // MARK: Parts

    private func reply(_ reply: Reply) -> HTTPAnswer {
        guard (200...599).contains(reply.status) else {
            return problem(unsendable(reply), more: [("code", "B3018")])
        }
        return identified(ReplyWriter.answer(reply))
    }

    /// In the client's words (design.md, G7); the status is 400 or more whatever the problem says.
    ///
    /// - Parameter more: about the answer itself, not about the problem.
    private func problem(
        _ problem: Problem,
        status: Int? = nil,
        more: [(String, JSONValue)] = [],
    ) -> HTTPAnswer {
        let told = words(problem).of(id, status: status)
        var object = told.object
        object["instance"] = .string("/v1/executions/\(id)")
        for (name, value) in more { object[name] = value }
        return identified(
            .problem(.object(object), status: told.status, retryAfter: told.retryAfter)
        )
    }

    private func identified(_ answer: HTTPAnswer) -> HTTPAnswer {
        var answer = answer
        answer.headers.append(HeaderField("backstop-execution-id", id.description))
        return answer
    }

    private var missingOutcome: Problem {
        Problem(.runtime, detail: "the result cannot be read", code: "B3019")
    }

    private func unsendable(_ reply: Reply) -> Problem {
        Problem(.runtime, detail: "a reply of \(reply.status) cannot be sent", code: "B3018")
    }

    /// For an end without a problem, which the engine does not make.
    private static func problem(for reason: ExecutionReason) -> Problem {
        switch reason {
        case .timedOut: Problem(.timeout)
        case .cancelled: Problem(.cancelled)
        case .expired, .neverStarted: Problem(.limit)
        case .failed, .succeeded, .handled: Problem(.runtime)
        }
    }
}
