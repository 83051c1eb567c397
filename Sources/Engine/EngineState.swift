import Embedding
import Kernel
import Model
import StorePort

/// What the parts of an engine share, under one lock.
struct EngineState: Sendable {
    enum Phase: Sendable { case starting, running, draining }

    var phase = Phase.starting
    var startedAt = Timestamp(milliseconds: 0)
    var deployment: Deployment
    /// The account's own secrets.
    var known = KnownSecrets()
    /// Of instances that ran lately, by id.
    var instanceSecrets: [String: InstanceSecrets] = [:]
    var worker: Worker?
    var identifiers = IdentifierSource(worker: 0)
    var admissions: AsyncStream<Runner>.Continuation?
    var queue = FairQueue<Admission>(
        limits: FairQueue<Admission>.Limits(total: 256, perInstance: 64)
    )
    var runners: [ExecutionID: Runner] = [:]
    /// Definitions of earlier deployments that executions still run on, by digest.
    var earlier: [String: DeployedWorkflow] = [:]
    /// Runners in memory that wait for a timer or a child.
    var idle = 0
    /// Accepted executions that nobody holds, as far as this process knows.
    var storedBacklog: [String: Int] = [:]
    var storedBacklogTotal = 0
    /// Bytes of the inputs of the executions in ``queue``.
    var residentBytes = 0
    /// The last claim found nothing: the next one waits for the poll.
    var storeIsEmpty = false
    /// Starts that are being written.
    var creating = 0
    /// Alerts whose executions ended here since the last round of the error plane.
    var endedAlerts: [ObjectID] = []
    /// What failed and has not gone well since; and what did so since the last round.
    var firing: Set<FiringKey> = []
    var recoveries: Set<FiringKey> = []
    /// When that round began; nil before the first.
    var alertingRound: Timestamp?
    var startedTotal = 0
    var finishedByReason: [ExecutionReason: Int] = [:]

    init(deployment: Deployment) {
        self.deployment = deployment
    }

    mutating func begin(
        worker: Worker,
        counts: StoreCounts,
        admissions: AsyncStream<Runner>.Continuation,
    ) {
        self.worker = worker
        self.admissions = admissions
        identifiers = IdentifierSource(worker: worker.number)
        storedBacklog = counts.queuedByInstance
        storedBacklogTotal = counts.queued
        phase = .running
    }

    mutating func drain() -> [Runner] {
        phase = .draining
        return Array(runners.values)
    }

    /// Whether the store holds work and the queue has run half empty.
    var wantsWork: Bool {
        storedBacklogTotal > 0 && !storeIsEmpty && queue.waiting < Engine.residentQueueLimit / 2
            && residentBytes < Engine.residentBytesLimit / 2
    }

    /// The admissions to close, once, when draining and nothing is left.
    mutating func admissionsWhenDrained() -> AsyncStream<Runner>.Continuation? {
        guard phase == .draining, runners.isEmpty, creating == 0 else { return nil }
        defer { admissions = nil }
        return admissions
    }
}

/// Numbers for metrics and `GET /v1/…`: what is going on now, and totals since the start.
package struct EngineStatistics: Sendable, Hashable {
    /// Accepted and not begun, in memory and in the store.
    package var queued: Int
    package var running: Int
    /// In memory, waiting for a timer or a child.
    package var waiting: Int
    package var startedTotal: Int
    package var finishedByReason: [ExecutionReason: Int]
    package var connections = ConnectionCounters()
}
