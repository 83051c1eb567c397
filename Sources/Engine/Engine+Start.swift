import Definitions
import Kernel
import Model
import StorePort
import Synchronization

extension Engine {
    /// How many executions that may not begin yet are kept in memory; more wait in the store.
    static let residentQueueLimit = 8192
    /// How many bytes their inputs may have together.
    static let residentBytesLimit = 64 << 20

    /// Takes a start. Returns after it is durable.
    package func start(_ request: StartRequest) async throws(StartRefusal) -> StartedExecution {
        try await start(request, beforeBegin: nil)
    }

    /// Takes a start and gives all its updates: none is missed, as the stream stands before the
    /// execution begins.
    package func startWatched(
        _ request: StartRequest
    ) async throws(StartRefusal)
        -> (execution: StartedExecution, updates: AsyncStream<ExecutionUpdate>)
    {
        let box = Mutex<AsyncStream<ExecutionUpdate>?>(nil)
        let started = try await start(request) { [watchers] id in
            let stream = watchers.updates(of: id)
            box.withLock { $0 = stream }
        }
        let stream = box.withLock { $0 } ?? watchers.updates(of: started.id)
        return (started, stream)
    }

    private func start(
        _ request: StartRequest,
        beforeBegin: ((ExecutionID) -> Void)?,
    ) async throws(StartRefusal) -> StartedExecution {
        try checkInput(request)
        let known = await knownSecrets(for: request)
        let now = clock.now()
        let input = Self.input(of: request, known)
        let ticket = try admit(request, now: now)
        defer { leaveCreation() }
        var new = NewExecution(
            id: ticket.id,
            workflow: request.workflow.definition.name,
            solution: request.workflow.definition.solution,
            instance: request.instance,
            digest: request.workflow.definition.digest,
            input: door.bytes(input.json, known, context: StartInput.context(ticket.id)),
            correlationID: request.correlationID.map(known.redact),
            parent: request.parent,
            heldBy: ticket.holder,
            lineage: request.lineage,
        )
        if let key = request.idempotencyKey {
            let until = now.milliseconds + StartRequest.idempotencyWindow.milliseconds
            new.idempotency = IdempotencyKey(
                key: known.redact(key) == key ? key : "digest:" + Digest.hex(Array(key.utf8)),
                fingerprint: request.fingerprint,
                until: Timestamp(milliseconds: until),
            )
        }
        do throws(StartRefusal) {
            new.entries = try beginning(of: new, request, input, known, now: now)
        } catch {
            discard(ticket, request)
            throw error
        }
        if request.awaitsResult { watchers.expect(ticket.id) }
        let result = await create(new)
        switch result {
        case .success(.created):
            beforeBegin?(ticket.id)
            accepted(request, new, input: input, known, ticket: ticket)
            return StartedExecution(id: ticket.id, isDuplicate: false)
        case .success(.duplicate(let known, let fingerprint)):
            discard(ticket, request)
            guard fingerprint == request.fingerprint else { throw .keyReused(known.id) }
            if request.awaitsResult { watchers.expect(known.id) }
            return StartedExecution(id: known.id, isDuplicate: true)
        case .success(.underWay(let other)):
            discard(ticket, request)
            var started = StartedExecution(id: other.id, isDuplicate: true)
            started.isUnderWay = true
            return started
        case .failure(let error):
            discard(ticket, request)
            throw .storeUnavailable("\(error)")
        }
    }

    private static func input(of request: StartRequest, _ known: KnownSecrets) -> StartInput {
        var input = StartInput(
            // What an execution hands to its child it may hand on; what comes from outside may not
            // bring a credential back.
            trigger: request.known == nil ? known.cleaned(request.trigger) : request.trigger,
            config: request.config ?? request.workflow.config,
            solutionVersion: request.workflow.solutionVersion,
        )
        if let facts = request.facts {
            input.instance = facts.instance
            input.user = facts.user
            input.solutionVersion = facts.instance["version"]?.stringValue
        }
        input.alert = request.alert
        input.keysOf = request.keysOf
        input.depth = request.depth
        return input
    }

    /// The first entries of the journal: those of its own start when it begins here at once.
    private func beginning(
        of new: NewExecution,
        _ request: StartRequest,
        _ input: StartInput,
        _ known: KnownSecrets,
        now: Timestamp,
    ) throws(StartRefusal) -> [JournalEntry] {
        var events: [Event] = new.heldBy == nil ? [] : [.started(at: now)]
        if let beginning = request.beginning {
            switch beginning(StoredExecution(new), input) {
            case .success(let copied): events = copied
            case .failure(let problem): throw .refused(problem)
            }
        }
        return events.enumerated().map { index, event in
            entry(event, index, of: new.id, known)
        }
    }

