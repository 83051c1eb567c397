import Kernel
import Model
import StorePort

extension Engine {
    func pause(_ span: TimeSpan) async -> Bool {
        let deadline = Timestamp(milliseconds: clock.now().milliseconds + span.milliseconds)
        do {
            try await clock.sleep(until: deadline)
            return true
        } catch {
            return false
        }
    }

    /// Keeps this worker's claims. A worker that was given up drops what it runs and joins anew.
    func keepAlive() async {
        while await pause(configuration.heartbeat) {
            guard let worker = workerID else { return }
            do throws(StoreError) {
                try await store.heartbeat(
                    worker,
                    now: clock.now(),
                    lease: configuration.lease,
                )
            } catch {
                switch error {
                case .leaseLost, .notFound: await rejoin()
                case .closed: return
                case .unavailable, .corrupt:
                    logger.critical("the heartbeat failed: \(error)")
                }
            }
        }
    }

    private func rejoin() async {
        logger.critical("this worker was given up; what it ran goes on elsewhere")
        let runners = state.withLock { Array($0.runners.values) }
        for runner in runners { runner.mailbox.send(.abandon) }
        do throws(StoreError) {
            let worker = try await store.register(now: clock.now(), lease: configuration.lease)
            state.withLock { state in
                state.worker = worker
                state.identifiers = IdentifierSource(worker: worker.number)
            }
        } catch {
            logger.critical("could not join again: \(error)")
        }
    }

    /// Takes what nobody holds: left by a crash, waiting in the backlog, or woken by time.
    func claimWork() async {
        for await _ in claims.stream {
            while await claimBatch() {}
        }
    }

    /// Looks for what came without this process: work, signals, counts.
    func pollStore() async {
        repeat {
            state.withLock { $0.storeIsEmpty = false }
            claims.continuation.yield()
            await hearSignals()
            await refreshBacklog()
        } while await pause(configuration.poll)
    }

    /// True when there may be more.
    private func claimBatch() async -> Bool {
        let room = state.withLock { state in
            state.phase == .running && state.residentBytes < Engine.residentBytesLimit
                ? Engine.residentQueueLimit - state.queue.waiting : 0
        }
        guard room > 0, let worker = workerID else { return false }
        let limit = min(64, room)
        do throws(StoreError) {
            let claimed = try await store.claim(
                worker,
                now: clock.now(),
                limit: limit,
                perInstance: max(1, limit / 4),
            )
            for head in claimed { await begin(head) }
            if claimed.isEmpty { state.withLock { $0.storeIsEmpty = true } }
            return !claimed.isEmpty
        } catch {
            logger.error("could not claim work: \(error)")
            return false
        }
    }

    /// Makes a runner for an execution that was just claimed.
    func begin(_ head: StoredExecution) async {
        if head.status == .queued { state.withLock { $0.unstored(head.instance, 1) } }
        do throws(StoreError) {
            let journal = try await store.journal(head.id)
            let workflow = try await deployedWorkflow(for: head)
            let known = accountSecrets
            var refusal: Problem? = workflow == nil ? .missingDefinition(head.digest) : nil
            var input = StartInput(trigger: .null, config: .null, solutionVersion: nil)
            do throws(Problem) {
                input = try self.input(of: head, known) ?? input
            } catch {
                refusal = error
            }
            var start = RunnerStart(
                head: head,
                input: input,
                journal: journal,
                isRecovered: true,
                refusal: refusal,
            )
            if head.status == .waiting { start.parkings = try await parkings(of: head.id) }
            enqueue(
                Runner(
                    id: head.id,
                    workflow: workflow ?? .missing(head),
                    instance: head.instance,
                    start: start,
                    known: known,
                    engine: self,
                )
            )
        } catch {
            logger.error(
                "could not read a claimed execution; its claim runs out: \(error)",
                metadata: ["execution": "\(head.id)"],
            )
        }
    }

    /// The definition that the execution began with, from the deployment or from the store.
    func deployedWorkflow(
        for head: StoredExecution
    )
        async throws(StoreError) -> DeployedWorkflow?
    {
        try await workflow(solution: head.solution, name: head.workflow, digest: head.digest)
    }

    /// A workflow of any version that was ever deployed.
    func workflow(
        solution: String?,
        name: String,
        digest: String,
    ) async throws(StoreError) -> DeployedWorkflow? {
        let qualified = solution.map { "\($0)/\(name)" } ?? name
        let current = deployment.workflows[qualified]
        if let current, current.definition.digest == digest { return current }
        if let known = state.withLock({ $0.earlier[digest] }) { return known }
        guard let stored = try await store.definition(digest: digest),
            let definition = reload(stored)
        else { return nil }
        let workflow = DeployedWorkflow(
            definition: definition,
            config: current?.config ?? .object(JSONObject()),
            solutionVersion: nil,
        )
        state.withLock { $0.earlier[digest] = workflow }
        return workflow
    }

    private func hearSignals() async {
        guard let worker = workerID else { return }
        do throws(StoreError) {
            for signal in try await store.signals(for: worker) {
                switch signal {
                case .cancelRequested(let id):
                    let actor = try await store.execution(id)?.cancelRequestedBy
                    await deliverCancel(id, by: actor ?? "unknown")
                case .childFinished(_, let child):
                    guard let view = try await execution(child) else { continue }
                    watchers.finished(view, for: child)
                }
            }
        } catch {
            logger.error("could not read signals: \(error)")
        }
    }

    /// Tells the runner, when it runs here; otherwise claims it, so that it ends now.
    func deliverCancel(_ id: ExecutionID, by actor: String) async {
        if let runner = state.withLock({ $0.runners[id] }) {
            runner.mailbox.send(.event(.cancelRequested(at: clock.now(), by: actor)))
            return
        }
        guard let worker = workerID else { return }
        do throws(StoreError) {
            guard let head = try await store.claim(id, by: worker, now: clock.now()) else {
                return
            }
            await begin(head)
        } catch {
            logger.error("could not cancel: \(error)", metadata: ["execution": "\(id)"])
        }
    }

    /// The store's own count corrects what this process kept.
    private func refreshBacklog() async {
        do throws(StoreError) {
            let counts = try await store.counts()
            state.withLock { state in
                guard state.creating == 0 else { return }
                state.storedBacklog = counts.queuedByInstance
                state.storedBacklogTotal = counts.queued
            }
        } catch {
            logger.error("could not count the backlog: \(error)")
        }
    }

    /// Deletes what is older than the account keeps, a little at a time.
    func retain() async {
        while await pause(configuration.retentionInterval) {
            let kept = deployment.project.account.retention.executions
            let now = clock.now()
            let before = Timestamp(milliseconds: now.milliseconds - kept.milliseconds)
            do throws(StoreError) {
                let batch = configuration.retentionBatch
                while try await store.prune(finishedBefore: before, limit: batch) == batch {
                    guard await pause(TimeSpan(milliseconds: 20)) else { return }
                }
                while try await store.pruneValues(now: now, limit: batch) == batch {
                    guard await pause(TimeSpan(milliseconds: 20)) else { return }
                }
            } catch {
                logger.error("retention failed; it goes on later: \(error)")
            }
        }
    }
}
