import Alerting
import Definitions
import Embedding
import Kernel
import Model
import StorePort

/// What fails, by instance and workflow: a success of it is a recovery.
struct FiringKey: Sendable, Hashable {
    /// The empty text is the account itself.
    var instance: String
    var solution: String?
    var workflow: String
}

/// Notices that what failed goes well again: issues resolve, groups are told so.
///
/// Which workflows fail is kept in memory, so that a success costs a look into a set. A recovery
/// that a crash swallowed is noticed at the next success.
struct Recovery: Sendable {
    let engine: Engine

    private var directory: Directory { engine.directory }

    func note(_ key: FiringKey) async throws(Problem) {
        let now = engine.clock.now()
        for record in try await issues(of: key) {
            var tries = Directory.tries
            while tries > 0, try await !recover(record.id, key, now: now) { tries -= 1 }
        }
        try await recoverGroups(of: key, now: now)
    }

    private func issues(of key: FiringKey) async throws(Problem) -> [Record] {
        var labels = ["workflow": key.workflow, "firing": "yes"]
        labels["solution"] = key.solution
        let query = RecordQuery(
            kind: .issue,
            scope: .account,
            labels: labels,
            limit: RecordLimits.listMax,
        )
        return try await directory.stored { () throws(StoreError) in
            try await engine.store.records(query)
        }
    }

    /// False when somebody else changed the issue meanwhile.
    private func recover(
        _ id: String,
        _ key: FiringKey,
        now: Timestamp,
    ) async throws(Problem) -> Bool {
        let found: (document: Issue, record: Record)? = try await directory.find(
            .issue,
            id,
            .account,
        )
        guard let found else { return true }
        var issue = found.document
        let isResolved = issue.recovered(instance: key.instance, at: now)
        guard issue != found.document else { return true }
        let change = directory.put(issue, expected: .version(found.record.version))
        guard try await directory.write([change]).isDone else { return false }
        if isResolved { try await resolved(issue, at: now) }
        return true
    }

    /// Groups of the instance's own rung: they have recovered when nothing that still fails in the
    /// instance is theirs.
    private func recoverGroups(of key: FiringKey, now: Timestamp) async throws(Problem) {
        guard !key.instance.isEmpty else { return }
        let query = RecordQuery(
            kind: .alertGroup,
            scope: .account,
            labels: ["instance": key.instance],
            limit: RecordLimits.listMax,
        )
        let records = try await directory.stored { () throws(StoreError) in
            try await engine.store.records(query)
        }
        guard !records.isEmpty else { return }
        let open = try await directory.openIssueLabels()
        for record in records {
            let group: NotificationGroup = try directory.read(record)
            guard group.labels["workflow"] == nil || group.labels["workflow"] == key.workflow,
                !open.contains(where: { $0[.instance] == key.instance && group.covers($0) })
            else { continue }
            try await recover(group: record.id, now: now)
        }
    }

    /// The issue's groups on the account's rung have recovered when no other open issue is theirs.
    func resolved(_ issue: Issue, at now: Timestamp) async throws(Problem) {
        let query = RecordQuery(
            kind: .alertGroup,
            scope: .account,
            labels: ["rung": Rung.account.rawValue],
            limit: RecordLimits.listMax,
        )
        let records = try await directory.stored { () throws(StoreError) in
            try await engine.store.records(query)
        }
        guard !records.isEmpty else { return }
        let open = try await directory.openIssueLabels()
        for record in records {
            let group: NotificationGroup = try directory.read(record)
            guard issue.labels.contains(where: { group.covers($0) }),
                !open.contains(where: { group.covers($0) })
            else { continue }
            try await recover(group: record.id, now: now)
        }
    }

    private func recover(group id: String, now: Timestamp) async throws(Problem) {
        for _ in 0..<Directory.tries {
            let found: (document: NotificationGroup, record: Record)? = try await directory.find(
                .alertGroup,
                id,
                .account,
            )
            guard let found else { return }
            var group = found.document
            group.recovered(engine.grouping(group.rung), at: now)
            let change = directory.change(group, expected: .version(found.record.version))
            if try await directory.write([change]).isDone { return engine.wakeAlerting() }
        }
        throw Directory.busy()
    }
}

extension Engine {
    /// The execution's end is durable.
    func tellErrorPlane(_ runner: Runner, _ outcome: Outcome) {
        if let alert = runner.alert?.id { alertEnded(alert) }
        let key = FiringKey(
            instance: runner.instance,
            solution: runner.workflow.definition.solution,
            workflow: runner.workflow.definition.name,
        )
        if outcome.reason.isSuccess {
            wentWell(key)
        } else if outcome.reason.isFailure {
            state.withLock { _ = $0.firing.insert(key) }
            wakeAlerting()
        }
    }

    /// Failures were written down: a success of their workflows will be a recovery.
    func noteFiring(_ failures: [Failure]) {
        let keys = failures.compactMap { failure in
            failure.workflow.map { workflow in
                FiringKey(
                    instance: failure.instance?.description ?? "",
                    solution: failure.solution,
                    workflow: workflow,
                )
            }
        }
        state.withLock { $0.firing.formUnion(keys) }
    }

    /// A workflow went well. Costs a look into a set when nothing of it failed before.
    func wentWell(_ key: FiringKey) {
        let isRecovery = state.withLock { state in
            guard state.firing.remove(key) != nil else { return false }
            state.recoveries.insert(key)
            return true
        }
        if isRecovery { wakeAlerting() }
    }

    /// What failed before this process began.
    func loadFiring() async throws(Problem) {
        let issues: [Issue] = try await directory.page(
            RecordQuery(
                kind: .issue,
                scope: .account,
                labels: ["firing": "yes"],
                limit: RecordLimits.listMax,
                newestFirst: true,
            )
        )
        var keys: Set<FiringKey> = []
        for issue in issues {
            guard let workflow = issue.workflow else { continue }
            for (instance, hit) in issue.hits where hit.isFiring {
                keys.insert(
                    FiringKey(instance: instance, solution: issue.solution, workflow: workflow)
                )
            }
        }
        state.withLock { $0.firing.formUnion(keys) }
    }
}
