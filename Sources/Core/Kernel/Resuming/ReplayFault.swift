import Model

/// What keeps an execution from being resumed or replayed, each with its number.
package enum ReplayFault: String, Sendable, Hashable, CaseIterable {
    /// It runs or waits: a resume would collide with what goes on by itself.
    case notFinished = "B3180"
    case nothingFailed = "B3181"
    case unknownStep = "B3182"
    case neverBegan = "B3183"
    case whichItem = "B3184"
    case insideHandler = "B3185"
    case stepsDiffer = "B3186"
    case otherCourse = "B3187"
    case noFailedStep = "B3188"
    case unreadable = "B3189"
    /// A replay of what has not ended, without saying so.
    case sourceUnfinished = "B3190"
    case cameTooLate = "B3191"
    case nothingSelected = "B3192"
    case tooMany = "B3193"
    case keysMoved = "B3194"
    case badRequest = "B3195"
    case noLatest = "B3196"
    case tooLarge = "B3197"
    case jobEnded = "B3198"
    case tooManyJobs = "B3199"
    case noSuchExecution = "B3200"
    case notStarted = "B3201"

    package var status: Int {
        switch self {
        case .notFinished, .nothingFailed, .stepsDiffer, .noFailedStep, .unreadable,
            .sourceUnfinished, .cameTooLate, .keysMoved, .noLatest, .jobEnded:
            409
        case .unknownStep, .neverBegan, .whichItem, .insideHandler, .otherCourse,
            .nothingSelected, .tooMany:
            422
        case .badRequest: 400
        case .tooLarge: 413
        case .tooManyJobs: 429
        case .noSuchExecution: 404
        case .notStarted: 503
        }
    }

    private var type: ProblemType {
        switch status {
        case 404: .notFound
        case 409: .conflict
        case 413: .tooLarge
        case 429: .limit
        case 503: .runtime
        default: .validation
        }
    }

    package var title: String {
        switch self {
        case .notFinished: "The execution has not ended"
        case .nothingFailed: "The execution ended well"
        case .unknownStep: "There is no such step"
        case .neverBegan: "The step never began"
        case .whichItem: "The step is inside a loop"
        case .insideHandler: "The step is inside an error branch"
        case .stepsDiffer: "The steps before it are others now"
        case .otherCourse: "The steps before it would take another course"
        case .noFailedStep: "There is no failed step"
        case .unreadable: "What it ran on cannot be read"
        case .sourceUnfinished: "The execution has not ended"
        case .cameTooLate: "The execution was changed meanwhile"
        case .nothingSelected: "Nothing is selected"
        case .tooMany: "Too many executions are selected"
        case .keysMoved: "The same keys would name other side effects"
        case .badRequest: "The replay is asked for wrongly"
        case .noLatest: "The workflow is no longer deployed"
        case .tooLarge: "There is too much to copy"
        case .jobEnded: "The replay has ended"
        case .tooManyJobs: "Too many replays are under way"
        case .noSuchExecution: "There is no such execution"
        case .notStarted: "It could not be started"
        }
    }

    package func refusal(_ detail: String) -> ReplayRefusal {
        ReplayRefusal(fault: self, detail: detail)
    }

    package func problem(_ detail: String) -> Problem {
        var problem = Problem(type, detail: detail, code: rawValue)
        problem.title = title
        problem.status = status
        return problem
    }
}

/// Why one execution is not resumed or replayed as it was asked.
package struct ReplayRefusal: Error, Sendable, Hashable {
    package var fault: ReplayFault
    package var detail: String

    package var problem: Problem { fault.problem(detail) }
}
