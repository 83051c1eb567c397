import Alerting
import Definitions
import Embedding
import Model
import StorePort

/// Gives what failed its one disposition, and those who are to hear of it their alerts: a batch of
/// failures with everything that follows from it, in one transaction.
struct TriageRound: Sendable {
    let engine: Engine

    /// Failures of one transaction; with an issue, a group and two alerts each they stay below
    /// ``RecordLimits/changesMax``.
    static let batch = 200

    private var directory: Directory { engine.directory }

    /// What a batch was read for.
    private struct Batch {
        var failures: [(failure: Failure, rungs: [Rung], version: Int64)] = []
        var issues: [String: Issue] = [:]
        var groups: [String: NotificationGroup] = [:]
        /// Versions of issues and groups by the names of their records.
        var versions: [String: Int64] = [:]

        func expectation(_ id: String) -> RecordExpectation {
            versions[id].map(RecordExpectation.version) ?? .absent
        }
    }

    /// How many failures were worked on.
    func run() async throws(Problem) -> Int {
        let now = engine.clock.now()
        let due = try await directory.stored { () throws(StoreError) in
            try await engine.store.claimDue(
                .failure,
                now: now,
                hideUntil: now + engine.configuration.alertHide,
                limit: Self.batch,
            )
        }
        guard !due.isEmpty else { return 0 }
        for _ in 0..<Directory.tries {
            let batch = try await read(due)
            let triage = try await decide(batch, now: now)
            let changes = try await changes(batch, triage, now: now)
            guard try await directory.write(changes).isDone else { continue }
            engine.noteFiring(triage.failures)
            return due.count
        }
        throw Directory.busy()
    }

    // MARK: Reading

    private func read(_ due: [Record]) async throws(Problem) -> Batch {
        let definition = engine.deployment.project.account.alerting
        var batch = Batch()
        var ladders: [AlertRoute: Ladder] = [:]
        for record in due {
            var failure: Failure = try directory.read(record)
            failure.fingerprint =
                failure.fingerprint ?? Fingerprint.make(failure, digest: Digest.hex)
            failure.problem.fingerprint = failure.fingerprint
            let route = AlertRoute(failure)
            if ladders[route] == nil { ladders[route] = try await engine.ladder(route) }
            let rungs = ladders[route]?.rungs(chain: failure.chain) ?? [.deadLetter]
            batch.failures.append((failure, rungs, record.version))
            try await readIssue(of: failure, rungs, definition, &batch)
        }
        return batch
    }

    private func readIssue(
        of failure: Failure,
        _ rungs: [Rung],
        _ definition: AlertingDefinition,
        _ batch: inout Batch,
    ) async throws(Problem) {
        let fingerprint = failure.fingerprint ?? ""
        if batch.issues[fingerprint] == nil {
            let record = try await directory.stored { () throws(StoreError) in
                try await engine.store.record(
                    .issue,
                    unique: "fingerprint",
                    value: fingerprint,
                    scope: .account,
                )
            }
            if let record {
                batch.issues[fingerprint] = try directory.read(record)
                batch.versions[record.id] = record.version
            }
        }
        let labels = Labels(failure, issue: batch.issues[fingerprint])
        for rung in rungs {
            guard let groupBy = definition.grouping(rung)?.groupBy else { continue }
            let id = Triage.groupID(failure, labels, rung, by: groupBy, digest: Digest.hex)
            guard batch.groups[id] == nil,
                let found: (document: NotificationGroup, record: Record) = try await directory.find(
                    .alertGroup,
                    id,
                    .account,
                )
            else { continue }
            batch.groups[id] = found.document
            batch.versions[id] = found.record.version
        }
    }

    // MARK: Deciding

    private func decide(_ batch: Batch, now: Timestamp) async throws(Problem) -> Triage {
        let definition = engine.deployment.project.account.alerting
        let mayInhibit =
            !definition.inhibit.isEmpty
            || batch.failures.contains { $0.failure.problem.type == .authentication }
        var triage = Triage(
            Triage.Situation(
                definition: definition,
                silences: try await directory.activeSilences(at: now),
                openIssues: mayInhibit ? try await directory.openIssueLabels() : [],
                now: now,
            ),
            issues: batch.issues,
            groups: batch.groups,
        )
        for (failure, rungs, _) in batch.failures {
            triage.take(
                failure,
                rungs: rungs,
                newID: { directory.newID(.issue) },
                digest: Digest.hex,
            )
        }
        return triage
    }

    // MARK: Writing

    private func changes(
        _ batch: Batch,
        _ triage: Triage,
        now: Timestamp,
    ) async throws(Problem) -> [RecordChange] {
        var changes: [RecordChange] = []
        for (failure, read) in zip(triage.failures, batch.failures) {
            changes.append(
                directory.put(triaged: failure, expected: .version(read.version))
            )
        }
        for fingerprint in triage.changedIssues.sorted() {
            guard let issue = triage.issues[fingerprint] else { continue }
            changes.append(directory.put(issue, expected: batch.expectation(issue.id.description)))
        }
        for id in triage.changedGroups.sorted() {
            guard let group = triage.groups[id] else { continue }
            changes.append(directory.put(group, expected: batch.expectation(id)))
        }
        let dispositions = Dictionary(
            triage.failures.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first },
        )
        var users: [ObjectID: String] = [:]
        for direct in triage.direct {
            let failure = dispositions[direct.failure.id] ?? direct.failure
            if let user = failure.user, users[user] == nil {
                users[user] = try await directory.externalID(of: user)
            }
            let payload = AlertPayload(
                failure,
                externalUser: failure.user.flatMap { users[$0] },
                issue: failure.fingerprint.flatMap { triage.issues[$0]?.summary },
                baseURL: engine.configuration.publicURL,
            )
            let alert = Alert(
                id: directory.newID(.alert),
                at: now,
                rung: direct.rung,
                of: failure,
                payload: payload.object,
            )
            changes.append(directory.put(alert, dueAt: now, expected: .absent))
        }
        return changes
    }
}

extension Directory {
    /// The partner's own name for the end user; nil when it is gone.
    func externalID(of user: ObjectID) async throws(Problem) -> String? {
        let found: (document: EndUser, record: Record)? = try await find(
            .endUser,
            user.description,
            .account,
        )
        return found?.document.externalID
    }

    func activeSilences(at now: Timestamp) async throws(Problem) -> [Silence] {
        let all: [Silence] = try await page(
            RecordQuery(
                kind: .silence,
                scope: .account,
                labels: ["ended": "no"],
                limit: RecordLimits.listMax,
            )
        )
        return all.filter { $0.state(at: now) == .active }
    }

    /// What the issues that still fail are told apart by; of each the problem that came last. One
    /// that somebody works on, or that is muted, goes on failing.
    func openIssueLabels() async throws(Problem) -> [Labels] {
        let issues: [Issue] = try await page(
            RecordQuery(
                kind: .issue,
                scope: .account,
                labels: ["firing": "yes"],
                limit: RecordLimits.listMax,
                newestFirst: true,
            )
        )
        return issues.flatMap { $0.labels }
    }
}
