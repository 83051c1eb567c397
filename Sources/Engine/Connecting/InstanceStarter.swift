import ConnectorKit
import Model

/// Starts and awaits executions of the same instance, for connectors.
struct InstanceStarter: ExecutionStarter {
    let engine: Engine
    let facts: ExecutionFacts

    func start(
        workflow: String,
        input: JSONValue,
        idempotencyKey: String,
    )
        async throws(Problem) -> ExecutionID
    {
        let callee = try engine.callee(workflow, from: facts.solution)
        let request = StartRequest(
            workflow: callee,
            instance: facts.instance,
            trigger: ["input": input],
            correlationID: facts.correlationID,
            idempotencyKey: "call:\(idempotencyKey)",
        )
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
        guard let outcome = view.outcome else { throw Problem(.cancelled) }
        if var problem = outcome.problem {
            let cause = problem
            problem.detail = "the execution \(id) ended as \(outcome.reason.rawValue)"
            problem.cause = cause
            problem.retry = RetryAdvice(kind: .terminal)
            throw problem
        }
        return outcome.output
    }
}
