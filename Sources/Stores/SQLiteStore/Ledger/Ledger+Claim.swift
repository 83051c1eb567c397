import Model
import StorePort

extension Ledger {
    /// How many timers that came one claim makes ready; the others follow with the next claims.
    private static let promotedMax: Int64 = 1024

    func claim(
        _ worker: WorkerID,
        now: Timestamp,
        limit: Int,
        perInstance: Int,
    ) throws -> [StoredExecution] {
        guard workers[worker.rawValue] != nil else { throw StoreError.leaseLost }
        let limit = StoreLimits.claim(limit)
        let perInstance = max(1, perInstance)
        try giveUpDead(now: now, except: worker)
        try sql.promote.run(.int(now.milliseconds), .int(Self.promotedMax))
        var claimed: [StoredExecution] = []
        let start = lastServed
        var instance = try nextInstance(after: start)
        var hasWrapped = false
        while claimed.count < limit {
            guard let current = instance, !(hasWrapped && current > start) else {
                if hasWrapped || start == 0 { break }
                hasWrapped = true
                instance = try nextInstance(after: 0)
                continue
            }
            let room = min(perInstance, limit - claimed.count)
            let ids = try sql.ready.all([.int(current), .int(Int64(room))]) { $0.int(0) }
            for id in ids { claimed.append(try hold(id, by: worker)) }
            lastServed = current
            instance = try nextInstance(after: current)
        }
        return claimed
    }

    func claim(
        _ id: ExecutionID,
        by worker: WorkerID,
        now: Timestamp,
    ) throws -> StoredExecution? {
        guard workers[worker.rawValue] != nil else { throw StoreError.leaseLost }
        try giveUpDead(now: now, except: worker)
        guard holdings[id.rawValue] == nil else { return nil }
        let status = try sql.readTransition.first(.int(id.rawValue)) { $0.int(0) }
        guard let status, status != StatusCode.finished else { return nil }
        return try hold(id.rawValue, by: worker)
    }

    private func nextInstance(after last: Int64) throws -> Int64? {
        try sql.nextInstance.first(.int(last)) { $0.int(0) }
    }

    /// Gives an execution that nobody holds to the worker.
    private func hold(_ id: Int64, by worker: WorkerID) throws -> StoredExecution {
        try sql.hold.run(.int(id), .int(worker.rawValue))
        let holding = try sql.readTransition.first(.int(id)) {
            Self.holding($0, worker: worker.rawValue)
        }
        guard let holding else { throw StoreError.corrupt("a claimed execution is gone") }
        holdings[id] = holding
        tally.add(-1, status: holding.status, isHeld: false, instance: holding.instance)
        tally.add(1, status: holding.status, isHeld: true, instance: holding.instance)
        return try head(ExecutionID(rawValue: id))
    }

    func requestCancel(_ id: ExecutionID, by actor: String) throws -> StoredExecution {
        let status = try sql.readTransition.first(.int(id.rawValue)) { $0.int(0) }
        guard let status else { throw StoreError.notFound }
        guard status != StatusCode.finished else { return try head(id) }
        try sql.requestCancel.run(.int(id.rawValue), .text(actor))
        if let holder = holdings[id.rawValue]?.worker {
            holdings[id.rawValue]?.isWoken = true
            signals[holder, default: []].insert(.cancelRequested(id))
        } else {
            try sql.makeDue.run(.int(id.rawValue))
        }
        return try head(id)
    }
}
