import GRDBSQLite
import Model
import StorePort

extension Ledger {
    func create(_ new: NewExecution) throws -> CreateResult {
        if let holder = new.heldBy, workers[holder.rawValue] == nil { throw StoreError.leaseLost }
        guard isContinuous(new.entries, from: 0) else {
            throw StoreError.corrupt("\(new.id): the first entries are not numbered from 0")
        }
        let origin = try names.origin(of: new)
        if let key = new.idempotency, let known = try useKey(key, new, origin) { return known }
        if let lineage = new.lineage, lineage.isSole, let other = try replay(of: lineage.replayOf) {
            return .underWay(other)
        }
        let number = nextNumber
        try insert(new, origin: origin, number: number)
        var frames = JournalFrames(reserving: new.input.count + 16 + size(new.entries))
        frames.append(.input, new.input)
        for entry in new.entries { frames.append(.entry, entry.payload) }
        try sql.insertJournal.run(.int(JournalKey.creation(number)), .blob(frames.bytes))
        nextNumber += 1
        let status = new.heldBy == nil ? StatusCode.queued : StatusCode.running
        tally.add(1, status: status, isHeld: new.heldBy != nil, instance: origin.instance)
        if let holder = new.heldBy {
            holdings[new.id.rawValue] = Holding(
                worker: holder.rawValue,
                number: number,
                instance: origin.instance,
                status: status,
                nextSequence: new.entries.count,
                waitingParent: new.parent.flatMap { $0.waits ? $0.id.rawValue : nil },
            )
        }
        return .created
    }

    /// The execution that the key made; nil when the key is free, after making it so.
    private func useKey(
        _ key: IdempotencyKey,
        _ new: NewExecution,
        _ origin: NameTable.Origin,
    ) throws -> CreateResult? {
        let known = try sql.findKey.first(
            .int(origin.workflow),
            .int(origin.instance),
            .text(key.key),
        ) { (id: $0.int(0), fingerprint: $0.int(1), until: $0.int(2)) }
        guard let known else { return nil }
        if known.until > new.id.createdAt.milliseconds {
            let head = try head(ExecutionID(rawValue: known.id))
            return .duplicate(head, fingerprint: known.fingerprint)
        }
        try sql.forgetKey.run(.int(known.id))
        return nil
    }

    private func insert(
        _ new: NewExecution,
        origin: NameTable.Origin,
        number: Int64,
    ) throws {
        let status = new.heldBy == nil ? StatusCode.queued : StatusCode.running
        do {
            try sql.insertExecution.run(
                .int(new.id.rawValue),
                .int(number),
                .int(origin.id),
                .int(origin.workflow),
                .int(origin.instance),
                .int(status),
                .int(new.id.createdAt.milliseconds),
                .optional(new.heldBy?.rawValue),
                new.heldBy == nil ? .int(0) : .null,
                .optional(new.correlationID),
                .optional(new.parent?.id.rawValue),
                .optional(new.parent?.occurrence),
                new.parent.map { .int($0.waits ? 1 : 0) } ?? .null,
                .optional(new.idempotency?.key),
                .optional(new.idempotency?.fingerprint),
                .optional(new.idempotency?.until.milliseconds),
                .optional(new.lineage?.replayOf.rawValue),
                .optional(new.lineage?.root.rawValue),
            )
        } catch let failure as DatabaseFailure where failure.code == SQLITE_CONSTRAINT {
            throw StoreError.corrupt("\(new.id) exists already")
        }
    }

    func isContinuous(_ entries: [JournalEntry], from first: Int) -> Bool {
        for (offset, entry) in entries.enumerated() where entry.sequence != first + offset {
            return false
        }
        return first + entries.count <= JournalKey.entriesMax
    }

    func size(_ entries: [JournalEntry]) -> Int {
        entries.reduce(0) { $0 + $1.payload.count + 4 }
    }
}
