import Model

/// Why a project is not planned or applied. The numbers are stable.
package enum ProjectFault: String, Sendable, Hashable, CaseIterable {
    /// Somebody else applied in between.
    case stale = "B2800"
    case findings = "B2801"
    case tooLarge = "B2802"
    case unusableFile = "B2803"
    /// The server follows a folder, or cannot load projects.
    case followsFolder = "B2804"
    /// What was applied is in the store, and cannot be loaded by this program.
    case unreadable = "B2805"

    package func problem(detail: String, data: JSONValue? = nil) -> Problem {
        var problem = Problem(type, detail: detail, code: rawValue)
        problem.title = title
        problem.status = status
        problem.origin = .platform
        problem.retry = RetryAdvice(kind: .terminal)
        problem.actor = .builder
        problem.action = ProblemAction.none
        problem.data = data
        return problem
    }

    /// One line for a person.
    package var title: String {
        switch self {
        case .stale: "The project has changed since it was planned"
        case .findings: "The project has errors"
        case .tooLarge: "The project is too large"
        case .unusableFile: "A file of the project cannot be used"
        case .followsFolder: "This server takes no projects"
        case .unreadable: "The applied project cannot be loaded"
        }
    }

    package var status: Int {
        switch self {
        case .stale, .followsFolder: 409
        case .findings, .unusableFile: 422
        case .tooLarge: 413
        case .unreadable: 500
        }
    }

    private var type: ProblemType {
        switch self {
        case .stale, .followsFolder: .conflict
        case .findings, .unusableFile: .validation
        case .tooLarge: .tooLarge
        case .unreadable: .runtime
        }
    }
}
