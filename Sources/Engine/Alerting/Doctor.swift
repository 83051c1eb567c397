import Alerting
import Embedding
import Model
import StorePort

/// Looks whether the promises of the error plane hold, and mends what a crash, a restored copy or
/// a mistake left behind.
///
/// It looks at what has been at rest for a while, so that what is on its way is not taken for lost.
struct Doctor: Sendable {
    let engine: Engine
    /// Whether what is found is mended.
    var repairs: Bool
    /// The newest of each kind that are looked at.
    var depth: Int

    /// What is younger than this may still be on its way.
    static let rest = TimeSpan(milliseconds: 60_000)
    static let page = 200

    private var directory: Directory { engine.directory }

    func examine() async throws(Problem) -> DoctorReport {
        let before = engine.clock.now() - Self.rest
        return DoctorReport([
            try await executions(before: before), try await failures(before: before),
            try await issues(), try await alerts(before: before), try await deadLetters(),
        ])
    }

    // MARK: Executions

    private func executions(before: Timestamp) async throws(Problem) -> DoctorReport.Entry {
        var entry = DoctorReport.Entry(.executionsHaveFailures)
        for reason in ExecutionReason.allCases where reason.isFailure {
            var query = ExecutionQuery(limit: Self.page)
            query.reason = reason
            var left = depth
            while left > 0 {
                let page = try await directory.stored { () throws(StoreError) in
                    try await engine.store.executions(query)
                }
                for head in page where (head.finishedAt ?? before) < before {
                    entry.examined += 1
                    if try await lacksFailure(head) {
                        entry.note(head.id.description, repaired: try await mend(head))
                    }
                }
                guard page.count == Self.page, let last = page.last else { break }
                query.before = last.id
                left -= page.count
            }
        }
        return entry
    }

    private func lacksFailure(_ head: StoredExecution) async throws(Problem) -> Bool {
        if let parent = head.parent, parent.waits { return false }
        let record = try await directory.stored { () throws(StoreError) in
            try await engine.store.record(
                .failure,
                unique: "execution",
                value: Failure.end(of: head.id, resumed: head.resumed),
                scope: .account,
            )
        }
        return record == nil
    }

    private func mend(_ head: StoredExecution) async throws(Problem) -> Bool {
        guard repairs, let input = StartInput(head.input) else { return false }
        let problem = ExecutionView(head).outcome?.problem ?? Problem(head.problem ?? .runtime)
        let failure = engine.failure(of: head, input, problem, at: engine.clock.now())
        return try await directory.write([directory.put(failure)]).isDone
    }

    // MARK: Failures

    private func failures(before: Timestamp) async throws(Problem) -> DoctorReport.Entry {
        var entry = DoctorReport.Entry(.failuresHaveDispositions)
        try await each(.failure) { record throws(Problem) in
            let failure: Failure = try directory.read(record)
            entry.examined += 1
            guard failure.disposition == nil, failure.at < before else { return }
            entry.note(record.id, repaired: try await makeDue(directory.put(failure), record))
        }
        return entry
    }

    private func issues() async throws(Problem) -> DoctorReport.Entry {
        var entry = DoctorReport.Entry(.dispositionsExist)
        var known: Set<ObjectID> = []
        var missing: Set<ObjectID> = []
        try await each(.failure) { record throws(Problem) in
            var failure: Failure = try directory.read(record)
            guard case .issue(let id)? = failure.disposition else { return }
            entry.examined += 1
            if !known.contains(id), !missing.contains(id) {
                let issue = try await directory.stored { () throws(StoreError) in
                    try await engine.store.record(.issue, id: id.description, scope: .account)
                }
                if issue == nil { missing.insert(id) } else { known.insert(id) }
            }
            guard missing.contains(id) else { return }
            failure.disposition = nil
            entry.note(record.id, repaired: try await makeDue(directory.put(failure), record))
        }
        return entry
    }

    // MARK: Alerts

    private func alerts(before: Timestamp) async throws(Problem) -> DoctorReport.Entry {
        var entry = DoctorReport.Entry(.alertsAreOnTheirWay)
        for state in [Alert.State.pending, .running] {
            try await each(.alert, labels: ["state": state.rawValue]) { record throws(Problem) in
                entry.examined += 1
                guard record.dueAt == nil, record.updatedAt < before else { return }
                let alert: Alert = try directory.read(record)
                let change = directory.put(alert, dueAt: nil, expected: .any)
                entry.note(record.id, repaired: try await makeDue(change, record))
            }
        }
        return entry
    }

    private func deadLetters() async throws(Problem) -> DoctorReport.Entry {
        var entry = DoctorReport.Entry(.noDeadLetters)
        let labels = ["state": Alert.State.deadLetter.rawValue]
        try await each(.alert, labels: labels) { record throws(Problem) in
            entry.examined += 1
            entry.note(record.id, repaired: false)
        }
        return entry
    }

    // MARK: Records

    private func each(
        _ kind: RecordKind,
        labels: [String: String] = [:],
        _ body: (Record) async throws(Problem) -> Void,
    ) async throws(Problem) {
        var query = RecordQuery(
            kind: kind,
            scope: .account,
            labels: labels,
            limit: Self.page,
            newestFirst: true,
        )
        var left = depth
        while left > 0 {
            let page = try await directory.stored { () throws(StoreError) in
                try await engine.store.records(query)
            }
            for record in page { try await body(record) }
            guard page.count == Self.page, let last = page.last else { return }
            query.after = last.id
            left -= page.count
        }
    }

    /// Gives the record a due time, unless somebody else changed it.
    private func makeDue(
        _ change: RecordChange,
        _ record: Record,
    ) async throws(Problem) -> Bool {
        guard repairs, case .put(var put) = change else { return false }
        put.dueAt = engine.clock.now()
        put.expected = .version(record.version)
        let isDone = try await directory.write([.put(put)]).isDone
        if isDone { engine.wakeAlerting() }
        return isDone
    }
}
