import ConnectorKit
import Model
import Synchronization

/// A connector whose operation does what the test says; it counts calls by idempotency key.
final class TestConnector: Connector {
    typealias Behaviour = @Sendable (OperationCall) async throws -> JSONValue

    private struct State {
        var calls: [String: Int] = [:]
        var finished: [String: Int] = [:]
        var inputs: [JSONValue] = []
        var running = 0
        var mostRunning = 0
    }

    private let behaviour: Behaviour
    private let state = Mutex(State())

    init(_ behaviour: @escaping Behaviour = { $0.input }) {
        self.behaviour = behaviour
    }

    var spec: ConnectorSpec {
        ConnectorSpec(
            name: "test",
            title: "Test",
            operations: [
                OperationSpec(
                    name: "do",
                    summary: "Does it.",
                    parameters: ["type": "object"],
                    sideEffect: .write,
                    idempotency: .key,
                    problems: Set(ProblemType.allCases),
                )
            ],
        )
    }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        state.withLock { state in
            state.calls[call.idempotencyKey, default: 0] += 1
            state.inputs.append(call.input)
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
        }
        defer { state.withLock { $0.running -= 1 } }
        do {
            let output = try await behaviour(call)
            state.withLock { $0.finished[call.idempotencyKey, default: 0] += 1 }
            return output
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.cancelled)
        }
    }

    /// How often each occurrence was begun.
    var calls: [String: Int] { state.withLock { $0.calls } }
    var finished: [String: Int] { state.withLock { $0.finished } }
    var inputs: [JSONValue] { state.withLock { $0.inputs } }
    var mostRunning: Int { state.withLock { $0.mostRunning } }
}

/// Holds whoever waits until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrived = 0
        var watchers: [(Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Does not end by cancellation: a connector that does not listen.
    func pass() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.arrived += 1
                var ready: [CheckedContinuation<Void, Never>] = []
                state.watchers.removeAll { count, watcher in
                    guard count <= state.arrived else { return false }
                    ready.append(watcher)
                    return true
                }
                if state.isOpen {
                    ready.append(continuation)
                } else {
                    state.waiting.append(continuation)
                }
                return ready
            }
            for continuation in ready { continuation.resume() }
        }
    }

    /// Returns when so many have come.
    func arrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrived >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
