import ConnectorKit
import Model
import Synchronization

/// `gate.pass` waits until the gate is open, then gives back its input.
final class GateConnector: Connector {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrived = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var spec: ConnectorSpec {
        ConnectorSpec(
            name: "gate",
            title: "Gate",
            operations: [
                OperationSpec(
                    name: "pass",
                    summary: "Waits for the test.",
                    parameters: ["type": "object"],
                    sideEffect: .write,
                    idempotency: .key,
                    problems: Set(ProblemType.allCases),
                    timeout: TimeSpan(milliseconds: 86_400_000),
                )
            ],
        )
    }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        await pass()
        return call.input
    }

    /// Does not end by cancellation.
    private func pass() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.arrived += 1
                var ready = state.watchers.filter { $0.count <= state.arrived }.map(\.continuation)
                state.watchers.removeAll { $0.count <= state.arrived }
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
