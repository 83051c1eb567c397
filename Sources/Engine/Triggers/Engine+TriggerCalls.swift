import ConnectorKit
import Definitions
import Embedding
import Expressions
import Model
import StorePort

extension Engine {
    /// How long a service may take for what a trigger asks of it.
    static let triggerTimeout = TimeSpan(milliseconds: 60_000)

    /// What a connector gets on behalf of an instance's trigger, as the instance is or was; its
    /// input is the trigger's `with`.
    func call(
        _ trigger: ServiceTrigger,
        of instance: Instance,
        workflow: DeployedWorkflow,
        key: String,
        credential: Authentication?,
    ) async throws(Problem) -> (call: OperationCall, known: KnownSecrets) {
        guard let version = try await directory.version(instance.solution, instance.version) else {
            throw Access.absent
        }
        let setting = try await directory.setting(of: instance)
        let known = accountSecrets
        known.keep(setting.known)
        let facts = ExecutionFacts(
            id: ExecutionID(rawValue: directory.newID(.failure).rawValue),
            workflow: workflow.definition.name,
            solution: workflow.definition.solution,
            instance: instance.id.description,
        )
        let stored = try await directory.request(
            instance,
            version,
            workflow: workflow.definition.name,
            trigger: .null,
        ).config
        let config = setting.config(stored ?? .object(JSONObject()))
        var environment = Environment()
        environment[.config] = config
        let input: JSONValue
        do throws(EvaluationError) { input = try trigger.input.evaluate(environment) } catch {
            throw Problem(.expression, detail: error.message, code: error.code.rawValue)
        }
        let call = OperationCall(
            operation: trigger.trigger,
            input: input,
            authentication: credential,
            config: config,
            idempotencyKey: key,
            timeout: Self.triggerTimeout,
            execution: facts,
            services: ExecutionServices(engine: self, facts: facts, known: known),
        )
        if let authentication = call.authentication { known.keep(authentication.secretSet) }
        return (call, known)
    }

    /// The same with the trigger's own credential.
    func call(
        _ trigger: ServiceTrigger,
        of instance: Instance,
        workflow: DeployedWorkflow,
        key: String,
    ) async throws(Problem) -> (call: OperationCall, known: KnownSecrets) {
        let setting = try await directory.setting(of: instance)
        return try await call(
            trigger,
            of: instance,
            workflow: workflow,
            key: key,
            credential: try await attempts.authentication(trigger.auth, setting),
        )
    }

    /// The connector of a trigger that its service sets off; nil when it is none of these.
    func pusher(
        of trigger: ServiceTrigger
    ) -> (connector: any PushingConnector, spec: PushTriggerSpec)? {
        guard let connector = pushers.withLock({ $0[trigger.connector] }),
            let spec = connector.pushTriggers.first(where: { $0.name == trigger.trigger })
        else { return nil }
        return (connector, spec)
    }

    /// When a trigger that failed is tried again: doubled with each failure in a row, up to an hour,
    /// and not before the service wants it.
    func retryTime(
        after problem: Problem,
        failures: Int,
        every: TimeSpan,
    ) -> Timestamp {
        let wait = min(
            every.milliseconds << Int64(min(failures, 20)),
            Self.pollBackoffLimit.milliseconds,
        )
        let asked = problem.retry.after?.milliseconds ?? 0
        return clock.now() + TimeSpan(milliseconds: max(wait, asked))
    }

    /// Cancels what takes longer than ``triggerTimeout``.
    func bounded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let deadline = clock.now() + Self.triggerTimeout
        let first = await withTaskGroup(of: Result<Value, Problem>?.self) { group in
            group.addTask {
                do throws(Problem) { return .success(try await body()) } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do { try await self.clock.sleep(until: deadline) } catch { return nil }
                return .failure(
                    Problem(.timeout, detail: "no answer within \(Self.triggerTimeout)")
                )
            }
            defer { group.cancelAll() }
            for await result in group {
                if let result { return result }
            }
            return .failure(Problem(.cancelled))
        }
        return try first.get()
    }
}
