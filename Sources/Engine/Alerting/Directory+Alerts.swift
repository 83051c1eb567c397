import Alerting
import Embedding
import Model
import StorePort

extension Directory {
    /// What a list of failures is asked for; all must match.
    package struct FailureFilter: Sendable {
        package var instance: ObjectID?
        package var solution: String?
        package var issue: ObjectID?
        package var kind: Failure.Kind?
        package var problem: ProblemType?

        package init() {}

        var labels: [String: String] {
            var labels: [String: String] = [:]
            labels["instance"] = instance?.description
            labels["solution"] = solution
            labels["issue"] = issue?.description
            labels["kind"] = kind?.rawValue
            labels["problem"] = problem?.rawValue
            return labels
        }
    }

    /// What failed, newest first. What triage has not looked at yet is found by its instance alone.
    package func failures(
        _ filter: FailureFilter,
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [Failure] {
        if let problem = Access.check(actor, .readFailures) { throw problem }
        return try await page(
            RecordQuery(
                kind: .failure,
                scope: Self.scope(actor),
                labels: filter.labels,
                after: after?.description,
                limit: limit,
                newestFirst: true,
            )
        )
    }

    package func failure(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Failure {
        if let problem = Access.check(actor, .readFailures) { throw problem }
        let found: (document: Failure, record: Record)? = try await find(
            .failure,
            id.description,
            Self.scope(actor),
        )
        guard let found else { throw Access.absent }
        return found.document
    }

    // MARK: Alerts

    /// Alerts, newest first.
    package func alerts(
        state: Alert.State?,
        issue: ObjectID?,
        instance: ObjectID?,
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [Alert] {
        if let problem = Access.check(actor, .readAlerts) { throw problem }
        var labels: [String: String] = [:]
        labels["state"] = state?.rawValue
        labels["issue"] = issue?.description
        labels["instance"] = instance?.description
        return try await page(
            RecordQuery(
                kind: .alert,
                scope: Self.scope(actor),
                labels: labels,
                after: after?.description,
                limit: limit,
                newestFirst: true,
            )
        )
    }

    package func alert(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Alert {
        if let problem = Access.check(actor, .readAlerts) { throw problem }
        return try await knownAlert(id, Self.scope(actor)).document
    }

    private func knownAlert(
        _ id: ObjectID,
        _ scope: RecordScope,
    ) async throws(Problem) -> (document: Alert, record: Record) {
        let found: (document: Alert, record: Record)? = try await find(
            .alert,
            id.description,
            scope,
        )
        guard let found else { throw Access.absent }
        return found
    }

    /// Sends a dead letter, or an alert that was dismissed or delivered, once more from the foot
    /// of the ladder.
    package func resendAlert(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Alert {
        try await changeAlert(id, "resend", by: actor) { alert throws(Problem) in
            guard alert.state != .pending, alert.state != .running else {
                throw Problem(
                    .conflict,
                    detail: "the alert \(alert.id) is on its way: \(alert.state.rawValue)",
                    code: "B3062",
                )
            }
            let failure: (document: Failure, record: Record)? = try await find(
                .failure,
                alert.failure.description,
                .account,
            )
            let ladder = try await engine.ladder(AlertRoute(alert, version: nil))
            alert.resend(on: ladder, chain: failure?.document.chain ?? [])
            guard alert.state == .pending else {
                throw Problem(
                    .configuration,
                    detail: "there is no alert workflow that could take the alert \(alert.id)",
                    code: "B3063",
                )
            }
        }
    }

    /// Takes a dead letter from those that wait for somebody.
    package func dismissAlert(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Alert {
        try await changeAlert(id, "dismiss", by: actor) { alert throws(Problem) in
            guard alert.state == .deadLetter || alert.state == .dismissed else {
                throw Problem(
                    .conflict,
                    detail: "the alert \(alert.id) is no dead letter: \(alert.state.rawValue)",
                    code: "B3064",
                )
            }
            alert.state = .dismissed
        }
    }

    private func changeAlert(
        _ id: ObjectID,
        _ action: String,
        by actor: Actor,
        _ body: (inout Alert) async throws(Problem) -> Void,
    ) async throws(Problem) -> Alert {
        if let problem = Access.check(actor, .manageAlerts) { throw problem }
        for _ in 0..<Self.tries {
            let (before, record) = try await knownAlert(id, Self.scope(actor))
            var alert = before
            try await body(&alert)
            guard alert != before else { return alert }
            let written = try await write([
                put(
                    alert,
                    dueAt: alert.state == .pending ? now : nil,
                    expected: .version(record.version),
                ),
                audit(
                    "alert.\(action)",
                    .init(kind: "alert", id: id.description),
                    by: actor,
                    owner: alert.user,
                    before: ["state": .string(before.state.rawValue)],
                    after: ["state": .string(alert.state.rawValue)],
                ),
            ])
            guard written.isDone else { continue }
            engine.wakeAlerting()
            return alert
        }
        throw Self.busy()
    }
}
