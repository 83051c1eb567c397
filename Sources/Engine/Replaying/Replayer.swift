import Alerting
import Definitions
import Embedding
import Kernel
import Model
import StorePort

/// Lets one execution go on from its failed step, or runs it again.
struct Replayer: Sendable {
    let engine: Engine

    /// Entries that a replay copies at most, and their bytes.
    static let copiedEntries = 50_000
    static let copiedBytes = 32 << 20

    /// A source as it is read for planning.
    struct Source: Sendable {
        var head: StoredExecution
        var input: StartInput
        var workflow: DeployedWorkflow
        /// What its instance knows; nil for the account's own.
        var setting: InstanceSetting?
        /// What it knew to be secret.
        var known: KnownSecrets

        func context() -> ExecutionContext {
            ExecutionContext(head, input, setting)
        }
    }

    func source(_ id: ExecutionID) async throws(Problem) -> Source {
        let head = try await stored { () throws(StoreError) in
            try await engine.store.execution(id)
        }
        guard let head else { throw ReplayFault.noSuchExecution.problem("\(id) is gone") }
        let workflow = try await stored { () throws(StoreError) in
            try await engine.deployedWorkflow(for: head)
        }
        let id = head.id
        let instance = ObjectID(.instance, head.instance)
        let known =
            if let instance { await engine.directory.knownSecrets(of: instance) } else {
                engine.accountSecrets
            }
        guard let workflow, let input = try engine.input(of: head, known) else {
            throw ReplayFault.unreadable.problem(
                "the definition that \(id) ran on, or its input, cannot be loaded"
            )
        }
        let setting =
            head.instance.isEmpty ? nil : try await engine.directory.setting(head.instance)
        if let setting { known.keep(setting.known) }
        return Source(
            head: head,
            input: input,
            workflow: workflow,
            setting: setting,
            known: known,
        )
    }

    func timeline(_ source: Source) async throws(Problem) -> Timeline {
        let journal = try await stored { () throws(StoreError) in
            try await engine.store.journal(source.head.id)
        }
        let bytes = journal.reduce(0) { $0 + $1.payload.count }
        guard journal.count <= Self.copiedEntries, bytes <= Self.copiedBytes else {
            throw ReplayFault.tooLarge.problem(
                "its journal has \(journal.count) entries of \(bytes) bytes; a replay copies at"
                    + " most \(Self.copiedEntries) of \(Self.copiedBytes)"
            )
        }
        var timeline = Timeline()
        for entry in journal {
            do throws(Problem) {
                timeline.add(try engine.event(entry, of: source.head.id, source.known))
            } catch {
                throw ReplayFault.unreadable.problem(error.detail ?? "an entry cannot be read")
            }
        }
        return timeline
    }

    func rewind(
        _ source: Source,
        _ timeline: Timeline,
        from start: Rewind.Start,
    ) throws(Problem) -> Rewind {
        do throws(ReplayRefusal) {
            return try Rewind.plan(
                timeline,
                from: start,
                definition: source.workflow.definition,
                context: source.context(),
                limits: engine.deployment.project.account.limits,
            )
        } catch {
            throw error.problem
        }
    }

    // MARK: Resume

    /// From where it would go on.
    func planResume(_ id: ExecutionID) async throws(Problem) -> (Source, Timeline, Rewind) {
        let source = try await source(id)
        guard source.head.status == .finished, let reason = source.head.reason else {
            throw ReplayFault.notFinished.problem(
                "\(id) is \(source.head.status.rawValue) and goes on by itself"
            )
        }
        guard !reason.isSuccess else {
            throw ReplayFault.nothingFailed.problem(
                "\(id) ended as \(reason.rawValue); replay it to run it again"
            )
        }
        let timeline = try await timeline(source)
        return (source, timeline, try rewind(source, timeline, from: .failedStep))
    }

    /// - Parameter records: Change in the same transaction.
    func resume(
        _ id: ExecutionID,
        by author: String,
        records: @Sendable (Source) -> [RecordChange],
    ) async throws(Problem) -> StoredExecution {
        let (source, timeline, rewind) = try await planResume(id)
        guard let finishedAt = source.head.finishedAt else {
            throw ReplayFault.notFinished.problem("\(id) has no end")
        }
        let now = engine.clock.now()
        let event = Event.resumed(rewind.resumption(at: now, by: author))
        let changes = records(source)
        let reopening = Reopening(
            id: id,
            finishedAt: finishedAt,
            entries: [JournalEntry(sequence: timeline.count, payload: event.encoded())],
            records: changes.isEmpty ? nil : RecordWrite(changes, now: now),
        )
        let result: ReopenResult
        do throws(StoreError) { result = try await engine.store.reopen(reopening) } catch {
            switch error {
            case .notFound, .corrupt: throw Self.tooLate(id)
            default: throw StartRefusal.storeUnavailable("\(error)").problem
            }
        }
        guard case .reopened(let head) = result else { throw Self.tooLate(id) }
        engine.reopened(head)
        return head
    }

    private static func tooLate(_ id: ExecutionID) -> Problem {
        ReplayFault.cameTooLate.problem("somebody resumed or deleted \(id) in between")
    }

    // MARK: Replay

