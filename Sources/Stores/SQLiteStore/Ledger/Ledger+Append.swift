import Model
import StorePort

extension Ledger {
    func append(_ write: JournalWrite) throws {
        let id = write.id.rawValue
        guard var holding = holdings[id], holding.worker == write.worker.rawValue else {
            throw StoreError.leaseLost
        }
        if case .released(.finished, _)? = write.head {
            throw StoreError.corrupt("\(write.id): released as finished")
        }
        let first = try holding.nextSequence ?? reader.nextSequence(holding.number)
        guard isContinuous(write.entries, from: first) else {
            throw StoreError.corrupt("\(write.id): entries do not continue the journal at \(first)")
        }
        // First, as a refusal must leave nothing behind.
        if let records = write.records {
            let result = try change(records.changes, now: records.now)
            if let refusal = result.refusal(write.id) { throw refusal }
        }
        try writeRow(write, number: holding.number, first: first)
        holding.nextSequence = first + write.entries.count
        switch write.head {
        case nil: holdings[id] = holding
        case .running?: try setStatus(StatusCode.running, id, &holding)
        case .waiting?: try setStatus(StatusCode.waiting, id, &holding)
        case .released(let status, let wakeAt)?:
            try release(id, holding, StatusCode.of(status), wakeAt: wakeAt)
        case .finished(let reason, let at, let problem, _)?:
            try sql.finish.run(
                .int(id),
                .int(StatusCode.of(reason)),
                .int(at.milliseconds),
                .optional(problem?.rawValue),
            )
            drop(id, holding)
            // Pruning goes from old to young: it must not miss what it went by.
            pruneCursor = min(pruneCursor, id - 1)
            if let parent = holding.waitingParent {
                try wake(parent, child: write.id, finishedBy: holding.worker)
            }
        }
    }

    private func writeRow(_ write: JournalWrite, number: Int64, first: Int) throws {
        var result: [UInt8]?
        if case .finished(_, _, _, let bytes)? = write.head { result = bytes }
        guard result != nil || !write.entries.isEmpty else { return }
        var frames = JournalFrames(reserving: size(write.entries) + (result?.count ?? 0) + 8)
        for entry in write.entries { frames.append(.entry, entry.payload) }
        if let result { frames.append(.result, result) }
        try sql.insertJournal.run(
            .int(JournalKey.row(number, firstSequence: first)),
            .blob(frames.bytes),
        )
    }

    private func setStatus(_ status: Int64, _ id: Int64, _ holding: inout Holding) throws {
        if holding.status != status {
            try sql.setStatus.run(.int(id), .int(status))
            tally.add(-1, status: holding.status, isHeld: true, instance: holding.instance)
            tally.add(1, status: status, isHeld: true, instance: holding.instance)
            holding.status = status
        }
        holdings[id] = holding
    }

    private func release(
        _ id: Int64,
        _ holding: Holding,
        _ status: Int64,
        wakeAt: Timestamp?,
    ) throws {
        let isDue = holding.isWoken || (status == StatusCode.queued && wakeAt == nil)
        let due: Int64? = isDue ? 0 : wakeAt.map { max(1, $0.milliseconds) }
        try sql.release.run(.int(id), .int(status), .optional(due))
        drop(id, holding)
        tally.add(1, status: status, isHeld: false, instance: holding.instance)
    }

    /// It is no longer held, and counted no more.
    private func drop(_ id: Int64, _ holding: Holding) {
        holdings[id] = nil
        tally.add(-1, status: holding.status, isHeld: true, instance: holding.instance)
    }

    /// Tells the parent's worker that a child ended, or makes the parent due.
    private func wake(_ parent: Int64, child: ExecutionID, finishedBy worker: Int64) throws {
        guard let holder = holdings[parent]?.worker else {
            try sql.makeDue.run(.int(parent))
            return
        }
        holdings[parent]?.isWoken = true
        if holder != worker {
            let signal = StoreSignal.childFinished(
                parent: ExecutionID(rawValue: parent),
                child: child,
            )
            signals[holder, default: []].insert(signal)
        }
    }
}
