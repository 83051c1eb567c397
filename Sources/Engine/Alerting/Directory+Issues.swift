import Alerting
import Embedding
import Model
import StorePort

extension Directory {
    /// What a list of issues is asked for; all must match.
    package struct IssueFilter: Sendable {
        package var state: Issue.State?
        package var mark: Issue.Mark?
        package var solution: String?
        package var workflow: String?
        package var problem: ProblemType?
        package var assignee: String?

        package init() {}

        var labels: [String: String] {
            var labels: [String: String] = [:]
            labels["state"] = state?.rawValue
            labels["mark"] = mark?.rawValue
            labels["solution"] = solution
            labels["workflow"] = workflow
            labels["problem"] = problem?.rawValue
            labels["assignee"] = assignee
            return labels
        }
    }

    /// What somebody does with an issue; each part that is given.
    package struct IssueChange: Sendable {
        /// `muted` needs ``mutedUntil``.
        package var state: Issue.State?
        package var mutedUntil: Timestamp?
        /// `.some(nil)` takes the assignee away.
        package var assignee: String??
        package var note: String?

        package init() {}
    }

    /// Issues, newest first.
    package func issues(
        _ filter: IssueFilter,
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [Issue] {
        if let problem = Access.check(actor, .readAlerts) { throw problem }
        return try await page(
            RecordQuery(
                kind: .issue,
                scope: Self.scope(actor),
                labels: filter.labels,
                after: after?.description,
                limit: limit,
                newestFirst: true,
            )
        )
    }

    package func issue(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Issue {
        if let problem = Access.check(actor, .readAlerts) { throw problem }
        let found: (document: Issue, record: Record)? = try await find(
            .issue,
            id.description,
            Self.scope(actor),
        )
        guard let found else { throw Access.absent }
        return found.document
    }

    package func changeIssue(
        _ id: ObjectID,
        _ change: IssueChange,
        by actor: Actor,
    ) async throws(Problem) -> Issue {
        if let problem = Access.check(actor, .manageAlerts) { throw problem }
        for _ in 0..<Self.tries {
            let found: (document: Issue, record: Record)? = try await find(
                .issue,
                id.description,
                Self.scope(actor),
            )
            guard let found else { throw Access.absent }
            var issue = found.document
            try apply(change, to: &issue, by: actor)
            guard issue != found.document else { return issue }
            let written = try await write([
                put(issue, expected: .version(found.record.version)),
                audit(
                    "issue.change",
                    .init(kind: "issue", id: id.description),
                    by: actor,
                    owner: nil,
                    before: found.document.facts,
                    after: issue.facts,
                ),
            ])
            guard written.isDone else { continue }
            if issue.state == .resolved, found.document.state != .resolved {
                try await Recovery(engine: engine).resolved(issue, at: now)
            }
            return issue
        }
        throw Self.busy()
    }

    private func apply(
        _ change: IssueChange,
        to issue: inout Issue,
        by actor: Actor,
    ) throws(Problem) {
        let author = actor.id.isEmpty ? actor.kind.rawValue : actor.id
        let now = now
        guard change.mutedUntil == nil || change.state == .muted else {
            throw Self.refusedIssue("muted_until goes with the state muted")
        }
        switch change.state {
        case nil: break
        case .open?: issue.reopenByHand()
        case .acknowledged?:
            guard issue.state != .resolved else {
                throw Self.refusedIssue("it is resolved; its next failure opens it again")
            }
            issue.acknowledge(by: author)
        case .resolved?: issue.resolve(by: author, at: now)
        case .muted?:
            guard let until = change.mutedUntil, until > now, until - now <= Issue.muteMax else {
                throw Self.refusedIssue("muted_until is a time within the next 366 days")
            }
            issue.mute(until: until)
        }
        if let assignee = change.assignee { issue.assignee = assignee }
        if let note = change.note {
            guard note.utf8.count <= Issue.noteBytesMax else {
                throw Self.refusedIssue("a note has at most \(Issue.noteBytesMax) bytes")
            }
            issue.note(engine.redactor.redact(note), by: author, at: now)
        }
    }

    private static func refusedIssue(_ detail: String) -> Problem {
        Problem(.validation, detail: detail, code: "B3065")
    }
}

extension Issue {
    /// What somebody can change of it, for the audit log.
    fileprivate var facts: JSONValue {
        var object = JSONObject()
        object["state"] = .string(state.rawValue)
        object["muted_until"] = mutedUntil.map { .string($0.description) }
        object["assignee"] = assignee.map(JSONValue.string)
        object["notes"] = .integer(Int64(notes.count))
        return .object(object)
    }
}
