import ConnectorKit
import Definitions
import Embedding
import Expressions
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
            if let change = directory.problemChange(nil, on: due.instance, due.instanceRecord) {
                changes.append(change)
            }
            _ = try await directory.write(changes)
        } catch {
            let steps = min(due.state.consecutiveFailures, 20)
            let wait = min(
                spec.every.milliseconds << Int64(steps),
                Self.pollBackoffLimit.milliseconds,
            )
            let asked = error.retry.after?.milliseconds ?? 0
            try await fail(
                due,
                .trigger,
                error,
                retryAt: clock.now() + TimeSpan(milliseconds: max(wait, asked)),
            )
        }
    }

    /// Nil when the connection does not let it through: the trigger then comes due again.
    private func page(
        _ poller: any PollingConnector,
        _ trigger: ServiceTrigger,
        _ due: DueTrigger,
    ) async throws(Problem) -> PollResult? {
        let request = try await directory.start(
            due.instance,
            workflow: due.state.workflow,
            trigger: .null,
        )
        let setting = try await directory.setting(due.instance.id.description)
        let known = accountSecrets
        if let setting { known.keep(setting.known) }
        let config = request.config ?? .object(JSONObject())
        let facts = ExecutionFacts(
            id: ExecutionID(rawValue: directory.newID(.failure).rawValue),
            workflow: due.workflow.definition.name,
            solution: due.workflow.definition.solution,
            instance: due.instance.id.description,
        )
        var environment = Environment()
        environment[.config] = setting?.config(config) ?? config
        let input: JSONValue
        do throws(EvaluationError) { input = try trigger.input.evaluate(environment) } catch {
            throw Problem(.expression, detail: error.message, code: error.code.rawValue)
        }
        let source = try await attempts.source(of: trigger.auth, setting)
        let pass = AttemptPass(pollOf: due)
        if let place = attempts.place(poller.spec, .read, host: nil, source, setting),
            try await isHeld(due, place, pass)
        {
            return nil
        }
        let call = OperationCall(
            operation: trigger.trigger,
            input: input,
            authentication: try await opened(source, pass),
            config: environment[.config],
            idempotencyKey: "poll:\(due.record.id):\(due.record.version)",
            timeout: TimeSpan(milliseconds: 60_000),
            execution: facts,
            services: ExecutionServices(engine: self, facts: facts, known: known),
        )
        if let authentication = call.authentication { known.keep(authentication.secretSet) }
        do throws(Problem) {
            var result = try await poller.poll(
                trigger.trigger,
                cursor: due.state.cursor ?? .null,
                call: call,
            )
            result.cursor = known.cleaned(result.cursor)
            connectionKeeper.settle(pass, nil)
            return result
        } catch {
            let problem = known.redact(error)
            connectionKeeper.settle(pass, problem)
            throw problem
        }
    }

    private func start(_ due: DueTrigger, _ event: PolledEvent) async throws(Problem) {
        var request = try await directory.start(
            due.instance,
            workflow: due.state.workflow,
            trigger: event.value,
        )
        request.idempotencyKey = WebhookIdentity.bounded("poll:", event.key)
        do throws(StartRefusal) { _ = try await start(request) } catch { throw error.problem }
    }
}
