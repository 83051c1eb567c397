import Definitions
import Kernel
import Model
import StorePort

/// Makes the executions that `call` steps ask for, and awaits them.
///
/// The child's idempotency key is the parent's id and the step's occurrence, so that a call which a
/// crash interrupted finds its child again.
struct ChildPerformer: Sendable {
    let engine: Engine

    func run(
        _ request: ChildRequest,
        parent: Runner,
        correlationID: String?,
    ) async -> Event {
        let reference = ParentReference(
            id: parent.id,
            occurrence: request.occurrence,
            waits: request.waits,
        )
        let id: ExecutionID
        do throws(Problem) {
            let earlier = try await earlier(request, parent: parent)
            if let earlier, earlier.reason?.isSuccess != false {
                id = earlier.id
            } else {
                id = try await start(
                    request,
                    reference,
                    parent: parent,
                    correlationID: correlationID,
                    keysOf: earlier.map { StartInput($0.input)?.keysOf ?? $0.id },
                )
            }
        } catch {
            return .childFailed(request.step, at: engine.clock.now(), id: nil, problem: error)
        }
        guard request.waits else {
            return .childStarted(request.step, at: engine.clock.now(), id: id.description)
        }
        let view = await engine.end(of: id, instance: parent.instance)
        if Task.isCancelled, view == nil { await stop(id, parent: parent) }
        let at = engine.clock.now()
        guard let view, let outcome = view.outcome else {
            return .childFailed(
                request.step,
                at: at,
                id: id.description,
                problem: Problem(.cancelled),
            )
        }
        guard let problem = outcome.problem else {
            do throws(Problem) {
                return .childSucceeded(
                    request.step,
                    at: at,
                    id: id.description,
                    output: parent.known.cleaned(try engine.output(of: view, parent.known)),
                )
            } catch {
                return .childFailed(request.step, at: at, id: id.description, problem: error)
            }
        }
        return .childFailed(
            request.step,
            at: at,
            id: id.description,
            problem: Self.problem(of: request, child: id, outcome, cause: problem),
        )
    }

    /// What the same call made before a resumption, or in the source of a replay with the same keys:
    /// when it went well it is not made again, and when not, the next child carries its keys.
    private func earlier(
        _ request: ChildRequest,
        parent: Runner,
    ) async throws(Problem) -> StoredExecution? {
        var places: [ExecutionID] = request.round > 0 ? [parent.id] : []
        if parent.keysOf != parent.id {
            places += [parent.replayOf, parent.keysOf].compactMap(\.self)
        }
        for place in places {
            do throws(StoreError) {
                let found = try await engine.store.child(of: place, occurrence: request.occurrence)
                if let found, found.instance == parent.instance { return found }
            } catch {
                throw StartRefusal.storeUnavailable("\(error)").problem
            }
        }
        return nil
    }

    /// The parent's problem: of the child's type, with the child's problem as its cause.
    private static func problem(
        of request: ChildRequest,
        child: ExecutionID,
        _ outcome: Outcome,
        cause: Problem,
    ) -> Problem {
        var problem = Problem(cause.type)
        problem.title = cause.title
        problem.detail =
            "the called workflow \(request.workflow) ended as \(outcome.reason.rawValue): "
            + (cause.detail ?? cause.title)
        problem.actor = cause.actor
        problem.action = cause.action
        problem.audience = cause.audience
        problem.origin = cause.origin
        problem.retry = RetryAdvice(kind: .terminal)
        problem.ids["child"] = .string(child.description)
        problem.cause = cause
        return problem
    }

    private func start(
        _ request: ChildRequest,
        _ reference: ParentReference,
        parent: Runner,
        correlationID: String?,
        keysOf: ExecutionID?,
    ) async throws(Problem) -> ExecutionID {
        var start = try await engine.call(
            request.workflow,
            input: request.input,
            from: Engine.Caller(
                instance: parent.instance,
                solution: parent.workflow.definition.solution,
                version: parent.version,
                depth: parent.depth,
            ),
        )
        start.correlationID = correlationID
        start.known = parent.known
        let round = request.round > 0 ? "#\(request.round)" : ""
        start.idempotencyKey = "child:\(parent.id):\(request.occurrence)\(round)"
        start.keysOf = keysOf
        start.parent = reference
        start.alert = parent.alert?.inherited
        var delay: Int64 = 50
        while true {
            do throws(StartRefusal) {
                return try await engine.start(start).id
            } catch {
                switch error {
                case .engineBusy, .instanceBusy, .storeUnavailable:
                    // A busy engine is no fault of the parent: it waits its turn.
                    let deadline = engine.clock.now().milliseconds + delay
                    do {
                        try await engine.clock.sleep(until: Timestamp(milliseconds: deadline))
                    } catch { throw Problem(.cancelled) }
                    delay = min(delay * 2, 5_000)
                case .keyReused, .refused:
                    throw error.problem
                }
            }
        }
    }

    /// Nobody waits for it any more: unless the engine itself is going down, it is cancelled.
    private func stop(_ id: ExecutionID, parent: Runner) async {
        guard engine.isReady else { return }
        do {
            _ = try await engine.cancel(id, by: "parent \(parent.id)")
        } catch {
            engine.lostExecution(id, error)
        }
    }
}
