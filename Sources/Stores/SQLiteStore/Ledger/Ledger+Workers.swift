import Model
import StorePort

extension Ledger {
    func register(now: Timestamp, lease: TimeSpan) throws -> Worker {
        if keepsEarlierWorkers {
            try giveUpDead(now: now, except: nil)
        } else {
            try giveBack { _ in true }
            workers = [:]
            signals = [:]
        }
        let taken = Set(workers.values.map(\.number))
        guard taken.count < 1024 else { throw StoreError.unavailable("1024 workers are live") }
        let insert = "INSERT INTO workers (number) VALUES (0) RETURNING id"
        guard let id = try statement(insert).all([], read: { $0.int(0) }).first else {
            throw StoreError.corrupt("a new worker got no number")
        }
        var number = Int(id % 1024)
        while taken.contains(number) { number = (number + 1) % 1024 }
        try statement("UPDATE workers SET number = ? WHERE id = ?").run(
            .int(Int64(number)),
            .int(id),
        )
        try statement("DELETE FROM workers WHERE id < ?").run(.int(id))
        workers[id] = LiveWorker(number: number, leaseUntil: (now + lease).milliseconds)
        return Worker(id: WorkerID(rawValue: id), number: number)
    }

    /// Leases are kept in memory: a heartbeat writes nothing.
    func heartbeat(_ worker: WorkerID, now: Timestamp, lease: TimeSpan) throws {
        guard workers[worker.rawValue] != nil else { throw StoreError.leaseLost }
        workers[worker.rawValue]?.leaseUntil = (now + lease).milliseconds
    }

    func leave(_ worker: WorkerID) throws {
        try giveBack { $0 == worker.rawValue }
        workers[worker.rawValue] = nil
        signals[worker.rawValue] = nil
    }

    func takeSignals(_ worker: WorkerID) -> [StoreSignal] {
        let found = signals.removeValue(forKey: worker.rawValue) ?? []
        for signal in found {
            switch signal {
            case .cancelRequested(let id), .childFinished(let id, _):
                guard holdings[id.rawValue]?.worker == worker.rawValue else { continue }
                holdings[id.rawValue]?.isWoken = false
            }
        }
        return Array(found)
    }

    /// Gives up workers whose lease ran out, and claims of workers that nobody knows.
    func giveUpDead(now: Timestamp, except kept: WorkerID?) throws {
        let dead = workers.filter { id, worker in
            worker.leaseUntil < now.milliseconds && id != kept?.rawValue
        }
        for id in dead.keys {
            workers[id] = nil
            signals[id] = nil
        }
        guard !dead.isEmpty || hasStrangers else { return }
        try giveBack { workers[$0] == nil }
        hasStrangers = false
    }

    private func giveBack(where isGone: (Int64) -> Bool) throws {
        for (id, holding) in holdings where isGone(holding.worker) {
            try sql.giveBack.run(.int(id))
            holdings[id] = nil
            tally.add(-1, status: holding.status, isHeld: true, instance: holding.instance)
            tally.add(1, status: holding.status, isHeld: false, instance: holding.instance)
        }
    }
}
