import ConnectorKit
import Model

/// Starts and awaits executions of the same instance, for connectors.
struct InstanceStarter: ExecutionStarter {
    let engine: Engine
    let facts: ExecutionFacts
    /// The solution version that the caller runs on.
    let version: String?
    let known: KnownSecrets
    /// The alerts that led to the caller.
    let alert: AlertContext?
    var depth = 0

    func start(
        workflow: String,
        input: JSONValue,
        idempotencyKey: String,
    )
        async throws(Problem) -> ExecutionID
    {
        var request = try await engine.call(
            workflow,
            input: input,
            from: Engine.Caller(
                instance: facts.instance,
                solution: facts.solution,
                version: version,
                depth: depth,
            ),
        )
        request.correlationID = facts.correlationID
        request.known = known
        request.alert = alert
        request.idempotencyKey = "call:\(idempotencyKey)"
        do throws(StartRefusal) {
            return try await engine.start(request).id
        } catch {
            throw error.problem
        }
    }

    func wait(for id: ExecutionID) async throws(Problem) -> JSONValue {
        guard let view = await engine.end(of: id, instance: facts.instance) else {
            throw Problem(.notFound, detail: "there is no execution \(id) here", code: "B2205")
        }
        let output = try engine.output(of: view, known)
        guard let outcome = view.outcome else { throw Problem(.cancelled) }
        if var problem = outcome.problem {
            let cause = problem
            problem.detail = "the execution \(id) ended as \(outcome.reason.rawValue)"
            problem.cause = cause
            problem.retry = RetryAdvice(kind: .terminal)
            throw problem
        }
        return output
    }
}
