import Model

/// A definition's source as the store keeps it.
package struct StoredDefinition: Sendable, Hashable {
    /// Hex SHA-256, the key.
    package var digest: String
    package var workflow: String
    package var solution: String?
    package var source: String

    package init(digest: String, workflow: String, solution: String?, source: String) {
        self.digest = digest
        self.workflow = workflow
        self.solution = solution
        self.source = source
    }
}

/// An execution to make.
package struct NewExecution: Sendable, Hashable {
    package var id: ExecutionID
    package var workflow: String
    package var solution: String?
    /// Of whom the fairness and limits are kept; the empty string is the account itself.
    package var instance: String
    package var digest: String
    /// JSON bytes: all of what the start was, trigger value included.
    package var input: [UInt8]
    package var correlationID: String?
    /// Unique among the executions of the workflow and instance until its `until`, compared with
    /// the time of creation in the new `id`.
    package var idempotency: IdempotencyKey?
    package var parent: ParentReference?
    /// The creating worker, when it begins at once; nil leaves it queued for anybody.
    package var heldBy: WorkerID?
    /// First entries of the journal, when it begins at once, or where a replay begins in the middle.
    package var entries: [JournalEntry]
    package var lineage: Lineage?

    package init(
        id: ExecutionID,
        workflow: String,
        solution: String? = nil,
        instance: String = "",
        digest: String,
        input: [UInt8],
        correlationID: String? = nil,
        idempotency: IdempotencyKey? = nil,
        parent: ParentReference? = nil,
        heldBy: WorkerID? = nil,
        entries: [JournalEntry] = [],
        lineage: Lineage? = nil,
    ) {
        self.lineage = lineage
        self.id = id
        self.workflow = workflow
        self.solution = solution
        self.instance = instance
        self.digest = digest
        self.input = input
        self.correlationID = correlationID
        self.idempotency = idempotency
        self.parent = parent
        self.heldBy = heldBy
        self.entries = entries
    }
}

/// A key that makes a start happen once. `fingerprint` tells an honest retry from a reused key.
package struct IdempotencyKey: Sendable, Hashable {
    package var key: String
    package var fingerprint: Int64
    package var until: Timestamp

    package init(key: String, fingerprint: Int64, until: Timestamp) {
        self.key = key
        self.fingerprint = fingerprint
        self.until = until
    }
}

/// Which step of which execution made a child.
package struct ParentReference: Sendable, Hashable {
    package var id: ExecutionID
    package var occurrence: String
    package var waits: Bool

    package init(id: ExecutionID, occurrence: String, waits: Bool) {
        self.id = id
        self.occurrence = occurrence
        self.waits = waits
    }
}

/// What an execution is a replay of.
package struct Lineage: Sendable, Hashable {
    package var replayOf: ExecutionID
    /// The first of the line, which is no replay itself.
    package var root: ExecutionID
    /// Only when no other replay of the same execution is unfinished.
    package var isSole: Bool

    package init(replayOf: ExecutionID, root: ExecutionID, isSole: Bool = false) {
        self.replayOf = replayOf
        self.root = root
        self.isSole = isSole
    }
}

package enum CreateResult: Sendable, Hashable {
    case created
    /// This replay of the same execution is under way; nothing was made.
    case underWay(StoredExecution)
    /// The key is known: this is the execution that it made, with the fingerprint given then.
    case duplicate(StoredExecution, fingerprint: Int64)
}

/// One journal row; the store does not read the payload.
package struct JournalEntry: Sendable, Hashable {
    /// From 0 without gaps within an execution.
    package var sequence: Int
    package var payload: [UInt8]

    package init(sequence: Int, payload: [UInt8]) {
        self.sequence = sequence
        self.payload = payload
    }
}

/// What changes about an execution together with its journal.
package struct JournalWrite: Sendable, Hashable {
    package enum Head: Sendable, Hashable {
        /// Goes on, still held. Costs nothing when it already was running.
        case running
        /// Still held; nothing to run before a timer or a child.
        case waiting
        /// Given back until the time, or (nil) until a signal or a claim by id; `queued` with nil is
        /// due at once. When a cancellation or the end of a child came in between, it is due at
        /// once too. `status` is never `finished`.
        case released(status: ExecutionStatus, wakeAt: Timestamp?)
        /// Ended. `result` is JSON bytes of the outcome (output, problem, reply).
        case finished(
            reason: ExecutionReason,
            at: Timestamp,
            problem: ProblemType?,
            result: [UInt8],
        )
    }

    package var id: ExecutionID
    package var worker: WorkerID
    package var entries: [JournalEntry]
    /// Nil leaves the head as it is, which is the cheapest write.
    package var head: Head?
    /// Records that stand or fall with it: a failure with the end that it tells of.
    package var records: RecordWrite?

    package init(
        id: ExecutionID,
        worker: WorkerID,
        entries: [JournalEntry],
        head: Head? = nil,
        records: RecordWrite? = nil,
    ) {
        self.id = id
        self.worker = worker
        self.entries = entries
        self.head = head
        self.records = records
    }
}

/// An execution's head.
package struct StoredExecution: Sendable, Hashable {
    package var id: ExecutionID
    package var workflow: String
    package var solution: String?
    package var instance: String
    package var digest: String
    package var input: [UInt8]
    package var correlationID: String?
    package var parent: ParentReference?
    package var status: ExecutionStatus
    package var heldBy: WorkerID?
    package var wakeAt: Timestamp?
    package var cancelRequestedBy: String?
    package var reason: ExecutionReason?
    package var finishedAt: Timestamp?
    package var problem: ProblemType?
    package var result: [UInt8]?
    package var replayOf: ExecutionID?
    /// Of a replay: the first of its line.
    package var root: ExecutionID?
    /// How often it was opened again after its end.
    package var resumed = 0

    package init(_ new: NewExecution) {
        replayOf = new.lineage?.replayOf
        root = new.lineage?.root
        id = new.id
        workflow = new.workflow
        solution = new.solution
        instance = new.instance
        digest = new.digest
        input = new.input
        correlationID = new.correlationID
        parent = new.parent
        status = new.heldBy == nil ? .queued : .running
        heldBy = new.heldBy
    }
}

/// Filters are joined by "and"; nil matches all.
package struct ExecutionQuery: Sendable, Hashable {
    package var status: ExecutionStatus?
    package var reason: ExecutionReason?
    package var workflow: String?
    package var solution: String?
    package var instance: String?
    package var correlationID: String?
    package var parent: ExecutionID?
    package var replayOf: ExecutionID?
    /// Every replay of a line, whatever it replays itself.
    package var root: ExecutionID?
    /// Inclusive.
    package var createdFrom: Timestamp?
    /// Exclusive.
    package var createdTo: Timestamp?
    /// Only executions older than this one: the cursor of the page before.
    package var before: ExecutionID?
    /// 1...500
    package var limit: Int
    /// Whether `input` and `result` are filled; without them a page of large inputs stays cheap.
    package var includesBodies = true

    package init(limit: Int = 50) { self.limit = limit }
}

/// How much there is, for back-pressure and metrics.
///
/// `queued` counts queued executions that nobody holds; a claimed one counts as `running` from its
/// claim on, although its status says queued until its first write.
package struct StoreCounts: Sendable, Hashable {
    package var queued: Int
    package var running: Int
    package var waiting: Int
    /// Of `queued`; no entry is 0.
    package var queuedByInstance: [String: Int]

    package init(queued: Int, running: Int, waiting: Int, queuedByInstance: [String: Int]) {
        self.queued = queued
        self.running = running
        self.waiting = waiting
        self.queuedByInstance = queuedByInstance
    }
}
