import Alerting
import Embedding
import Model
import StorePort

/// Brings alerts up the ladder: starts the alert workflow of the rung, looks how its execution
/// ended, and climbs when it did not end well.
///
/// An alert's record is its outbox row: claimed by hiding it for a while, so that a crash anywhere
/// gives it to the next one. Its execution starts under a key made of the alert's id and rung: at
/// least once, and never twice under different names.
struct AlertDelivery: Sendable {
    let engine: Engine

    /// Alerts that are worked on at once.
    static let batch = 64
    /// Delays after a start that was refused: from this, doubled.
    static let refusalDelay = TimeSpan(milliseconds: 500)
    static let refusalDelayMax = TimeSpan(milliseconds: 60_000)

    private var directory: Directory { engine.directory }
    private var now: Timestamp { engine.clock.now() }
    /// The end of an alert workflow is noticed at once in the process where it ends.
    private var hide: TimeSpan { engine.configuration.alertHide }

    /// Works on what is due; how many there were.
    func deliverDue() async throws(Problem) -> Int {
        let now = now
        let due = try await directory.stored { () throws(StoreError) in
            try await engine.store.claimDue(
                .alert,
                now: now,
                hideUntil: now + hide,
                limit: Self.batch,
            )
        }
        await withDiscardingTaskGroup { group in
            for record in due { group.addTask { await work(on: record) } }
        }
        return due.count
    }

    /// The execution that was at it has ended.
    func settle(_ id: ObjectID) async throws(Problem) {
        let found: (document: Alert, record: Record)? = try await directory.find(
            .alert,
            id.description,
            .account,
        )
        if let found, found.document.state == .running { await work(on: found.record) }
    }

    private func work(on record: Record) async {
        do throws(Problem) {
            let alert: Alert = try directory.read(record)
            switch alert.state {
            case .pending: try await send(alert, record)
            case .running: try await look(at: alert, record)
            case .deadLetter: try await tellLastResort(alert, record)
            case .delivered, .dismissed: try await write(alert, record, dueAt: nil)
            }
        } catch {
            engine.logger.error(
                "an alert cannot be worked on; it comes due again: \(error.detail ?? error.title)",
                metadata: ["alert": "\(record.id)"],
            )
        }
    }

    // MARK: Sending

    private func send(_ alert: Alert, _ record: Record) async throws(Problem) {
        let ladder = try await engine.ladder(AlertRoute(alert, version: nil))
        var alert = alert
        guard let name = ladder.workflow(on: alert.rung), !alert.chain.contains(name) else {
            // What was deployed has changed since: another rung takes it.
            alert.rung = ladder.rung(above: alert.rung, chain: alert.chain)
            return try await moved(alert, record)
        }
        let request: StartRequest?
        do throws(Problem) {
            request = try await engine.request(for: alert, workflow: name, trigger: value(alert))
        } catch {
            return try await climb(alert, record, name, error, on: ladder)
        }
        guard var request else {
            return try await climb(alert, record, name, Self.missing(name), on: ladder)
        }
        request.idempotencyKey = alert.idempotencyKey
        request.correlationID = alert.payload["correlation_id"]?.stringValue
        request.alert = AlertContext(id: alert.id, chain: alert.chain + [name])
        let started: Result<StartedExecution, StartRefusal>
        do throws(StartRefusal) {
            started = .success(try await engine.start(request))
        } catch {
            started = .failure(error)
        }
        switch started {
        case .success(let execution):
            alert.execution = execution.id
            alert.state = .running
            try await write(alert, record, dueAt: now + hide)
        case .failure(.refused(let problem)):
            try await climb(alert, record, name, problem, on: ladder)
        case .failure:
            // It is no fault of the alert workflow that there is no room.
            alert.refusals += 1
            try await write(alert, record, dueAt: now + Self.delay(after: alert.refusals))
        }
    }

    /// `$trigger`: the payload, with what happened on the way up.
    private func value(_ alert: Alert) -> JSONValue {
        var object = alert.payload
        object["event"] = .string(alert.id.description)
        object["rung"] = .string(alert.rung.rawValue)
        if let last = alert.history.last {
            var from = JSONObject()
            from["workflow"] = .string(last.workflow)
            from["execution"] = (last.execution?.description).map(JSONValue.string) ?? .null
            from["error"] = last.problem.json
            object["escalated_from"] = .object(from)
        }
        return .object(object)
    }