    /// What starts the replay; its beginning is checked when it is made, as for a dry run here.
    func request(
        _ id: ExecutionID,
        _ order: ReplayOrder,
        by author: String,
        key: String?,
    ) async throws(Problem) -> (request: StartRequest, source: Source, rewind: Rewind?) {
        let source = try await source(id)
        guard source.head.status == .finished || order.unfinished else {
            throw ReplayFault.sourceUnfinished.problem(
                "\(id) is \(source.head.status.rawValue); say `unfinished` to run it beside itself"
            )
        }
        let trigger = try patched(source, order)
        var request = try await request(source, order, trigger: trigger)
        request.known = source.known
        request.alert = source.input.alert
        request.correlationID = source.head.correlationID
        request.idempotencyKey = key
        request.lineage = Lineage(
            replayOf: id,
            root: source.head.root ?? id,
            isSole: !order.again,
        )
        if order.keys == .same {
            request.keysOf = source.input.keysOf ?? id
            do throws(ReplayRefusal) {
                try CopiedBeginning.keepsKeys(
                    source.workflow.definition,
                    request.workflow.definition,
                )
            } catch {
                throw error.problem
            }
        }
        var rewind: Rewind?
        switch order.start {
        case .beginning: break
        case .failedStep:
            rewind = try self.rewind(source, try await timeline(source), from: .failedStep)
        case .step(let name):
            rewind = try self.rewind(source, try await timeline(source), from: .step(name))
        }
        if let rewind { request.beginning = beginning(rewind, source, request, by: author) }
        return (request, source, rewind)
    }

    private func beginning(
        _ rewind: Rewind,
        _ source: Source,
        _ request: StartRequest,
        by author: String,
    ) -> @Sendable (StoredExecution, StartInput) -> Result<[Event], Problem> {
        let limits = engine.deployment.project.account.limits
        let now = engine.clock.now()
        let definition = request.workflow.definition
        return { head, input in
            do throws(ReplayRefusal) {
                return .success(
                    try CopiedBeginning.make(
                        rewind,
                        of: source.workflow.definition,
                        on: definition,
                        context: ExecutionContext(head, input, source.setting),
                        limits: limits,
                        at: now,
                        by: author,
                    )
                )
            } catch {
                return .failure(error.problem)
            }
        }
    }

    /// The workflow with the configuration that it then had, or what is there now.
    private func request(
        _ source: Source,
        _ order: ReplayOrder,
        trigger: JSONValue,
    ) async throws(Problem) -> StartRequest {
        let head = source.head
        switch order.definition {
        case .pinned:
            var request = StartRequest(
                workflow: DeployedWorkflow(
                    definition: source.workflow.definition,
                    config: source.input.config,
                    solutionVersion: source.input.solutionVersion,
                ),
                instance: head.instance,
                trigger: trigger,
            )
            if !source.input.instance.isNull {
                request.facts = InstanceFacts(
                    instance: source.input.instance,
                    user: source.input.user,
                )
            }
            return request
        case .latest where head.instance.isEmpty:
            let name = head.solution.map { "\($0)/\(head.workflow)" } ?? head.workflow
            guard let workflow = engine.deployment.workflows[name] else {
                throw ReplayFault.noLatest.problem("no workflow is called \(name) now")
            }
            return StartRequest(workflow: workflow, trigger: trigger)
        case .latest:
            return try await engine.directory.start(
                instance: head.instance,
                workflow: head.workflow,
                trigger: trigger,
            )
        }
    }

    private func patched(_ source: Source, _ order: ReplayOrder) throws(Problem) -> JSONValue {
        var trigger = source.input.trigger
        // It comes from outside: a credential may not come back with it.
        if let patch = order.triggerPatch {
            trigger = trigger.merged(with: source.known.cleaned(patch))
        }
        guard let patch = order.inputPatch.map(source.known.cleaned) else { return trigger }
        guard var object = trigger.objectValue else {
            throw ReplayFault.badRequest.problem("its trigger has no input that can be patched")
        }
        var member = "input"
        if case .webhook = source.workflow.definition.trigger { member = "body" }
        object[member] = (object[member] ?? .null).merged(with: patch)
        if member == "body", let schema = source.workflow.definition.trigger.input {
            let violations = schema.validate(object[member] ?? .null)
            if let first = violations.first {
                throw ReplayFault.badRequest.problem(
                    "the patched body does not match the webhook's schema: \(first.message)"
                )
            }
        }
        return .object(object)
    }

    func stored<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(Problem) -> Value {
        do throws(StoreError) { return try await body() } catch {
            throw StartRefusal.storeUnavailable("\(error)").problem
        }
    }
}

extension ExecutionContext {
    /// What a runner makes of a head and its input.
    init(_ head: StoredExecution, _ input: StartInput, _ setting: InstanceSetting?) {
        self.init(
            id: head.id,
            trigger: input.trigger,
            config: setting?.config(input.config) ?? input.config,
            execution: ExecutionFactsObject.make(head, input),
            instance: input.instance,
            user: input.user,
        )
    }
}

extension Engine {
    /// A finished execution was queued again: it is taken at the next claim.
    func reopened(_ head: StoredExecution) {
        state.withLock { state in
            state.storedBacklog[head.instance, default: 0] += 1
            state.storedBacklogTotal += 1
            state.storeIsEmpty = false
        }
        claims.continuation.yield()
    }
}
