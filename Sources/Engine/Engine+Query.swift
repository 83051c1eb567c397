import Kernel
import Model
import StorePort

/// What a caller who waited hears.
package enum CallerResult: Sendable {
    /// The workflow's own words, told before the end; the status is 400 or more.
    case replied(Reply)
    case finished(ExecutionView)
    case timedOut
    /// There is no such execution.
    case unknown
}

extension Engine {
    /// Waits for what a caller may hear: a reply that says nothing good as soon as it is given,
    /// everything else at the end.
    package func result(of id: ExecutionID, within span: TimeSpan) async -> CallerResult {
        defer { watchers.unexpect(id) }
        let deadline = Timestamp(milliseconds: clock.now().milliseconds + span.milliseconds)
        let word = await withDeadline(deadline) {
            await self.watchers.word(about: id) {
                do {
                    guard let view = try await self.execution(id) else { return .missing }
                    return view.head.status == .finished ? .end(view) : nil
                } catch {
                    return nil
                }
            }
        }
        switch word {
        case .reply(let reply): return .replied(reply)
        case .end(let view): return .finished(opened(view))
        case .missing: return .unknown
        case nil: return .timedOut
        }
    }

    /// Runs an operation whose task is cancelled at the deadline.
    private func withDeadline<Value: Sendable>(
        _ deadline: Timestamp,
        _ operation: @escaping @Sendable () async -> Value,
    ) async -> Value {
        // tidy: awaited below; a task of its own because only it is cancelled at the deadline.
        let task = Task { await operation() }
        let token = timers.schedule(at: deadline) { task.cancel() }
        return await withTaskCancellationHandler {
            let value = await task.value
            timers.cancel(token)
            return value
        } onCancel: {
            task.cancel()
        }
    }

    package func execution(_ id: ExecutionID) async throws(StoreError) -> ExecutionView? {
        guard let head = try await store.execution(id) else { return nil }
        var view = ExecutionView(head)
        if head.status == .waiting { view.parkings = try await parkings(of: id) }
        return view
    }

    package func executions(_ query: ExecutionQuery) async throws(StoreError) -> [ExecutionView] {
        try await store.executions(query).map(ExecutionView.init)
    }

    /// Asks for the end; a finished execution stays as it is.
    package func cancel(
        _ id: ExecutionID,
        by actor: String,
    )
        async throws(StoreError) -> ExecutionView
    {
        let head = try await store.requestCancel(id, by: actor, now: clock.now())
        if head.status != .finished { await deliverCancel(id, by: actor) }
        return ExecutionView(head)
    }

    /// From now on; ends after `finished`.
    package func updates(
        of id: ExecutionID
    ) async throws(StoreError)
        -> AsyncStream<ExecutionUpdate>?
    {
        let stream = watchers.updates(of: id)
        guard let view = try await execution(id) else { return nil }
        guard view.head.status == .finished else { return stream }
        return AsyncStream { continuation in
            continuation.yield(.finished(view))
            continuation.finish()
        }
    }

    package func statistics() -> EngineStatistics {
        var statistics = state.withLock { state in
            EngineStatistics(
                queued: state.queue.waiting + state.storedBacklogTotal,
                running: state.queue.running,
                waiting: state.idle,
                startedTotal: state.startedTotal,
                finishedByReason: state.finishedByReason,
            )
        }
        statistics.connections = connections.state.withLock { $0.counters }
        return statistics
    }
}

extension ExecutionView {
    /// Reads the outcome back from the stored result.
    init(_ head: StoredExecution) {
        self.init(head: head, outcome: nil, reply: nil)
        guard let result = head.result, let decoded = Outcome.decoded(result) else { return }
        outcome = decoded.outcome
        reply = decoded.reply
    }
}