    private static func missing(_ workflow: String) -> Problem {
        Problem(
            .configuration,
            detail: "there is no alert workflow \(workflow) to start",
            code: "B3060",
        )
    }

    // MARK: How it ended

    private func look(at alert: Alert, _ record: Record) async throws(Problem) {
        guard let id = alert.execution else { return try await again(alert, record) }
        let view = try await directory.stored { () throws(StoreError) in
            try await engine.execution(id)
        }
        guard let view else { return try await again(alert, record) }
        guard view.head.status == .finished, let reason = view.head.reason else {
            return try await write(alert, record, dueAt: now + hide)
        }
        var alert = alert
        if reason.isSuccess {
            alert.delivered(at: now)
            try await GroupRound(engine: engine).settle(alert, isTold: true)
            return try await write(alert, record, dueAt: nil)
        }
        let ladder = try await engine.ladder(AlertRoute(alert, version: nil))
        let problem = view.outcome?.problem ?? Problem(reason == .cancelled ? .cancelled : .runtime)
        let name = [view.head.solution, view.head.workflow].compactMap(\.self)
            .joined(separator: "/")
        try await climb(alert, record, name, problem, on: ladder)
    }

    /// Its execution is not there: it is sent once more, under the same key.
    private func again(_ alert: Alert, _ record: Record) async throws(Problem) {
        var alert = alert
        alert.state = .pending
        alert.execution = nil
        try await write(alert, record, dueAt: now)
    }

    private func climb(
        _ alert: Alert,
        _ record: Record,
        _ workflow: String,
        _ problem: Problem,
        on ladder: Ladder,
    ) async throws(Problem) {
        var alert = alert
        let step = Alert.Step(
            rung: alert.rung,
            workflow: workflow,
            execution: alert.execution,
            problem: engine.redactor.redact(problem),
            at: now,
        )
        alert.climb(step, on: ladder)
        engine.logger.warning(
            "an alert workflow could not tell; the alert climbs",
            metadata: [
                "alert": "\(alert.id)", "workflow": "\(workflow)",
                "problem": "\(problem.type.rawValue)", "to": "\(alert.rung.rawValue)",
            ],
        )
        try await moved(alert, record)
    }

    private func moved(_ alert: Alert, _ record: Record) async throws(Problem) {
        var alert = alert
        guard alert.rung == .deadLetter else {
            return try await write(alert, record, dueAt: now)
        }
        alert.state = .deadLetter
        alert.refusals = 0
        try await GroupRound(engine: engine).settle(alert, isTold: false)
        engine.logger.critical(
            "nobody could be told of a failure: it is a dead letter",
            metadata: [
                "alert": "\(alert.id)", "failure": "\(alert.failure)",
                "instance": "\(alert.instance?.description ?? "")",
                "solution": "\(alert.solution ?? "")",
                "problem": "\(alert.payload["error"]?["type"]?.stringValue ?? "")",
                "detail": "\(alert.payload["error"]?["detail"]?.stringValue ?? "")",
            ],
        )
        try await write(alert, record, dueAt: engine.lastResort == nil ? nil : now)
    }

    /// The channel apart from all workflows; tried until it takes the letter, less and less often.
    private func tellLastResort(_ alert: Alert, _ record: Record) async throws(Problem) {
        guard let channel = engine.lastResort else {
            return try await write(alert, record, dueAt: nil)
        }
        var alert = alert
        do throws(Problem) {
            try await channel.send("dead_letter", id: alert.id.description, value(alert))
            try await write(alert, record, dueAt: nil)
        } catch {
            engine.logger.critical(
                "the last resort does not answer: \(error.detail ?? error.title)",
                metadata: ["alert": "\(alert.id)"],
            )
            alert.refusals += 1
            try await write(alert, record, dueAt: now + Self.delay(after: alert.refusals))
        }
    }

    private static func delay(after refusals: Int) -> TimeSpan {
        let delay = refusalDelay.milliseconds << Int64(min(refusals - 1, 10))
        return TimeSpan(milliseconds: min(delay, refusalDelayMax.milliseconds))
    }

    /// Nothing when somebody else changed it meanwhile: they know better.
    private func write(
        _ alert: Alert,
        _ record: Record,
        dueAt: Timestamp?,
    ) async throws(Problem) {
        _ = try await directory.write([
            directory.put(alert, dueAt: dueAt, expected: .version(record.version))
        ])
    }
}
