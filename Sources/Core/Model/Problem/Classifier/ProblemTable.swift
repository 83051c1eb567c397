/// What everything that can go wrong is called, and who can do what about it: the one table from
/// statuses, transport failures, OAuth errors and numbered faults to problem types and advice.
///
/// docs/reference/problems.md shows it. What a connector's `errors` rule or a workflow's `raise` says is
/// laid over it.
package enum ProblemTable {
    package struct Row: Sendable {
        package var type: ProblemType
        /// Nil: the default of the type.
        package var retry: RetryKind?
        package var code: String?
        package var actor: ProblemActor?
        package var action: ProblemAction?
        package var origin: ProblemOrigin?
        /// What happened, for the documentation.
        var words = ""

        init(
            _ type: ProblemType,
            _ retry: RetryKind? = nil,
            code: String? = nil,
            actor: ProblemActor? = nil,
            action: ProblemAction? = nil,
            origin: ProblemOrigin? = nil,
            _ words: String = "",
        ) {
            self.type = type
            self.retry = retry
            self.code = code
            self.actor = actor
            self.action = action
            self.origin = origin
            self.words = words
        }
    }

    /// Statuses with a meaning of their own.
    package static let statuses: [Int: Row] = [
        401: Row(.authentication, .terminal),
        402: Row(.authorization, .terminal, actor: .support, action: .contact),
        403: Row(.authorization, .terminal),
        404: Row(.notFound, .terminal),
        407: Row(.configuration, .terminal),
        408: Row(.timeout, .transient),
        409: Row(.conflict, .terminal),
        410: Row(.notFound, .terminal),
        412: Row(.conflict, .terminal),
        413: Row(.tooLarge, .terminal),
        415: Row(.request, .terminal),
        422: Row(.validation, .terminal),
        423: Row(.rateLimit, .transient),
        425: Row(.rateLimit, .transient),
        429: Row(.rateLimit, .transient),
        431: Row(.tooLarge, .terminal),
        500: Row(.service, .transient),
        501: Row(.service, .terminal),
        502: Row(.service, .transient),
        503: Row(.service, .transient),
        504: Row(.timeout, .transient),
        505: Row(.service, .terminal),
        507: Row(.service, .transient),
        508: Row(.service, .terminal),
        511: Row(.configuration, .terminal),
    ]

    /// The row of any status that is not accepted.
    package static func row(status: Int) -> Row {
        if let row = statuses[status] { return row }
        switch status {
        case 500...599: return Row(.service, .transient)
        case 400...499: return Row(.request, .terminal)
        // Not an error of HTTP, but not what the step accepts.
        default: return Row(.request, .terminal)
        }
    }

    package static func row(_ failure: TransportFailure) -> Row {
        switch failure {
        case .invalidURL: Row(.validation, .terminal, code: "B2402")
        case .invalidRequest: Row(.validation, .terminal, code: "B2403")
        case .addressRefused:
            Row(.configuration, .terminal, code: "B2404", actor: .support, action: .fixConfig)
        case .requestTooLarge: Row(.tooLarge, .terminal, code: "B2405")
        case .hostUnknown:
            Row(.communication, .transient, code: "B2406", actor: .support, action: .fixConfig)
        case .resolverFailed: Row(.communication, .transient, code: "B2407")
        case .connectRefused: Row(.communication, .transient, code: "B2408")
        case .unreachable: Row(.communication, .transient, code: "B2409")
        case .connectTimeout: Row(.timeout, .transient, code: "B2410")
        case .poolTimeout:
            Row(.timeout, .transient, code: "B2411", actor: .platform, action: .retry)
        case .certificate:
            Row(.configuration, .terminal, code: "B2412", actor: .support, action: .fixConfig)
        case .authority:
            Row(.configuration, .terminal, code: "B2413", actor: .builder, action: .fixConfig)
        case .tlsHandshake: Row(.communication, .terminal, code: "B2414", action: .contact)
        case .tlsTimeout: Row(.timeout, .transient, code: "B2415")
        case .reset: Row(.communication, .transient, code: "B2416")
        case .readTimeout: Row(.timeout, .transient, code: "B2417")
        case .writeTimeout: Row(.timeout, .transient, code: "B2418")
        case .totalTimeout: Row(.timeout, .transient, code: "B2419")
        case .responseTooLarge: Row(.tooLarge, .terminal, code: "B2420")
        case .malformedResponse: Row(.service, .transient, code: "B2421")
        case .malformedJSON: Row(.service, .transient, code: "B2422")
        case .malformedText: Row(.service, .terminal, code: "B2423")
        case .undecodable: Row(.service, .terminal, code: "B2424")
        case .tooManyRedirects: Row(.service, .terminal, code: "B2425")
        case .redirectRefused: Row(.service, .terminal, code: "B2426")
        case .cancelled: Row(.cancelled, .terminal, code: "B2427")
        case .internalFault: Row(.runtime, .terminal, code: "B2428")
        }
    }
}

extension Problem {
    /// The problem of a row, with the row's advice instead of the type's.
    package init(_ row: ProblemTable.Row, detail: String) {
        self.init(row.type, detail: detail, code: row.code)
        advise(row)
    }

    package init(_ failure: TransportFailure, detail: String) {
        self.init(ProblemTable.row(failure), detail: detail)
    }

    /// - Parameter error: the error code of an OAuth answer (RFC 6749, sections 4.1.2.1 and 5.2).
    package init(oauth error: String, detail: String) {
        self.init(ProblemTable.row(oauth: error), detail: detail)
    }

    mutating func advise(_ row: ProblemTable.Row) {
        if let kind = row.retry { self.retry = RetryAdvice(kind: kind) }
        if let actor = row.actor { self.actor = actor }
        if let action = row.action { self.action = action }
        if let origin = row.origin { self.origin = origin }
    }
}
