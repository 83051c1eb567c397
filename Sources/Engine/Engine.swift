import ConnectorKit
import Definitions
import Kernel
import Logging
import Model
import ServiceLifecycle
import StorePort
import Synchronization

/// Takes starts, runs executions, and keeps every promise of the durability contract: an accepted
/// start is durable, an outcome is journaled before what follows from it begins, and whatever a
/// crash interrupted goes on at the next start.
///
/// The state of one execution lives in its ``Runner``; here is only what they share.
package final class Engine: Service, Sendable {
    package let clock: any EngineClock
    let store: any Store
    let configuration: EngineConfiguration
    let secrets: any SecretSource
    package let vault: Vault
    /// The client side of OAuth; nil where no connectors are.
    let tokenService: (any TokenService)?
    let keeper: TokenKeeper
    let zones = ZoneFiles()
    /// When the watch over schedules began.
    var startedAt: Timestamp { state.withLock { $0.startedAt } }
    let logger: Logger
    /// What ``logger`` writes through, when the program made it so.
    let logDoor: LogDoor
    /// Parses a stored definition again; nil when it is no longer valid.
    let reload: @Sendable (StoredDefinition) -> WorkflowDefinition?
    let timers: Timers
    let watchers = Watchers()
    let connections = ConnectionTable()
    let random: any RandomSource
    let state: Mutex<EngineState>
    /// By `connector.operation`.
    let operations = Mutex<[String: ReadyOperation]>([:])
    /// Connectors whose triggers are polled, by name.
    let pollers = Mutex<[String: any PollingConnector]>([:])
    /// Connectors whose services send what is new, by name.
    let pushers = Mutex<[String: any PushingConnector]>([:])
    private let readiness = AsyncStream<Bool>.makeStream(bufferingPolicy: .bufferingNewest(1))
    /// Asks for a look into the store.
    let claims = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    /// Asks for a round of the error plane.
    let alertingWake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let capabilityKey = Mutex<[UInt8]>([])

    package init(
        store: any Store,
        connectors: ConnectorRegistry,
        configuration: EngineConfiguration = EngineConfiguration(),
        clock: any EngineClock = SystemClock(),
        secrets: any SecretSource,
        vault: Vault,
        tokens: (any TokenService)? = nil,
        random: any RandomSource = SystemRandom(),
        logger: Logger,
        logDoor: LogDoor = LogDoor(),
        reload: @escaping @Sendable (StoredDefinition) -> WorkflowDefinition? = { _ in nil },
    ) {
        self.store = store
        self.configuration = configuration
        self.clock = clock
        self.secrets = secrets
        self.vault = vault
        self.random = random
        self.logger = logger
        self.logDoor = logDoor
        self.reload = reload
        timers = Timers(clock: clock)
        state = Mutex(EngineState(deployment: Deployment(project: ProjectDefinition())))
        tokenService = tokens
        let custody = StoredTokens()
        keeper = TokenKeeper(custody: custody, clock: clock)
        custody.attach(self)
        use(connectors)
    }

    /// Replaces the connectors; attempts in flight keep theirs.
    package func use(_ connectors: ConnectorRegistry) {
        var ready: [String: ReadyOperation] = [:]
        var polled: [String: any PollingConnector] = [:]
        var pushed: [String: any PushingConnector] = [:]
        for connector in connectors.connectors {
            if let poller = connector as? any PollingConnector {
                polled[poller.spec.name] = poller
            }
            if let pusher = connector as? any PushingConnector {
                pushed[pusher.spec.name] = pusher
            }
            for spec in connector.spec.operations {
                let parameters: JSONSchema
                do {
                    parameters = try JSONSchema.compile(spec.parameters)
                } catch {
                    logger.error(
                        "\(connector.spec.name).\(spec.name): its schema is wrong: \(error)"
                    )
                    continue
                }
                ready["\(connector.spec.name).\(spec.name)"] = ReadyOperation(
                    connector: connector,
                    spec: spec,
                    parameters: parameters,
                )
            }
        }
        operations.withLock { [ready] in $0 = ready }
        pollers.withLock { [polled] in $0 = polled }
        pushers.withLock { [pushed] in $0 = pushed }
    }

    package var deployment: Deployment { state.withLock { $0.deployment } }

    /// True while starts are taken.
    package var isReady: Bool { state.withLock { $0.phase == .running } }

    var workerID: WorkerID? { state.withLock { $0.worker?.id } }
    var attempts: AttemptPerformer { AttemptPerformer(engine: self) }
    var children: ChildPerformer { ChildPerformer(engine: self) }

    /// Makes a project what new executions start with; running ones keep their definitions.
    package func deploy(_ project: ProjectDefinition) async throws(StoreError) {
        try await keepDefinitions(of: project)
        try await directory.keepVersions(of: project)
        activate(project)
    }

    /// Writes the sources of a project's workflows under their digests: nothing sees them before
    /// something refers to them.
    func keepDefinitions(of project: ProjectDefinition) async throws(StoreError) {
        let definitions = project.workflows.map { workflow in
            StoredDefinition(
                digest: workflow.digest,
                workflow: workflow.name,
                solution: workflow.solution,
                source: workflow.source,
            )
        }
        if !definitions.isEmpty { try await store.putDefinitions(definitions) }
    }

    /// The project from now on, in this process; its definitions and versions are kept already.
    func activate(_ project: ProjectDefinition) {
        let deployment = Deployment(project: project)
        let secrets = secrets(of: project)
        logDoor.begin(with: secrets)
        let known = KnownSecrets(secrets)
        state.withLock { state in
            state.deployment = deployment
            state.known = known
            state.instanceSecrets = [:]
            state.queue.limits = FairQueue<Admission>.Limits(
                total: project.account.limits.concurrency,
                perInstance: project.account.limits.concurrencyPerInstance,
            )
        }
    }

    // MARK: Life

    /// Runs until graceful shutdown: then starts are refused, attempts in flight finish or, after
    /// the drain time, are handed back, and every claim is given up.
    package func run() async throws {
        defer { readiness.continuation.finish() }
        let (admissions, continuation) = AsyncStream<Runner>.makeStream()
        let worker = try await store.register(now: clock.now(), lease: configuration.lease)
        try await prepareCapabilityKey()
        let counts = try await store.counts()
        state.withLock { state in
            state.begin(worker: worker, counts: counts, admissions: continuation)
            state.startedAt = clock.now()
        }
        readiness.continuation.yield(true)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.timers.run() }
                group.addTask { await self.keepAlive() }
                group.addTask { await self.claimWork() }
                group.addTask { await self.pollStore() }
                group.addTask { await self.retain() }
                group.addTask { await self.runTriggers() }
                group.addTask { await self.runAlerting() }
                group.addTask { await self.beat() }
                group.addTask { await self.reconcile() }
                group.addTask { await self.runReplays() }
                group.addTask { await self.lookAfterAuthentications() }
                group.addTask { await self.settleConnections() }
                group.addTask { await self.tendConnections() }
                pump()
                for await runner in admissions { group.addTask { await runner.run() } }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.drain()
        }
        await keeper.close()
        if let id = workerID {
            do {
                try await store.leave(id)
            } catch {
                logger.error("could not give claims back; they run out by themselves: \(error)")
            }
        }
    }

    /// Refuses starts and asks every runner to come to rest.
    private func drain() {
        let runners = state.withLock { $0.drain() }
        for runner in runners { runner.mailbox.send(.drain) }
        endIfDrained()
        let deadline = Timestamp(
            milliseconds: clock.now().milliseconds + configuration.drain.milliseconds
        )
        _ = timers.schedule(at: deadline) { [weak self] in
            for runner in self?.state.withLock({ Array($0.runners.values) }) ?? [] {
                runner.mailbox.send(.stop)
            }
        }
    }

    /// Returns when starts are taken, or never will be.
    package func untilReady() async {
        for await isReady in readiness.stream where isReady { return }
    }

    private func endIfDrained() {
        let admissions = state.withLock { $0.admissionsWhenDrained() }
        admissions?.finish()
    }

    // MARK: Runners

    /// Lets begin what may begin.
    func pump() {
        while true {
            let next = state.withLock { state -> (Admission, AsyncStream<Runner>.Continuation?)? in
                guard let admission = state.queue.next() else { return nil }
                if case .begin(let runner) = admission {
                    state.residentBytes -= runner.inputBytes
                    if state.wantsWork { claims.continuation.yield() }
                }
                return (admission, state.admissions)
            }
            switch next {
            case .none: return
            case .some((.begin(let runner), let admissions)): admissions?.yield(runner)
            case .some((.resume(let continuation), _)): continuation.resume()
            }
        }
    }

    /// The runner has nothing to run: its slot is free.
    func goneIdle(_ runner: Runner) {
        state.withLock { state in
            state.queue.release(runner.lane)
            state.idle += 1
        }
        pump()
    }

    /// Waits for a slot, before all that have not begun yet.
    func resume(_ runner: Runner) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.idle -= 1
                state.queue.add(
                    .resume(continuation),
                    lane: runner.lane,
                    limit: runner.workflow.definition.concurrency,
                    first: true,
                )
            }
            pump()
        }
    }

    /// An idle runner ended without being resumed: it holds no slot any more.
    func idleEnded(_ runner: Runner) {
        state.withLock { state in
            state.idle -= 1
            state.runners[runner.id] = nil
        }
        endIfDrained()
    }

    func runnerEnded(_ runner: Runner) {
        state.withLock { state in
            state.runners[runner.id] = nil
            state.queue.release(runner.lane)
        }
        pump()
        endIfDrained()
    }

    /// Called before the runner ends, after its outcome is durable.
    ///
    /// - Parameters:
    ///   - outcome: as everybody may read it.
    ///   - result: as it was written.
    func finished(_ runner: Runner, outcome: Outcome, result: [UInt8], head: StoredExecution) {
        state.withLock { $0.finishedByReason[outcome.reason, default: 0] += 1 }
        tellErrorPlane(runner, outcome)
        let at = clock.now()
        watchers.finished(
            {
                var head = head
                head.status = .finished
                head.reason = outcome.reason
                head.finishedAt = at
                head.problem = outcome.problem?.type
                head.heldBy = nil
                head.result = result
                return ExecutionView(head)
            }(),
            for: runner.id,
        )
        if let problem = outcome.problem {
            logger.warning(
                "execution ended: \(outcome.reason.rawValue)",
                metadata: [
                    "execution": "\(runner.id)", "workflow": "\(runner.workflow.qualifiedName)",
                    "problem": "\(problem.type.rawValue)", "step": "\(problem.path ?? "")",
                    "detail": "\(problem.detail ?? "")",
                ],
            )
        }
    }

    func storeFailed(_ reason: String, execution: ExecutionID) {
        logger.critical(
            "the store cannot write; trying again: \(reason)",
            metadata: ["execution": "\(execution)"],
        )
    }

    func lostExecution(_ id: ExecutionID, _ error: StoreError) {
        logger.error(
            "this execution is no longer ours: \(error)",
            metadata: ["execution": "\(id)"],
        )
    }

    // MARK: Capabilities

    private func prepareCapabilityKey() async throws(StoreError) {
        let key = try await store.putSettingIfAbsent("capability_key", StatusCapability.newKey())
        capabilityKey.withLock { $0 = key }
    }

    /// What a status URL carries instead of an admin token: bound to this execution alone.
    package func statusCapability(for id: ExecutionID) -> String {
        StatusCapability.make(for: id, key: capabilityKey.withLock { $0 })
    }

    /// What the address of a trigger carries: bound to one subscription.
    func eventsCapability(of trigger: String, generation: Int) -> String {
        StatusCapability.make(
            "events:\(trigger):\(generation)",
            key: capabilityKey.withLock { $0 },
        )
    }

    /// Compares in constant time.
    func isEventsCapability(_ text: String, of trigger: String, generation: Int) -> Bool {
        StatusCapability.isEqual(text, eventsCapability(of: trigger, generation: generation))
    }

    /// Compares in constant time.
    package func isStatusCapability(_ text: String, for id: ExecutionID) -> Bool {
        StatusCapability.matches(text, id: id, key: capabilityKey.withLock { $0 })
    }

    package func setting(_ name: String) async throws(StoreError) -> [UInt8]? {
        try await store.setting(name)
    }

    package func putSettingIfAbsent(
        _ name: String,
        _ value: [UInt8],
    )
        async throws(StoreError) -> [UInt8]
    {
        try await store.putSettingIfAbsent(name, value)
    }
}
