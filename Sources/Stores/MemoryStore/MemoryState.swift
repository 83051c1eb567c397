import Model
import StorePort

/// All that a memory store holds: a value, so that a copy is a snapshot.
struct MemoryState: Sendable {
    struct Row: Sendable {
        var head: StoredExecution
        var journal: [JournalEntry]
        /// Unheld and to be claimed at this time; nil: not by time.
        var dueAt: Timestamp?
        /// Something came in that the holder may not have heard of.
        var isWoken = false
        var fingerprint: Int64 = 0
        var key: KeyOwner?
    }

    struct LiveWorker: Sendable {
        var number: Int
        var leaseUntil: Timestamp
    }

    /// Whose idempotency key it is.
    struct KeyOwner: Sendable, Hashable {
        var workflow: ExactText
        var solution: ExactText?
        var instance: ExactText
        var key: ExactText
    }

    struct KeyUse: Sendable {
        var id: ExecutionID
        var until: Timestamp
    }

    /// What is due at once: before every real time.
    static let atOnce = Timestamp(milliseconds: 0)

    var isClosed = false
    var rows: [ExecutionID: Row] = [:]
    /// Kept apart, so that claims do not go through what has finished.
    var unfinished: Set<ExecutionID> = []
    var keys: [KeyOwner: KeyUse] = [:]
    var workers: [WorkerID: LiveWorker] = [:]
    var lastWorker: Int64 = 0
    var lastServed: ExactText?
    var signals: [WorkerID: Set<StoreSignal>] = [:]
    var definitions: [String: StoredDefinition] = [:]
    var settings: [ExactText: [UInt8]] = [:]
    var data: [ExactText: [ExactText: StoredValue]] = [:]
    var records = RecordTable()

    // MARK: Workers

    mutating func register(now: Timestamp, lease: TimeSpan) throws(StoreError) -> Worker {
        giveUpDead(now: now, except: nil)
        guard workers.count < 1024 else { throw .unavailable("1024 workers are live") }
        lastWorker += 1
        let taken = Set(workers.values.map(\.number))
        var number = Int(lastWorker % 1024)
        while taken.contains(number) { number = (number + 1) % 1024 }
        let id = WorkerID(rawValue: lastWorker)
        workers[id] = LiveWorker(number: number, leaseUntil: now + lease)
        return Worker(id: id, number: number)
    }

    mutating func leave(_ worker: WorkerID) {
        workers[worker] = nil
        signals[worker] = nil
        giveBackOrphans()
    }

    /// Gives up workers whose lease ran out.
    mutating func giveUpDead(now: Timestamp, except kept: WorkerID?) {
        let dead = workers.filter { $0.value.leaseUntil < now && $0.key != kept }.keys
        guard !dead.isEmpty else { return }
        for id in dead {
            workers[id] = nil
            signals[id] = nil
        }
        giveBackOrphans()
    }

    private mutating func giveBackOrphans() {
        for id in unfinished {
            guard let holder = rows[id]?.head.heldBy, workers[holder] == nil else { continue }
            rows[id]?.head.heldBy = nil
            rows[id]?.dueAt = Self.atOnce
        }
    }

    mutating func takeSignals(_ worker: WorkerID) -> [StoreSignal] {
        let found = signals.removeValue(forKey: worker) ?? []
        for signal in found {
            switch signal {
            case .cancelRequested(let id), .childFinished(let id, _):
                if rows[id]?.head.heldBy == worker { rows[id]?.isWoken = false }
            }
        }
        return Array(found)
    }
}
