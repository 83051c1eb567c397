import ConnectorKit
import Model

/// What the errors of RFC 6749, and those that well-known services use in their place, mean.
enum OAuthProblem {
    static let longestText = 300

    /// A mistake on this side, before anything was sent.
    static func misconfigured(_ detail: String) -> Problem {
        Problem(.configuration, detail: detail, code: "B2620")
    }

    /// Whether a text has the form of an error code (section 5.2).
    static func isCode(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { 32...126 ~= $0 && $0 != 34 && $0 != 92 }
    }

    /// - Parameter place: `POST https://… answered 400`.
    static func make(error: String, description: String?, place: String) -> Problem {
        let name = isCode(error) ? error : "an error without a valid code"
        var detail = "\(place): \(name)"
        if let description, !description.isEmpty { detail += " (\(cut(description)))" }
        var problem = problem(error, detail: detail)
        problem.data = ["error": .string(name)]
        return problem
    }

    /// The problem without the place of the error in it.
    private static func problem(_ error: String, detail: String) -> Problem {
        var problem = Problem(oauth: error, detail: detail)
        switch ProblemTable.oauthErrors[error] {
        case .grant, .later: break
        case .denied:
            problem.audience.client = "The connection was not allowed. Connect again to continue."
            problem.audience.support = "The end user or the service refused the authorization."
        case .client:
            problem.audience.support =
                "The service refuses the OAuth client: its id, its secret or how it is sent."
        case .request, nil:
            problem.audience.support =
                "The service does not accept the OAuth request as the client is set up."
        }
        return problem
    }

    private static func cut(_ text: String) -> String {
        let plain = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return plain.count > longestText ? String(plain.prefix(longestText)) + "…" : String(plain)
    }
}
