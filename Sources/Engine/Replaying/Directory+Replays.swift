import Alerting
import Embedding
import Kernel
import Model
import StorePort

extension Directory {
    /// Which executions a replay is about: exactly one of the three.
    package enum ReplaySelector: Sendable {
        case ids([ExecutionID])
        case filter(ExecutionQuery)
        case issue(ObjectID)

        /// Ids named in one request.
        package static let idsMax = 1_000
    }

    /// A job of so few executions shows them all.
    package static let replayItemsShown = ReplayWork.inlineMax

    // MARK: One

    /// Lets an execution go on from its failed step.
    package func resumeExecution(
        _ id: ExecutionID,
        by actor: Actor,
    ) async throws(Problem) -> ExecutionView {
        _ = try await seen(id, by: actor)
        let head = try await Replayer(engine: engine).resume(id, by: author(actor)) { source in
            [resumeAudit(id, source, by: actor)]
        }
        return ExecutionView(head)
    }

    private func resumeAudit(
        _ id: ExecutionID,
        _ source: Replayer.Source,
        by actor: Actor,
    ) -> RecordChange {
        audit(
            "execution.resume",
            AuditRecord.Target(kind: "execution", id: id.description),
            by: actor,
            owner: source.setting?.instance.endUser,
            before: ["reason": .string(source.head.reason?.rawValue ?? "")],
            after: ["resumed": .integer(Int64(source.head.resumed + 1))],
        )
    }

    /// How the actor is named in journals and jobs.
    func author(_ actor: Actor) -> String { actor.id.isEmpty ? actor.role.rawValue : actor.id }

    /// The head, when the execution is there for the actor.
    private func seen(_ id: ExecutionID, by actor: Actor) async throws(Problem) -> StoredExecution {
        let head = try await stored { () throws(StoreError) in try await store.execution(id) }
        // Somebody else's costs what none costs.
        let isSeen = try await isSeen(instance: head?.instance ?? "", by: actor)
        guard let head, isSeen else {
            throw ReplayFault.noSuchExecution.problem("no execution is called \(id)")
        }
        return head
    }

    private func isSeen(instance text: String, by actor: Actor) async throws(Problem) -> Bool {
        if case .all = actor.scope { return true }
        let id = ObjectID(.instance, text) ?? ObjectID(.instance, rawValue: 0)
        return try await instance(id, scope: Self.scope(actor)) != nil
    }

    // MARK: Many

    /// What an end user may ask for: one's own, as they were.
    func check(
        _ order: ReplayOrder,
        _ selector: ReplaySelector,
        by actor: Actor,
    ) throws(Problem) {
        guard actor.reader == .client else { return }
        var isPlain = order.definition == .pinned && order.keys == .same && !order.isPatched
        if case .step = order.start { isPlain = false }
        if case .issue = selector { isPlain = false }
        guard isPlain else {
            throw EmbeddingFault.notPermitted.problem(
                detail: "an end user repeats executions as they were"
            )
        }
    }

    /// Oldest first.
    func selected(
        _ selector: ReplaySelector,
        by actor: Actor,
    ) async throws(Problem) -> [ExecutionID] {
        var ids: Set<ExecutionID> = []
        switch selector {
        case .ids(let given):
            for id in given { ids.insert(try await seen(id, by: actor).id) }
        case .filter(var query):
            if actor.scope != .all {
                guard let name = query.instance, try await isSeen(instance: name, by: actor) else {
                    throw Access.absent
                }
            }
            query.limit = 500
            query.includesBodies = false
            while true {
                let page = try await stored { [query] () throws(StoreError) in
                    try await store.executions(query)
                }
                ids.formUnion(page.map(\.id))
                guard page.count == 500, ids.count <= ReplayJob.itemsMax else { break }
                query.before = page.last?.id
            }
        case .issue(let issue):
            var after: String?
            repeat {
                let page: [Failure] = try await page(
                    RecordQuery(
                        kind: .failure,
                        scope: Self.scope(actor),
                        labels: ["issue": issue.description],
                        after: after,
                        limit: 1_000,
                    )
                )
                ids.formUnion(page.compactMap(\.execution))
                after = page.count == 1_000 ? page.last?.id.description : nil
            } while after != nil && ids.count <= ReplayJob.itemsMax
        }
        guard !ids.isEmpty else {
            throw ReplayFault.nothingSelected.problem("no execution matches")
        }
        guard ids.count <= ReplayJob.itemsMax else {
            throw ReplayFault.tooMany.problem(
                "more than \(ReplayJob.itemsMax) executions match; narrow the filter"
            )
        }
        return ids.sorted()
    }

