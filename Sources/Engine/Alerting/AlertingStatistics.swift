import Alerting
import Model
import StorePort

/// Numbers of the error plane for metrics: what is open, what waits, and how long it has waited.
package struct AlertingStatistics: Sendable, Hashable {
    /// Of the states that somebody has to do with: not of what was delivered or resolved.
    package var alerts: [Alert.State: Int] = [:]
    package var issues: [Issue.State: Int] = [:]
    package var groups = 0
    package var activeSilences = 0
    /// How long the oldest failure has waited for triage, and the oldest alert to be sent.
    package var triageLag = TimeSpan(milliseconds: 0)
    package var deliveryLag = TimeSpan(milliseconds: 0)
    /// When the last round of the error plane began; nil before the first.
    package var lastRound: Timestamp?
}

extension Engine {
    package func alertingStatistics() async throws(Problem) -> AlertingStatistics {
        var statistics = AlertingStatistics()
        statistics.lastRound = state.withLock { $0.alertingRound }
        for state in [Alert.State.pending, .running, .deadLetter] {
            statistics.alerts[state] = try await count(.alert, ["state": state.rawValue])
        }
        for state in [Issue.State.open, .acknowledged, .muted] {
            statistics.issues[state] = try await count(.issue, ["state": state.rawValue])
        }
        statistics.groups = try await count(.alertGroup, [:])
        statistics.activeSilences = try await count(.silence, ["ended": "no"])
        statistics.triageLag = try await lag(.failure)
        statistics.deliveryLag = try await lag(.alert)
        return statistics
    }

    private func count(_ kind: RecordKind, _ labels: [String: String]) async throws(Problem) -> Int
    {
        try await directory.stored { () throws(StoreError) in
            try await store.countRecords(kind, scope: .account, labels: labels)
        }
    }

    private func lag(_ kind: RecordKind) async throws(Problem) -> TimeSpan {
        let due = try await directory.stored { () throws(StoreError) in
            try await store.nextDue(kind)
        }
        guard let due else { return TimeSpan(milliseconds: 0) }
        return TimeSpan(milliseconds: max(0, clock.now().milliseconds - due.milliseconds))
    }
}
