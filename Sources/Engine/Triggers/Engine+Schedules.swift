import Alerting
import Definitions
import Embedding
import Model
import Schedules
import StorePort

extension Engine {
    /// The longest that the start of an instance's run is spread by; a tenth of the interval is
    /// another bound.
    static let jitterLimit = TimeSpan(milliseconds: 30_000)

    /// Starts what is due, and says when to look again. A run that was missed or is overdue is a
    /// failure (G1).
    func fire(_ trigger: ScheduleTrigger, _ due: DueTrigger) async throws(Problem) {
        let now = clock.now()
        var state = due.state
        let schedule: Schedule
        do throws(Problem) { schedule = try self.schedule(trigger) } catch {
            return try await fail(due, .schedule, error, retryAt: now + configuration.triggerHide)
        }
        let plan = SchedulePlan(
            schedule,
            SchedulePlan.Policy(
                overlap: trigger.overlap,
                catchUp: trigger.catchUp,
                jitter: Jitter(limit: Self.jitterLimit, instance: due.instance.id.description),
            ),
            SchedulePlan.State(lastDue: state.lastDue, waiting: state.waiting),
            startedAt: max(due.record.createdAt, startedAt),
            isRunning: try await isRunning(state.running),
            now: now,
        )
        var refusal: Problem?
        for time in plan.runs {
            do throws(Problem) {
                state.running = try await start(due, at: time)
            } catch {
                refusal = error
            }
        }
        if let refusal {
            // Nothing was decided: the same due times come again, under the same keys.
            return try await fail(due, .schedule, refusal, retryAt: now + configuration.poll)
        }
        state.lastDue = plan.state.lastDue
        state.waiting = plan.state.waiting
        state.nextDue = plan.nextDueAt
        state.consecutiveFailures = 0
        // What waits begins when the run that is going has ended.
        let wakeAt = state.waiting.isEmpty ? plan.wakeAt : now + configuration.poll
        var changes = [
            directory.put(
                state,
                owner: due.instance.endUser,
                dueAt: wakeAt,
                expected: .version(due.record.version),
            )
        ]
        if let problem = Problem(plan, now: now) {
            logger.warning(
                "a schedule did not run as it should",
                metadata: ["trigger": "\(due.record.id)", "detail": "\(problem.detail ?? "")"],
            )
            changes.append(
                directory.failure(
                    .schedule,
                    problem,
                    of: due.instance,
                    workflow: state.workflow,
                )
            )
        }
        if let change = recovery(due) {
            changes.append(change)
        }
        _ = try await directory.write(changes)
    }

    private func start(_ due: DueTrigger, at time: Timestamp) async throws(Problem) -> ExecutionID {
        var request = try await directory.start(
            due.instance,
            workflow: due.state.workflow,
            trigger: ["scheduled_at": .string(time.description)],
        )
        request.idempotencyKey = "schedule:\(time.milliseconds)"
        do throws(StartRefusal) { return try await start(request).id } catch { throw error.problem }
    }

    private func isRunning(_ id: ExecutionID?) async throws(Problem) -> Bool {
        guard let id else { return false }
        let head = try await directory.stored { () throws(StoreError) in
            try await store.execution(id)
        }
        return head.map { $0.status != .finished } ?? false
    }

    private func schedule(_ trigger: ScheduleTrigger) throws(Problem) -> Schedule {
        if let every = trigger.every { return .every(every) }
        let zone = try zones.rules(trigger.timeZone)
        do throws(CronError) {
            return .cron(try CronExpression(trigger.cron ?? ""), zone)
        } catch {
            throw Problem(.configuration, detail: "cron: \(error)", code: "B2711")
        }
    }

    /// Takes the trigger's problem off the instance.
    func recovery(_ due: DueTrigger) -> RecordChange? {
        directory.problemChange(
            nil,
            of: due.state.workflow,
            on: due.instance,
            due.instanceRecord,
        )
    }

    /// Keeps the trigger for another try, writes the failure down, and tells it on the instance.
    func fail(
        _ due: DueTrigger,
        _ kind: Failure.Kind,
        _ problem: Problem,
        retryAt: Timestamp,
    ) async throws(Problem) {
        var state = due.state
        state.consecutiveFailures += 1
        let redacted = redactor.redact(problem)
        var changes = [
            directory.put(
                state,
                owner: due.instance.endUser,
                dueAt: retryAt,
                expected: .version(due.record.version),
            ),
            directory.failure(kind, redacted, of: due.instance, workflow: state.workflow),
        ]
        if due.isWanted,
            let change = directory.problemChange(
                redacted,
                of: state.workflow,
                on: due.instance,
                due.instanceRecord,
            )
        {
            changes.append(change)
        }
        logger.warning(
            "a trigger failed",
            metadata: [
                "trigger": "\(due.record.id)", "problem": "\(problem.type.rawValue)",
                "detail": "\(redacted.detail ?? redacted.title)",
            ],
        )
        _ = try await directory.write(changes)
    }
}

extension TriggerState {
    /// Due times of a schedule that wait for the run before them.
    fileprivate var waiting: [Timestamp] {
        get {
            (cursor?["waiting"]?.arrayValue ?? []).compactMap {
                $0.stringValue.flatMap(Timestamp.init)
            }
        }
        set {
            cursor =
                newValue.isEmpty
                ? Optional<JSONValue>.none
                : ["waiting": .array(newValue.map { .string($0.description) })]
        }
    }
}

extension Problem {
    /// Nil when everything ran in time. That `overlap: skip` left a run out is as it was asked.
    fileprivate init?(_ plan: SchedulePlan, now: Timestamp) {
        var words: [String] = []
        for skip in plan.skips where skip.reason != .overlap {
            words.append("\(skip.count) runs \(skip.reason == .missed ? "missed" : "too many")")
        }
        if let since = plan.overdueSince { words.append("overdue since \(since)") }
        guard !words.isEmpty else { return nil }
        self.init(
            .timeout,
            detail: "the schedule: " + words.joined(separator: ", "),
            code: "B2712",
        )
        self.origin = .platform
        self.retry = RetryAdvice(kind: .terminal)
        self.occurredAt = now
    }
}