    /// Makes the job; one of few executions is worked on before this returns.
    package func createReplay(
        _ selector: ReplaySelector,
        _ given: ReplayOrder,
        by actor: Actor,
    ) async throws(Problem) -> ReplayJob {
        try check(given, selector, by: actor)
        let ids = try await selected(selector, by: actor)
        let open = try await stored { () throws(StoreError) in
            try await store.countRecords(.replay, scope: .account, labels: ["open": "yes"])
        }
        guard open < ReplayJob.openMax else {
            throw ReplayFault.tooManyJobs.problem(
                "\(open) replays are under way, the most there is"
            )
        }
        let id = newID(.replay)
        var order = given
        if let patches = order.patches {
            order.sealedPatches = try engine.vault.seal(
                JSONWriter.bytes(patches),
                context: ReplayWork.context(id),
            )
        }
        let job = ReplayJob(
            id: id,
            createdAt: now,
            author: author(actor),
            user: actor.endUser,
            order: order,
            total: ids.count,
        )
        let items = ids.map { ReplayItem(replay: job.id, source: $0) }
        // The job comes last: what a crash leaves before it is never worked on.
        for start in stride(from: 0, to: items.count, by: 500) {
            let part = items[start..<min(start + 500, items.count)]
            _ = try await write(part.map { .put(Self.put($0, owner: job.owner)) })
        }
        let isSmall = items.count <= ReplayWork.inlineMax
        let due = isSmall ? now + ReplayWork.hide : now
        let change = RecordChange.put(Self.put(job, dueAt: due, expected: .absent))
        _ = try await write([change, replayAudit("replay.create", job, by: actor)])
        if isSmall { await ReplayWork(engine: engine, id: job.id).run() }
        return try await replay(job.id, by: actor)
    }

    private func replayAudit(_ action: String, _ job: ReplayJob, by actor: Actor) -> RecordChange {
        audit(
            action,
            AuditRecord.Target(kind: "replay", id: job.id.description),
            by: actor,
            owner: job.user,
            before: nil,
            after: .object(job.view(for: .partner)),
        )
    }

    package func replay(_ id: ObjectID, by actor: Actor) async throws(Problem) -> ReplayJob {
        let found: (document: ReplayJob, record: Record)? = try await find(
            .replay,
            id.description,
            Self.scope(actor),
        )
        guard let found else { throw Access.absent }
        return found.document
    }

    /// Newest first.
    package func replays(
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [ReplayJob] {
        try await page(
            RecordQuery(
                kind: .replay,
                scope: Self.scope(actor),
                after: after?.description,
                limit: limit,
                newestFirst: true,
            )
        )
    }

    /// In the order of the executions' creation; `after` is the execution behind which it begins.
    package func replayItems(
        _ id: ObjectID,
        state: ReplayItem.State?,
        after: ExecutionID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [ReplayItem] {
        var labels = ["replay": id.description]
        labels["state"] = state?.rawValue
        return try await page(
            RecordQuery(
                kind: .replayItem,
                scope: Self.scope(actor),
                labels: labels,
                after: after.map { ReplayItem(replay: id, source: $0).id },
                limit: limit,
            )
        )
    }

    /// Pauses, resumes or cancels a job. What it has begun goes on.
    package func changeReplay(
        _ id: ObjectID,
        to state: ReplayJob.State,
        by actor: Actor,
    ) async throws(Problem) -> ReplayJob {
        for _ in 0..<Self.tries {
            let found: (document: ReplayJob, record: Record)? = try await find(
                .replay,
                id.description,
                Self.scope(actor),
            )
            guard var job = found?.document, let version = found?.record.version else {
                throw Access.absent
            }
            if job.state == state { return job }
            guard job.change(to: state, at: now) else {
                throw ReplayFault.jobEnded.problem("it is \(job.state.rawValue)")
            }
            let due = ReplayWork.due(job, now: now, engine)
            let put = RecordChange.put(Self.put(job, dueAt: due, expected: .version(version)))
            let audit = replayAudit("replay.\(state.rawValue)", job, by: actor)
            if try await write([put, audit]).isDone { return job }
        }
        throw Self.busy()
    }

    static func put(
        _ job: ReplayJob,
        dueAt: Timestamp?,
        expected: RecordExpectation,
    ) -> RecordPut {
        RecordPut(
            kind: .replay,
            id: job.id.description,
            owner: job.owner,
            document: JSONWriter.bytes(job.json),
            labels: job.state.isOpen ? ["open": "yes"] : [:],
            dueAt: dueAt,
            expected: expected,
        )
    }

    static func put(_ item: ReplayItem, owner: String) -> RecordPut {
        RecordPut(
            kind: .replayItem,
            id: item.id,
            owner: owner,
            document: JSONWriter.bytes(item.json),
            labels: ["replay": item.replay.description, "state": item.state.rawValue],
        )
    }
}
