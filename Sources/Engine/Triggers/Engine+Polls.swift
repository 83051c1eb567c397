import ConnectorKit
import Definitions
import Embedding
import Model
import StorePort

extension Engine {
    /// Delays after failures in a row: from one interval, doubled, up to this.
    static let pollBackoffLimit = TimeSpan(milliseconds: 3_600_000)

    /// Asks the service once, starts an execution for each event, then keeps the cursor. A crash in
    /// between asks for the same page again; the events' keys find the executions.
    func poll(_ trigger: ServiceTrigger, _ due: DueTrigger) async throws(Problem) {
        let connector = pollers.withLock { $0[trigger.connector] }
        guard let poller = connector,
            let spec = poller.triggers.first(where: { $0.name == trigger.trigger })
        else {
            let problem = Problem(
                .configuration,
                detail: "there is no trigger \(trigger.connector).\(trigger.trigger) to poll",
                code: "B2713",
            )
            return try await fail(
                due,
                .trigger,
                problem,
                retryAt: clock.now() + Self.pollBackoffLimit,
            )
        }
        do throws(Problem) {
            guard let result = try await page(poller, trigger, due) else { return }
            for event in result.events { try await start(due, event) }
            var state = due.state
            state.cursor = result.cursor
            state.consecutiveFailures = 0
            state.lastDue = clock.now()
            let next = clock.now() + spec.every
            state.nextDue = next
            var changes = [
                directory.put(
                    state,
                    owner: due.instance.endUser,
                    dueAt: next,
                    expected: .version(due.record.version),
                )
            ]
            if let change = recovery(due) {
                changes.append(change)
            }
            _ = try await directory.write(changes)
        } catch {
            try await fail(
                due,
                .trigger,
                error,
                retryAt: retryTime(
                    after: error,
                    failures: due.state.consecutiveFailures,
                    every: spec.every,
                ),
            )
        }
    }

    /// Nil when the connection does not let it through: the trigger then comes due again.
    private func page(
        _ poller: any PollingConnector,
        _ trigger: ServiceTrigger,
        _ due: DueTrigger,
    ) async throws(Problem) -> PollResult? {
        let setting = try await directory.setting(of: due.instance)
        let source = try await attempts.source(of: trigger.auth, setting)
        let pass = AttemptPass(pollOf: due)
        if let place = attempts.place(poller.spec, .read, host: nil, source, setting),
            try await isHeld(due, place, pass)
        {
            return nil
        }
        let credential = try await opened(source, pass)
        let (call, known) = try await call(
            trigger,
            of: due.instance,
            workflow: due.workflow,
            key: "poll:\(due.record.id):\(due.record.version)",
            credential: credential,
        )
        do throws(Problem) {
            var result = try await bounded { () throws(Problem) in
                try await poller.poll(
                    trigger.trigger,
                    cursor: due.state.cursor ?? .null,
                    call: call,
                )
            }
            result.cursor = known.cleaned(result.cursor)
            connectionKeeper.settle(pass, nil)
            return result
        } catch {
            let problem = known.redact(error)
            connectionKeeper.settle(pass, problem)
            throw problem
        }
    }

    private func start(_ due: DueTrigger, _ event: ServiceEvent) async throws(Problem) {
        var request = try await directory.start(
            due.instance,
            workflow: due.state.workflow,
            trigger: event.value,
        )
        request.idempotencyKey = WebhookIdentity.bounded("poll:", event.key)
        do throws(StartRefusal) { _ = try await start(request) } catch { throw error.problem }
    }
}
