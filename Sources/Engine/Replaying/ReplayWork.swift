import Alerting
import Embedding
import Kernel
import Model
import StorePort

/// One turn of one replay job: as many executions as begin in a second.
///
/// A turn that dies comes due again. What it had begun is found by then: a replay by the idempotency
/// key made from job and source, a resume by the item that was written with it.
struct ReplayWork: Sendable {
    let engine: Engine
    let id: ObjectID

    /// Longer than a turn may take.
    static let hide = TimeSpan(milliseconds: 120_000)
    /// Jobs of so few executions are worked on at once when they are asked for.
    static let inlineMax = 20

    /// Refusals of a start that say: not now.
    private static let later: Set<String> = ["B2001", "B2002", "B2004"]

    private var directory: Directory { engine.directory }

    /// When a job is to be looked at again; an ended one is deleted then.
    static func due(_ job: ReplayJob, now: Timestamp, _ engine: Engine) -> Timestamp? {
        switch job.state {
        case .running: now + TimeSpan(milliseconds: 1_000)
        case .paused: nil
        case .cancelled, .finished:
            now + engine.deployment.project.account.retention.executions
        }
    }

    func run() async {
        do throws(Problem) {
            guard let job = try await job()?.document else { return }
            switch job.state {
            case .running: try await work(on: job)
            case .paused: return
            case .cancelled, .finished: try await delete(job)
            }
        } catch {
            engine.logger.error(
                "a replay cannot be worked on; it comes due again: \(error.detail ?? error.title)",
                metadata: ["replay": "\(id)"],
            )
        }
    }

    private func job() async throws(Problem) -> (document: ReplayJob, record: Record)? {
        try await directory.find(.replay, id.description, .account)
    }

    /// What the patches of a job are sealed for.
    static func context(_ id: ObjectID) -> String { "replay:\(id)" }

    private func opened(_ given: ReplayJob) throws(Problem) -> ReplayJob {
        guard let sealed = given.order.sealedPatches else { return given }
        let bytes = try engine.vault.open(sealed, context: Self.context(id))
        guard let patches = StartInput.document(bytes) else {
            throw ReplayFault.unreadable.problem("the patches cannot be read")
        }
        var job = given
        job.order.inputPatch = patches["input"]
        job.order.triggerPatch = patches["trigger"]
        return job
    }

    private func work(on given: ReplayJob) async throws(Problem) {
        let job = try opened(given)
        let limit = max(job.order.rate, job.total <= Self.inlineMax ? Self.inlineMax : 1)
        let items = try await pending(limit: limit)
        var ended: [ReplayItem] = []
        var wasBusy = false
        for item in items {
            guard let next = await perform(item, of: job) else {
                wasBusy = true
                break
            }
            ended.append(next)
        }
        try await write(ended, isLast: !wasBusy && items.count < limit)
    }

    private func pending(limit: Int) async throws(Problem) -> [ReplayItem] {
        try await directory.page(
            RecordQuery(
                kind: .replayItem,
                scope: .account,
                labels: ["replay": id.description, "state": ReplayItem.State.pending.rawValue],
                limit: limit,
            )
        )
    }

    /// The item as it ended; nil when there is no room now.
    private func perform(_ given: ReplayItem, of job: ReplayJob) async -> ReplayItem? {
        var item = given
        do throws(Problem) {
            switch job.order.mode {
            case .resume:
                item.state = .started
                item.result = item.source
                let done = item
                _ = try await Replayer(engine: engine).resume(item.source, by: job.author) { _ in
                    [.put(Directory.put(done, owner: job.owner))]
                }
            case .replay: try await replay(&item, job)
            }
        } catch {
            if let code = error.code, Self.later.contains(code) { return nil }
            item.state = .refused
            item.result = nil
            item.problem = error
        }
        return item
    }

    private func replay(_ item: inout ReplayItem, _ job: ReplayJob) async throws(Problem) {
        let (request, _, _) = try await Replayer(engine: engine).request(
            item.source,
            job.order,
            by: job.author,
            key: "replay:\(job.id):\(item.source)",
        )
        do throws(StartRefusal) {
            let started = try await engine.start(request)
            item.state = started.isUnderWay ? .underWay : .started
            item.result = started.id
        } catch {
            throw error.problem
        }
    }

    /// The items, then the progress as they tell it; what somebody did to the job meanwhile stays.
    private func write(_ items: [ReplayItem], isLast: Bool) async throws(Problem) {
        let owner = try await job()?.document.owner ?? ""
        if !items.isEmpty {
            _ = try await directory.write(
                items.map { RecordChange.put(Directory.put($0, owner: owner)) }
            )
        }
        let counts = try await counts()
        for _ in 0..<Directory.tries {
            guard let found = try await job() else { return }
            var job = found.document
            job.counts = counts
            let now = directory.now
            if isLast { _ = job.change(to: .finished, at: now) }
            let put = Directory.put(
                job,
                dueAt: Self.due(job, now: now, engine),
                expected: .version(found.record.version),
            )
            if try await directory.write([.put(put)]).isDone { return }
        }
        throw Directory.busy()
    }

    private func counts() async throws(Problem) -> [ReplayItem.State: Int] {
        var counts: [ReplayItem.State: Int] = [:]
        for state in ReplayItem.State.allCases where state != .pending {
            counts[state] = try await directory.stored { () throws(StoreError) in
                try await engine.store.countRecords(
                    .replayItem,
                    scope: .account,
                    labels: ["replay": id.description, "state": state.rawValue],
                )
            }
        }
        return counts
    }

    /// What ended longer ago than executions are kept.
    private func delete(_ job: ReplayJob) async throws(Problem) {
        while true {
            let items: [ReplayItem] = try await directory.page(
                RecordQuery(
                    kind: .replayItem,
                    scope: .account,
                    labels: ["replay": id.description],
                    limit: 500,
                )
            )
            if items.isEmpty { break }
            _ = try await directory.write(
                items.map { .delete(.replayItem, id: $0.id, expected: .any) }
            )
        }
        _ = try await directory.write([.delete(.replay, id: id.description, expected: .any)])
    }
}

extension Engine {
    /// Works on replay jobs: one turn of each that is due, then sleeps until the next.
    func runReplays() async {
        while !Task.isCancelled {
            let now = clock.now()
            var until = now + configuration.poll
            do throws(StoreError) {
                if isReady {
                    let due = try await store.claimDue(
                        .replay,
                        now: now,
                        hideUntil: now + ReplayWork.hide,
                        limit: ReplayJob.openMax,
                    )
                    for id in due.compactMap({ ObjectID(.replay, $0.id) }) {
                        await ReplayWork(engine: self, id: id).run()
                    }
                }
                if let next = try await store.nextDue(.replay) {
                    until = min(until, max(next, now))
                }
            } catch {
                if error == .closed { return }
                logger.error("could not claim replays: \(error)")
            }
            do { try await clock.sleep(until: until) } catch { return }
        }
    }
}
