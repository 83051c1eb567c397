import Kernel
import Model
import Synchronization

/// Who waits for or watches which execution. Costs nothing while nobody does.
final class Watchers: Sendable {
    /// What a caller who waits may hear first.
    enum Word: Sendable {
        case reply(Reply)
        case end(ExecutionView)
        /// There is no such execution for this caller.
        case missing
    }

    private struct Caller {
        var continuation: CheckedContinuation<Word?, Never>
        var onlyEnd: Bool
    }

    private struct Watched {
        var streams: [UInt64: AsyncStream<ExecutionUpdate>.Continuation] = [:]
        var callers: [UInt64: Caller] = [:]
        /// Callers that said they would come, and what they would have heard so far.
        var expected = 0
        var word: Word?
        var isUnused: Bool { streams.isEmpty && callers.isEmpty && expected == 0 }
    }

    private struct State {
        var watched: [ExecutionID: Watched] = [:]
        var nextNumber: UInt64 = 0
    }

    private let state = Mutex(State())
    private let count = Atomic<Int>(0)
    /// Updates that a slow watcher may fall behind before the oldest are dropped.
    static let bufferLimit = 1024

    private var isAnybodyThere: Bool { count.load(ordering: .acquiring) > 0 }

    // MARK: Callers

    /// A caller will ask with ``word(about:register:)``: nothing that happens from now is missed.
    func expect(_ id: ExecutionID) {
        state.withLock { state in
            state.watched[id, default: Watched()].expected += 1
            count.add(1, ordering: .acquiringAndReleasing)
        }
    }

    /// Takes back ``expect(_:)``.
    func unexpect(_ id: ExecutionID) {
        state.withLock { state in
            guard let watched = state.watched[id], watched.expected > 0 else { return }
            state.watched[id]?.expected -= 1
            dropped(id, &state)
        }
    }

    /// Waits for a word that may be told; nil when the task is cancelled. `registered` runs after
    /// nothing can be missed any more, and may know the answer already.
    func word(
        about id: ExecutionID,
        onlyEnd: Bool = false,
        registered: @escaping @Sendable () async -> Word?,
    ) async -> Word? {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Word? = state.withLock { state in
                    if let word = state.watched[id]?.word {
                        if case .end = word { return word }
                        if !onlyEnd { return word }
                    }
                    state.watched[id, default: Watched()].callers[number] = Caller(
                        continuation: continuation,
                        onlyEnd: onlyEnd,
                    )
                    count.add(1, ordering: .acquiringAndReleasing)
                    return nil
                }
                if let known { return continuation.resume(returning: known) }
                if Task.isCancelled { return answer(number, about: id, nil) }
                // tidy: looks once whether it is over already; ends by itself.
                Task { if let word = await registered() { answer(number, about: id, word) } }
            }
        } onCancel: {
            answer(number, about: id, nil)
        }
    }

    private func answer(_ number: UInt64, about id: ExecutionID, _ word: Word?) {
        let caller = state.withLock { state in
            let caller = state.watched[id]?.callers.removeValue(forKey: number)
            if caller != nil { dropped(id, &state) }
            return caller
        }
        caller?.continuation.resume(returning: word)
    }

    private func dropped(_ id: ExecutionID, _ state: inout State, _ number: Int = 1) {
        count.subtract(number, ordering: .acquiringAndReleasing)
        if state.watched[id]?.isUnused == true { state.watched[id] = nil }
    }

    // MARK: Streams

    func updates(of id: ExecutionID) -> AsyncStream<ExecutionUpdate> {
        let (stream, continuation) = AsyncStream<ExecutionUpdate>.makeStream(
            bufferingPolicy: .bufferingNewest(Self.bufferLimit)
        )
        let number = state.withLock { state in
            state.nextNumber += 1
            state.watched[id, default: Watched()].streams[state.nextNumber] = continuation
            count.add(1, ordering: .acquiringAndReleasing)
            return state.nextNumber
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                guard state.watched[id]?.streams.removeValue(forKey: number) != nil else { return }
                self?.dropped(id, &state)
            }
        }
        return stream
    }

    // MARK: What happens

    func publish(_ update: @autoclosure () -> ExecutionUpdate, for id: ExecutionID) {
        guard isAnybodyThere else { return }
        let streams = state.withLock { state in
            (state.watched[id]?.streams ?? [:]).map(\.value)
        }
        guard !streams.isEmpty else { return }
        let update = update()
        for stream in streams { stream.yield(update) }
    }

    /// A reply that says nothing good may be told at once; any other waits for the end, because a
    /// failed execution never answers 2xx (G3).
    func replied(_ reply: Reply, for id: ExecutionID) {
        guard isAnybodyThere else { return }
        publish(.replied(reply), for: id)
        if reply.status >= 400 { tell(.reply(reply), about: id) }
    }

    func finished(_ view: @autoclosure () -> ExecutionView, for id: ExecutionID) {
        guard isAnybodyThere, isWatched(id) else { return }
        let view = view()
        tell(.end(view), about: id)
        let streams = state.withLock { state in
            (state.watched[id]?.streams ?? [:]).map(\.value)
        }
        for stream in streams {
            stream.yield(.finished(view))
            stream.finish()
        }
    }

    private func isWatched(_ id: ExecutionID) -> Bool {
        state.withLock { $0.watched[id] != nil }
    }

    private func tell(_ word: Word, about id: ExecutionID) {
        let callers = state.withLock { state -> [CheckedContinuation<Word?, Never>] in
            guard let watched = state.watched[id] else { return [] }
            var isEnd = false
            if case .end = word { isEnd = true }
            // A reply told early stays the first word; the end is kept for those who come later.
            if watched.expected > 0, watched.word == nil { state.watched[id]?.word = word }
            let ready = watched.callers.filter { isEnd || !$0.value.onlyEnd }
            for number in ready.keys { state.watched[id]?.callers[number] = nil }
            if !ready.isEmpty { dropped(id, &state, ready.count) }
            return ready.sorted { $0.key < $1.key }.map(\.value.continuation)
        }
        for caller in callers { caller.resume(returning: word) }
    }
}
