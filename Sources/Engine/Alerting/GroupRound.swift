import Alerting
import Definitions
import Embedding
import Model
import StorePort

/// Tells the notification groups whose time has come: each becomes one alert.
struct GroupRound: Sendable {
    let engine: Engine

    static let batch = 64

    private var directory: Directory { engine.directory }

    /// How many groups were looked at.
    func run() async throws(Problem) -> Int {
        let now = engine.clock.now()
        let due = try await directory.stored { () throws(StoreError) in
            try await engine.store.claimDue(
                .alertGroup,
                now: now,
                hideUntil: now + engine.configuration.alertHide,
                limit: Self.batch,
            )
        }
        for record in due { try await flush(record, now: now) }
        return due.count
    }

    private func flush(_ record: Record, now: Timestamp) async throws(Problem) {
        var group: NotificationGroup = try directory.read(record)
        let expected = RecordExpectation.version(record.version)
        if let quiet = try await quiet(group, now: now) {
            group.putOff(until: quiet.until, forgets: quiet.forgets)
            _ = try await directory.write([directory.put(group, expected: expected)])
            return
        }
        let id = directory.newID(.alert)
        guard let notification = group.flush(engine.grouping(group.rung), as: id, at: now) else {
            _ = try await directory.write([directory.change(group, expected: expected)])
            return
        }
        let found: (document: Failure, record: Record)? = try await directory.find(
            .failure,
            group.failure.description,
            .account,
        )
        guard let failure = found?.document else {
            // Retention took what it tells of: nobody waits for it any more.
            _ = try await directory.write([
                .delete(.alertGroup, id: record.id, expected: expected)
            ])
            return
        }
        let issue = try await directory.issueSummary(failure)
        let payload = AlertPayload(
            failure,
            externalUser: try await failure.user.asyncMap { id throws(Problem) in
                try await directory.externalID(of: id)
            },
            issue: issue,
            status: notification.status == .resolved ? "resolved" : "firing",
            group: group.summary(notification),
            baseURL: engine.configuration.publicURL,
        )
        var alert = Alert(id: id, at: now, rung: group.rung, of: failure, payload: payload.object)
        alert.group = group.id
        alert.chain = group.chain
        _ = try await directory.write([
            directory.put(alert, dueAt: now, expected: .absent),
            directory.put(group, expected: expected),
        ])
    }

    /// Until when nothing is told of the group, because somebody works on its issue, muted it, or
    /// silenced it since it was gathered; nil when it may be told. A recovery is told all the same.
    private func quiet(
        _ group: NotificationGroup,
        now: Timestamp,
    ) async throws(Problem) -> (until: Timestamp, forgets: Bool)? {
        guard group.isFiring else { return nil }
        let policy = engine.grouping(group.rung)
        let later = now + (policy.repeatInterval ?? TimeSpan(milliseconds: 86_400_000))
        if let id = group.issue {
            let found: (document: Issue, record: Record)? = try await directory.find(
                .issue,
                id.description,
                .account,
            )
            switch found?.document.state {
            case .acknowledged?: return (later, true)
            case .muted?: return (min(found?.document.mutedUntil ?? later, later), true)
            default: break
            }
        }
        let failure: (document: Failure, record: Record)? = try await directory.find(
            .failure,
            group.failure.description,
            .account,
        )
        guard let failure else { return nil }
        let labels = Labels(failure.document, issue: nil)
        let active = try await directory.activeSilences(at: now)
        guard let silence = active.first(where: { labels.match($0.conditions) }) else { return nil }
        return (silence.expiresAt, true)
    }

    /// The alert came to rest: what it told of is told, or is still to be told.
    func settle(_ alert: Alert, isTold: Bool) async throws(Problem) {
        guard let id = alert.group else { return }
        for _ in 0..<Directory.tries {
            let found: (document: NotificationGroup, record: Record)? = try await directory.find(
                .alertGroup,
                id,
                .account,
            )
            guard let found, found.document.sendingAlert == alert.id else { return }
            var group = found.document
            let policy = engine.grouping(group.rung)
            if isTold {
                group.sent(policy, at: engine.clock.now())
            } else {
                group.sendFailed(policy, at: engine.clock.now())
            }
            let change = directory.change(group, expected: .version(found.record.version))
            if try await directory.write([change]).isDone { return }
        }
        throw Directory.busy()
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(
        _ body: (Wrapped) async throws(Problem) -> Value?
    ) async throws(Problem) -> Value? {
        guard let self else { return nil }
        return try await body(self)
    }
}

extension Engine {
    func grouping(_ rung: Rung) -> AlertingDefinition.Grouping {
        deployment.project.account.alerting.grouping(rung)
            ?? AlertingDefinition.Grouping(groupBy: nil)
    }
}

extension Directory {
    func issueSummary(_ failure: Failure) async throws(Problem) -> JSONValue? {
        guard case .issue(let id)? = failure.disposition else { return nil }
        let found: (document: Issue, record: Record)? = try await find(
            .issue,
            id.description,
            .account,
        )
        return found?.document.summary
    }

    /// Keeps a group, or forgets one that has nothing left to tell.
    func change(_ group: NotificationGroup, expected: RecordExpectation) -> RecordChange {
        group.isSpent
            ? .delete(.alertGroup, id: group.id, expected: expected)
            : put(group, expected: expected)
    }
}
