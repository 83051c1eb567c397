import Breakers
import Kernel
import Model
import StorePort

/// An attempt that did not begin, and asks again.
struct HeldAttempt {
    let request: AttemptRequest
    let number: Int
    let hold: Hold
    /// When it asks again, should the execution have left memory.
    let wakeAt: Timestamp
    let timer: Timers.Token

    var parking: Parking? {
        if case .parked(let parking) = hold { return parking }
        return nil
    }
}

/// Attempts that wait for their connection. While one does, and nothing else goes on, the execution
/// leaves memory with all that it has; the machine knows nothing of it: for it, the attempt is under
/// way. So timeouts and cancelling work as ever.
extension RunningExecution {
    /// How often an execution that is parked and stays in memory, as it waits for a child too, asks
    /// again by itself.
    static let residentRecheck = TimeSpan(milliseconds: 10_000)

    mutating func take(_ step: StepReference, _ hold: Hold, number: Int) {
        guard let attempt = attempts[step], attempt.number == number else { return }
        attempts[step] = nil
        engine.timers.cancel(attempt.timeout)
        let now = engine.clock.now()
        let askAt: Timestamp
        let wakeAt: Timestamp
        switch hold {
        case .later(let at):
            askAt = at
            wakeAt = at
        case .parked(let parking):
            askAt = min(parking.until, now + Self.residentRecheck)
            wakeAt = min(parking.until, now + engine.configuration.breakers.parkedRecheck)
            engine.connections.state.withLock { $0.counters.parkedTotal += 1 }
        }
        let mailbox = runner.mailbox
        held[step] = HeldAttempt(
            request: attempt.request,
            number: number,
            hold: hold,
            wakeAt: wakeAt,
            timer: engine.timers.schedule(at: askAt) {
                mailbox.send(.goOn(step, number: number))
            },
        )
    }

    mutating func goOn(_ step: StepReference, number: Int) {
        guard !isDraining, let attempt = held[step], attempt.number == number else { return }
        held[step] = nil
        engine.timers.cancel(attempt.timer)
        begin(attempt.request, after: attempt.hold)
    }

    /// All that are parked, in the order of their steps.
    mutating func askAgain() {
        let parked = held.values.filter { $0.parking != nil }
        for attempt in parked.sorted(by: { $0.number < $1.number }) {
            goOn(attempt.request.step, number: attempt.number)
        }
    }

    /// By connection: what is parked now.
    var parked: [String: Parking] {
        var result: [String: Parking] = [:]
        for attempt in held.values {
            guard let parking = attempt.parking else { continue }
            let other = result[parking.connection]
            if other.map({ parking.path < $0.path }) ?? true {
                result[parking.connection] = parking
            }
        }
        return result
    }

    /// What the store has to learn of it, in the transaction of a write.
    func parkingChanges(_ head: JournalWrite.Head?) -> [RecordChange] {
        guard !parkings.isEmpty || !held.isEmpty else { return [] }
        var parked = parked
        if case .finished? = head { parked = [:] }
        var changes: [RecordChange] = []
        for (connection, parking) in parked.sorted(by: { $0.key < $1.key })
        where parkings[connection] != parking {
            changes.append(parking.put)
        }
        for (connection, parking) in parkings.sorted(by: { $0.key < $1.key })
        where parked[connection] == nil {
            changes.append(.delete(.parked, id: parking.recordID, expected: .any))
        }
        return changes
    }
}

extension AttemptPass {
    convenience init(after hold: Hold?, by runner: Runner) {
        var hasPlace = false
        if case .later? = hold { hasPlace = true }
        self.init(
            hasPlace: hasPlace,
            witness: Witness(
                instance: runner.instance,
                solution: runner.workflow.definition.solution,
                version: runner.version,
                workflow: runner.workflow.definition.name,
            ),
        )
    }
}

extension Parking {
    /// One for each execution and connection; in the order in which executions were made.
    var recordID: String {
        "\(execution).\(Digest.hex(Array(connection.utf8)).prefix(16))"
    }

    var put: RecordChange {
        .put(
            RecordPut(
                kind: .parked,
                id: recordID,
                owner: owner?.description ?? "",
                document: JSONWriter.bytes(json),
                labels: [
                    "breaker": connection, "instance": instance,
                    "execution": execution.description,
                ],
            )
        )
    }
}
