import Model
import StorePort

extension MemoryState {
    mutating func create(_ new: NewExecution) throws(StoreError) -> CreateResult {
        if let holder = new.heldBy, workers[holder] == nil { throw .leaseLost }
        try requireContinuous(new.entries, from: 0, new.id)
        let owner = new.idempotency.map { key in
            KeyOwner(
                workflow: ExactText(new.workflow),
                solution: new.solution.map(ExactText.init),
                instance: ExactText(new.instance),
                key: ExactText(key.key),
            )
        }
        if let owner, let use = keys[owner], use.until > new.id.createdAt,
            let known = rows[use.id]
        {
            return .duplicate(known.head, fingerprint: known.fingerprint)
        }
        if let lineage = new.lineage, lineage.isSole, let other = replay(of: lineage.replayOf) {
            return .underWay(other)
        }
        guard rows[new.id] == nil else { throw .corrupt("\(new.id) exists already") }
        var row = Row(head: StoredExecution(new), journal: new.entries)
        row.dueAt = new.heldBy == nil ? Self.atOnce : nil
        if let owner, let key = new.idempotency {
            row.key = owner
            row.fingerprint = key.fingerprint
            keys[owner] = KeyUse(id: new.id, until: key.until)
        }
        rows[new.id] = row
        unfinished.insert(new.id)
        return .created
    }

    /// An unfinished replay: the oldest.
    private func replay(of source: ExecutionID) -> StoredExecution? {
        unfinished.filter { rows[$0]?.head.replayOf == source }.min().flatMap { rows[$0]?.head }
    }

    mutating func reopen(_ reopening: Reopening) throws(StoreError) -> ReopenResult {
        let id = reopening.id
        guard var row = rows[id] else { throw .notFound }
        guard row.head.status == .finished, row.head.finishedAt == reopening.finishedAt else {
            return .changed(row.head)
        }
        try requireContinuous(reopening.entries, from: row.journal.count, id)
        if let write = reopening.records {
            let result = records.change(write.changes, now: write.now)
            if let refusal = result.refusal(id) { throw refusal }
        }
        row.journal += reopening.entries
        row.head.status = .queued
        row.head.reason = nil
        row.head.finishedAt = nil
        row.head.problem = nil
        row.head.result = nil
        row.head.cancelRequestedBy = nil
        row.head.resumed += 1
        row.dueAt = Self.atOnce
        row.isWoken = false
        rows[id] = row
        unfinished.insert(id)
        return .reopened(row.head)
    }

    private func requireContinuous(
        _ entries: [JournalEntry],
        from first: Int,
        _ id: ExecutionID,
    ) throws(StoreError) {
        for (offset, entry) in entries.enumerated() where entry.sequence != first + offset {
            throw .corrupt("\(id): entries do not continue the journal at \(first)")
        }
    }

    mutating func append(_ write: JournalWrite) throws(StoreError) {
        let id = write.id
        guard var row = rows[id], row.head.heldBy == write.worker else { throw .leaseLost }
        if case .released(.finished, _)? = write.head {
            throw .corrupt("\(id): released as finished")
        }
        try requireContinuous(write.entries, from: row.journal.count, id)
        if let write = write.records {
            let result = records.change(write.changes, now: write.now)
            if let refusal = result.refusal(id) { throw refusal }
        }
        row.journal += write.entries
        switch write.head {
        case nil: break
        case .running?: row.head.status = .running
        case .waiting?: row.head.status = .waiting
        case .released(let status, let wakeAt)?:
            row.head.heldBy = nil
            row.head.status = status
            let isDue = row.isWoken || (status == .queued && wakeAt == nil)
            row.dueAt = isDue ? Self.atOnce : wakeAt
            row.head.wakeAt = isDue ? nil : wakeAt
        case .finished(let reason, let at, let problem, let result)?:
            row.head.heldBy = nil
            row.head.status = .finished
            row.head.reason = reason
            row.head.finishedAt = at
            row.head.problem = problem
            row.head.result = result
            unfinished.remove(id)
        }
        rows[id] = row
        if row.head.status == .finished, let parent = row.head.parent, parent.waits {
            wake(parent.id, child: id, finishedBy: write.worker)
        }
    }

    /// Tells the parent's worker that a child ended, or makes the parent due.
    private mutating func wake(
        _ parent: ExecutionID,
        child: ExecutionID,
        finishedBy worker: WorkerID,
    ) {
        guard unfinished.contains(parent) else { return }
        guard let holder = rows[parent]?.head.heldBy else {
            makeDue(parent)
            return
        }
        rows[parent]?.isWoken = true
        if holder != worker {
            signals[holder, default: []].insert(.childFinished(parent: parent, child: child))
        }
    }

    private mutating func makeDue(_ id: ExecutionID) {
        rows[id]?.dueAt = Self.atOnce
        rows[id]?.head.wakeAt = nil
    }

    mutating func requestCancel(
        _ id: ExecutionID,
        by actor: String,
    ) throws(StoreError) -> StoredExecution {
        guard var row = rows[id] else { throw .notFound }
        guard row.head.status != .finished else { return row.head }
        if row.head.cancelRequestedBy == nil { row.head.cancelRequestedBy = actor }
        rows[id] = row
        if let holder = row.head.heldBy {
            rows[id]?.isWoken = true
            signals[holder, default: []].insert(.cancelRequested(id))
        } else {
            makeDue(id)
        }
        return rows[id]?.head ?? row.head
    }

    // MARK: Claims

    mutating func claim(
        _ worker: WorkerID,
        now: Timestamp,
        limit: Int,
        perInstance: Int,
    ) throws(StoreError) -> [StoredExecution] {
        guard workers[worker] != nil else { throw .leaseLost }
        let limit = StoreLimits.claim(limit)
        let perInstance = max(1, perInstance)
        giveUpDead(now: now, except: worker)
        var due: [ExactText: [ExecutionID]] = [:]
        for id in unfinished {
            guard let row = rows[id], let dueAt = row.dueAt, dueAt <= now else { continue }
            makeDue(id)
            due[ExactText(row.head.instance), default: []].append(id)
        }
        let instances = due.keys.sorted()
        let after = instances.filter { instance in lastServed.map { instance > $0 } ?? true }
        let order = after + instances.dropLast(after.count)
        var claimed: [StoredExecution] = []
        for instance in order where claimed.count < limit {
            let room = min(perInstance, limit - claimed.count)
            for id in (due[instance] ?? []).sorted().prefix(room) {
                if let head = hold(id, by: worker) { claimed.append(head) }
            }
            lastServed = instance
        }
        return claimed
    }

    mutating func claim(
        _ id: ExecutionID,
        by worker: WorkerID,
        now: Timestamp,
    ) throws(StoreError) -> StoredExecution? {
        guard workers[worker] != nil else { throw .leaseLost }
        giveUpDead(now: now, except: worker)
        guard unfinished.contains(id), rows[id]?.head.heldBy == nil else { return nil }
        return hold(id, by: worker)
    }

    private mutating func hold(_ id: ExecutionID, by worker: WorkerID) -> StoredExecution? {
        rows[id]?.head.heldBy = worker
        rows[id]?.head.wakeAt = nil
        rows[id]?.dueAt = nil
        rows[id]?.isWoken = false
        return rows[id]?.head
    }
}