    private func create(_ new: NewExecution) async -> Result<CreateResult, StoreError> {
        do throws(StoreError) {
            return .success(try await store.create(new))
        } catch {
            return .failure(error)
        }
    }

    private func checkInput(_ request: StartRequest) throws(StartRefusal) {
        guard let schema = request.workflow.definition.trigger.input else { return }
        if case .webhook = request.workflow.definition.trigger { return }
        let violations = schema.validate(request.trigger["input"] ?? .null)
        guard violations.isEmpty else {
            var problem = Problem(
                .validation,
                detail: "the input does not match the workflow's schema",
                code: "B2005",
            )
            problem.data = .array(violations.prefix(20).map(\.json))
            throw .refused(problem)
        }
    }

    /// What a start is given: an id, and the worker that begins it (nil: it waits in the store).
    struct Ticket: Sendable {
        var id: ExecutionID
        var holder: WorkerID?
    }

    /// Refuses what is too much before anything is written.
    private func admit(_ request: StartRequest, now: Timestamp) throws(StartRefusal) -> Ticket {
        let limits = deployment.project.account.limits
        let result = state.withLock { state -> Result<Ticket, StartRefusal> in
            guard state.phase == .running, let worker = state.worker else {
                return .failure(.engineBusy(retryAfter: TimeSpan(milliseconds: 5_000)))
            }
            let stored = state.storedBacklog[request.instance] ?? 0
            let mine = state.queue.waiting(of: request.instance) + stored
            let all = state.queue.waiting + state.storedBacklogTotal
            if all >= limits.backlog {
                return .failure(.engineBusy(retryAfter: TimeSpan(milliseconds: 2_000)))
            }
            if mine >= limits.backlogPerInstance {
                return .failure(.instanceBusy(retryAfter: TimeSpan(milliseconds: 2_000)))
            }
            state.creating += 1
            let id = state.identifiers.next(now: now)
            let staysHere =
                stored == 0 && state.queue.waiting < Self.residentQueueLimit
                && state.residentBytes < Self.residentBytesLimit
            if !staysHere {
                state.storedBacklog[request.instance, default: 0] += 1
                state.storedBacklogTotal += 1
            }
            return .success(Ticket(id: id, holder: staysHere ? worker.id : nil))
        }
        return try result.get()
    }

    private func accepted(
        _ request: StartRequest,
        _ new: NewExecution,
        input: StartInput,
        _ known: KnownSecrets,
        ticket: Ticket,
    ) {
        guard ticket.holder != nil else {
            state.withLock { $0.startedTotal += 1 }
            return
        }
        let start = RunnerStart(
            head: StoredExecution(new),
            input: input,
            journal: new.entries,
            isRecovered: request.beginning != nil,
        )
        let runner = Runner(
            id: ticket.id,
            workflow: request.workflow,
            instance: request.instance,
            start: start,
            known: known,
            engine: self,
        )
        state.withLock { $0.startedTotal += 1 }
        enqueue(runner)
    }

    /// Puts a runner in the queue; while draining it begins only to hand itself back.
    func enqueue(_ runner: Runner) {
        let isDraining = state.withLock { state in
            state.runners[runner.id] = runner
            state.residentBytes += runner.inputBytes
            state.queue.add(
                .begin(runner),
                lane: runner.lane,
                limit: runner.workflow.definition.concurrency,
            )
            return state.phase == .draining
        }
        if isDraining { runner.mailbox.send(.drain) }
        pump()
    }

    private func discard(_ ticket: Ticket, _ request: StartRequest) {
        if request.awaitsResult { watchers.unexpect(ticket.id) }
        guard ticket.holder == nil else { return }
        state.withLock { $0.unstored(request.instance, 1) }
    }

    private func leaveCreation() {
        let admissions = state.withLock { state in
            state.creating -= 1
            return state.admissionsWhenDrained()
        }
        admissions?.finish()
    }
}

extension EngineState {
    /// `count` executions of the instance left the store's backlog.
    mutating func unstored(_ instance: String, _ count: Int) {
        let left = max(0, (storedBacklog[instance] ?? 0) - count)
        storedBacklogTotal = max(0, storedBacklogTotal - count)
        storedBacklog[instance] = left == 0 ? nil : left
    }
}
