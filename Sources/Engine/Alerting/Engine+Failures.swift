import Alerting
import Embedding
import Kernel
import Model
import StorePort

extension ExecutionReason {
    /// Whether such an end is a failure. That somebody cancelled it is none: nobody is told.
    var isFailure: Bool {
        switch self {
        case .failed, .timedOut, .neverStarted, .expired: true
        case .succeeded, .handled, .cancelled: false
        }
    }
}

extension Engine {
    /// What is written in the transaction of an execution's end; nil when it is no failure of its
    /// own. A parent that waits tells of its child's problem, with the child as its cause.
    func failureWrite(of runner: Runner, _ outcome: Outcome) async -> RecordWrite? {
        guard outcome.reason.isFailure, let problem = outcome.problem else { return nil }
        let (head, input) = (runner.head, runner.input)
        if await isToldByParent(head) { return nil }
        let now = clock.now()
        let redacted = runner.known.all.redact(problem)
        let failure = failure(of: head, input, redacted, at: now)
        return RecordWrite([directory.put(failure)], now: now)
    }

    func failure(
        of head: StoredExecution,
        _ input: StartInput,
        _ problem: Problem,
        at now: Timestamp,
    ) -> Failure {
        var problem = problem
        problem.occurredAt = problem.occurredAt ?? now
        var failure = Failure(
            id: directory.newID(.failure),
            at: now,
            kind: input.alert?.id == nil ? .execution : .alert,
            instance: ObjectID(.instance, head.instance),
            solution: head.solution,
            version: input.solutionVersion,
            workflow: head.workflow,
            user: input.user["id"]?.stringValue.flatMap { ObjectID(.endUser, $0) },
            problem: problem,
        )
        failure.execution = head.id
        failure.resumed = head.resumed
        failure.correlationID = head.correlationID
        failure.chain = input.alert?.chain ?? []
        failure.alert = input.alert?.id
        return failure
    }

    /// Whether a parent still waits for it. One that cannot be read counts as gone: its child then
    /// speaks for itself.
    func isToldByParent(_ head: StoredExecution) async -> Bool {
        guard let parent = head.parent, parent.waits else { return false }
        do throws(StoreError) {
            let waiting = try await store.execution(parent.id)
            return waiting.map { $0.status != .finished } ?? false
        } catch {
            return false
        }
    }
}
