import Alerting
import Embedding
import Model
import StorePort

/// Gives what failed its one disposition, and those who are to hear of it their alerts.
struct TriageRound: Sendable {
    let engine: Engine

    /// Failures of one transaction.
    static let batch = 256
    static let hide = TimeSpan(milliseconds: 30_000)

    private var directory: Directory { engine.directory }

    /// How many failures were worked on.
    func run() async throws(Problem) -> Int {
        let now = engine.clock.now()
        let due = try await directory.stored { () throws(StoreError) in
            try await engine.store.claimDue(
                .failure,
                now: now,
                hideUntil: now + Self.hide,
                limit: Self.batch,
            )
        }
        for record in due {
            var failure: Failure = try directory.read(record)
            failure.disposition = .issue(directory.newID(.issue))
            var changes = [directory.put(triaged: failure, expected: .version(record.version))]
            if failure.alert == nil {
                let ladder = try await engine.ladder(AlertRoute(failure))
                let user: (document: EndUser, record: Record)? = try await directory.find(
                    .endUser,
                    failure.owner,
                    .account,
                )
                for rung in ladder.rungs(chain: failure.chain) {
                    let alert = Alert(
                        id: directory.newID(.alert),
                        at: now,
                        rung: rung,
                        of: failure,
                        payload: AlertPayload(failure, externalUser: user?.document.externalID)
                            .object,
                    )
                    changes.append(directory.put(alert, dueAt: now, expected: .absent))
                }
            }
            _ = try await directory.write(changes)
        }
        return due.count
    }
}

extension RecordKind {
    static let alertGroup = RecordKind(rawValue: "alert_group")
}

extension RecordKind {
    static let issue = RecordKind(rawValue: "issue")
}
