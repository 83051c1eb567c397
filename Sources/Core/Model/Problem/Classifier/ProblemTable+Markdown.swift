extension ProblemTable {
    /// The table for the documentation, generated so that it cannot differ from what happens.
    package static var markdown: String {
        var lines = ["| Outcome | Type | Retry | Code |", "|---|---|---|---|"]
        for status in statuses.keys.sorted() {
            lines.append(line("\(status)", row(status: status)))
        }
        lines.append(line("other 4xx", row(status: 418)))
        lines.append(line("other 5xx", row(status: 599)))
        lines.append(line("1xx, 2xx, 3xx that the step does not accept", row(status: 304)))
        for failure in TransportFailure.allCases {
            lines.append(line(failure.words, row(failure)))
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ outcome: String, _ row: Row) -> String {
        let problem = Problem(row, detail: "")
        let retry = problem.retry.kind.rawValue
        return "| \(outcome) | `\(row.type.rawValue)` | \(retry) | \(row.code ?? "") |"
    }

    /// Every type with what it says and advises.
    package static var types: String {
        var lines = [
            "| Type | Status | Retry | Origin | Actor | Action | Title | For the client | For support |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for type in ProblemType.allCases {
            let problem = Problem(type)
            lines.append(
                "| `\(type.rawValue)` | \(problem.status ?? 0) | \(problem.retry.kind.rawValue)"
                    + " | \(problem.origin.rawValue) | \(problem.actor.rawValue)"
                    + " | \(problem.action.rawValue) | \(problem.title)"
                    + " | \(problem.audience.client) | \(problem.audience.support) |"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// OAuth errors.
    package static var oauth: String {
        var lines = ["| Error | Type | Retry | Actor | Code |", "|---|---|---|---|---|"]
        for (error, _) in oauthErrors.sorted(by: { $0.key < $1.key }) {
            let row = row(oauth: error)
            let problem = Problem(row, detail: "")
            lines.append(
                "| `\(error)` | `\(row.type.rawValue)` | \(problem.retry.kind.rawValue)"
                    + " | \(problem.actor.rawValue) | \(row.code ?? "") |"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// Faults that have a number of their own.
    package static var numbers: String {
        var lines = [
            "| Code | What happened | Type | Retry | Actor | Action |", "|---|---|---|---|---|---|",
        ]
        for row in numbered.values.sorted(by: { ($0.code ?? "") < ($1.code ?? "") }) {
            let problem = Problem(row, detail: "")
            lines.append(
                "| \(row.code ?? "") | \(row.words) | `\(row.type.rawValue)`"
                    + " | \(problem.retry.kind.rawValue) | \(problem.actor.rawValue)"
                    + " | \(problem.action.rawValue) |"
            )
        }
        return lines.joined(separator: "\n")
    }
}

extension TransportFailure {
    /// What happened, for the documentation.
    var words: String {
        switch self {
        case .invalidURL: "the URL is not accepted"
        case .invalidRequest: "the request cannot be sent as it is"
        case .addressRefused: "the address is not public and not in `allowed_hosts`"
        case .requestTooLarge: "the request body is too large"
        case .hostUnknown: "the host is unknown"
        case .resolverFailed: "the host could not be resolved"
        case .connectRefused: "the connection was refused"
        case .unreachable: "there is no way to the host"
        case .connectTimeout: "no connection in time"
        case .poolTimeout: "all connections to the host are busy"
        case .certificate: "the certificate is not trusted, has expired or is for another host"
        case .tlsHandshake: "the TLS handshake failed"
        case .tlsTimeout: "the TLS handshake took too long"
        case .authority: "`tls.ca` or a credential cannot be used"
        case .reset: "the connection ended before the answer did"
        case .readTimeout: "nothing came in time"
        case .writeTimeout: "the request was not taken in time"
        case .totalTimeout: "`timeouts.total` passed"
        case .responseTooLarge: "the answer is too large, packed or unpacked"
        case .malformedResponse: "the answer is not HTTP"
        case .malformedJSON: "the answer claims to be JSON and is not"
        case .malformedText: "the answer is no text, and `response: text` was asked for"
        case .undecodable: "the packed answer is damaged"
        case .tooManyRedirects: "too many redirects"
        case .redirectRefused: "a redirect to a URL that is not accepted, or from https to http"
        case .cancelled: "the attempt was cancelled"
        case .internalFault: "anything else: a fault of Backstop"
        }
    }
}
