import Alerting
import Embedding
import Model
import StorePort

extension RecordKind {
    static let alert = RecordKind(rawValue: "alert")
    static let alertGroup = RecordKind(rawValue: "alert_group")
    static let issue = RecordKind(rawValue: "issue")
    static let silence = RecordKind(rawValue: "silence")
}

/// The error plane's objects as the store keeps them.
extension Directory {
    /// A failure that nobody has looked at: due at once. By `instance` it is found from the start,
    /// by everything else after triage.
    func put(_ failure: Failure) -> RecordChange {
        var unique: [String: String] = [:]
        unique["execution"] = failure.end
        return .put(
            RecordPut(
                kind: .failure,
                id: failure.id.description,
                owner: failure.owner,
                document: JSONWriter.bytes(failure.json),
                unique: unique,
                labels: failure.instance.map { ["instance": $0.description] } ?? [:],
                dueAt: failure.at,
                expected: .absent,
            )
        )
    }

    /// A failure with its disposition: due no more.
    func put(triaged failure: Failure, expected: RecordExpectation) -> RecordChange {
        var unique: [String: String] = [:]
        unique["execution"] = failure.end
        var labels = ["kind": failure.kind.rawValue, "problem": failure.problem.type.rawValue]
        labels["instance"] = failure.instance?.description
        labels["solution"] = failure.solution
        labels["workflow"] = failure.workflow
        switch failure.disposition {
        case .issue(let id)?: labels["issue"] = id.description
        case .ignored(let policy)?: labels["ignored"] = policy
        case nil: break
        }
        return .put(
            RecordPut(
                kind: .failure,
                id: failure.id.description,
                owner: failure.owner,
                document: JSONWriter.bytes(failure.json),
                unique: unique,
                labels: labels,
                expected: expected,
            )
        )
    }

    /// - Parameter dueAt: when it is to be worked on; nil when its way has ended.
    func put(_ alert: Alert, dueAt: Timestamp?, expected: RecordExpectation) -> RecordChange {
        var labels = ["state": alert.state.rawValue, "rung": alert.rung.rawValue]
        labels["instance"] = alert.instance?.description
        labels["solution"] = alert.solution
        labels["issue"] = alert.issue?.description
        return .put(
            RecordPut(
                kind: .alert,
                id: alert.id.description,
                owner: alert.owner,
                document: JSONWriter.bytes(alert.json),
                labels: labels,
                dueAt: dueAt,
                expected: expected,
            )
        )
    }

    func put(_ issue: Issue, expected: RecordExpectation) -> RecordChange {
        var labels = [
            "state": issue.state.rawValue, "mark": issue.mark.rawValue,
            "kind": issue.kind.rawValue, "problem": issue.problem.type.rawValue,
            "firing": issue.isFiring ? "yes" : "no",
        ]
        labels["solution"] = issue.solution
        labels["workflow"] = issue.workflow
        labels["assignee"] = issue.assignee
        return .put(
            RecordPut(
                kind: .issue,
                id: issue.id.description,
                document: JSONWriter.bytes(issue.json),
                unique: ["fingerprint": issue.fingerprint],
                labels: labels,
                expected: expected,
            )
        )
    }

    func put(_ group: NotificationGroup, expected: RecordExpectation) -> RecordChange {
        var labels = ["rung": group.rung.rawValue]
        if group.rung == .instance { labels["instance"] = group.instance?.description }
        return .put(
            RecordPut(
                kind: .alertGroup,
                id: group.id,
                owner: group.rung == .instance ? group.user?.description ?? "" : "",
                document: JSONWriter.bytes(group.json),
                labels: labels,
                dueAt: group.dueAt,
                expected: expected,
            )
        )
    }
}
