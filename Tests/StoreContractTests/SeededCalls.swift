import Model
import StorePort

/// A sequence of calls that a seed decides, and what a store answered to each, as text.
///
/// Two stores are asked the same as long as they answer the same.
struct SeededCalls {
    private var state: UInt64
    private var now = start
    private var made = 0
    private var workers: [WorkerID] = []
    private(set) var answers: [String] = []

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    /// Mostly a young one, sometimes any, sometimes one that does not exist yet.
    private mutating func someID() -> ExecutionID {
        id(below(6) == 0 ? below(made + 1) : max(0, made - below(10)))
    }
    private mutating func someWorker() -> WorkerID { workers[below(workers.count)] }
    private mutating func soon() -> Timestamp {
        now + TimeSpan(milliseconds: Int64(below(4_000)) - 500)
    }

    /// Instances first appear in the order of their names, so that every store serves them alike.
    mutating func run(_ count: Int, on store: any Store) async {
        for instance in ["a", "b", "c"] {
            let execution = new(made, instance: instance)
            await note { "\(try await store.create(execution))" }
            made += 1
        }
        for _ in 0..<count {
            now = now + TimeSpan(milliseconds: Int64(below(300)))
            if workers.isEmpty || below(40) == 0 { await register(store) }
            switch below(12) {
            case 0...2: await create(store)
            case 3...6: await append(store)
            case 7...8: await claim(store)
            case 9: await worker(store)
            case 10: await read(store)
            default: await change(store)
            }
        }
    }

    private mutating func note(_ call: () async throws -> String) async {
        do { answers.append(try await call()) } catch { answers.append("\(error)") }
    }

    private mutating func register(_ store: any Store) async {
        let (now, lease) = (now, TimeSpan(milliseconds: Int64(below(40_000))))
        do {
            let worker = try await store.register(now: now, lease: lease)
            workers.append(worker.id)
            answers.append("\(worker)")
        } catch { answers.append("\(error)") }
    }

    private mutating func create(_ store: any Store) async {
        var execution = new(made, instance: ["a", "b", "c"][below(3)])
        if below(2) == 0 {
            execution.heldBy = someWorker()
            execution.entries = (0..<below(3)).map { entry($0) }
        }
        if below(3) == 0 {
            let until = execution.id.createdAt + TimeSpan(milliseconds: Int64(below(20)))
            execution.idempotency = IdempotencyKey(
                key: "k\(below(3))",
                fingerprint: Int64(made),
                until: until,
            )
        }
        if below(3) == 0 {
            execution.parent = ParentReference(
                id: someID(),
                occurrence: "s\(made)",
                waits: below(2) == 0,
            )
        }
        made += 1
        await note { "\(try await store.create(execution))" }
    }

    private mutating func append(_ store: any Store) async {
        // Mostly what a worker really may write next, so that many writes are taken.
        var (id, holder, next) = (someID(), someWorker(), below(5))
        do {
            let held = try await store.executions(ExecutionQuery(limit: 40))
                .filter { $0.heldBy != nil }
            if below(5) > 0, !held.isEmpty {
                let head = held[below(held.count)]
                (id, holder) = (head.id, head.heldBy ?? holder)
            }
            if below(8) > 0 { next = try await store.journal(id).count }
        } catch { answers.append("\(error)") }
        let worker = below(8) == 0 ? someWorker() : holder
        var head: JournalWrite.Head?
        switch below(7) {
        case 0: head = .running
        case 1: head = .waiting
        case 2:
            let statuses: [ExecutionStatus] = [.queued, .running, .waiting]
            let wakeAt = soon()
            head = .released(
                status: statuses[below(3)],
                wakeAt: below(3) == 0 ? nil : wakeAt,
            )
        case 3: head = finished(below(2) == 0 ? .failed : .succeeded, at: now)
        default: break
        }
        let write = JournalWrite(
            id: id,
            worker: worker,
            entries: (next..<next + below(3)).map { entry($0) },
            head: head,
        )
        await note {
            try await store.append(write)
            return "appended"
        }
    }

    private mutating func claim(_ store: any Store) async {
        let (worker, now, id) = (someWorker(), now, someID())
        let (limit, each) = (1 + below(5), 1 + below(3))
        if below(3) == 0 {
            await note { "\(String(describing: try await store.claim(id, by: worker, now: now)))" }
        } else {
            await note {
                "\(try await store.claim(worker, now: now, limit: limit, perInstance: each))"
            }
        }
    }

    private mutating func worker(_ store: any Store) async {
        let (worker, now) = (someWorker(), now)
        switch below(4) {
        case 0:
            await note {
                try await store.leave(worker)
                return "left"
            }
        case 1:
            await note {
                let signals = try await store.signals(for: worker)
                return "\(signals.map { "\($0)" }.sorted())"
            }
        default:
            await note {
                try await store.heartbeat(
                    worker,
                    now: now,
                    lease: TimeSpan(milliseconds: 3_000),
                )
                return "alive"
            }
        }
    }

    private mutating func read(_ store: any Store) async {
        var query = ExecutionQuery(limit: 1 + below(20))
        if below(2) == 0 { query.status = ExecutionStatus.allCases[below(4)] }
        if below(4) == 0 { query.reason = .failed }
        if below(3) == 0 { query.instance = ["a", "b", "z"][below(3)] }
        if below(4) == 0 { query.parent = someID() }
        if below(3) == 0 { query.before = someID() }
        let (asked, id) = (query, someID())
        await note { "\(try await store.executions(asked))" }
        await note { "\(try await store.journal(id))" }
        await note {
            let counts = try await store.counts()
            let queued = counts.queuedByInstance.sorted { $0.key < $1.key }
            return "\(counts.queued) \(counts.running) \(counts.waiting) \(queued)"
        }
        await note { "\(String(describing: try await store.nextWake()))" }
    }

    private mutating func change(_ store: any Store) async {
        let (id, now, limit, before) = (someID(), now, 1 + below(4), soon())
        if below(2) == 0 {
            await note { "\(try await store.requestCancel(id, by: "ada", now: now))" }
        } else {
            await note { "\(try await store.prune(finishedBefore: before, limit: limit))" }
        }
    }
}
