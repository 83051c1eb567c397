import Embedding
import Model
import StorePort

/// What one rotation did.
package struct Resealing: Sendable, Hashable {
    /// Records that were written.
    package var resealed = 0
    /// Records with a value that no key of the ring opens; they are left as they are.
    package var unreadable = 0
    package var status: VaultStatus
}

/// What is sealed in the store, by the key that sealed it.
package struct VaultStatus: Sendable, Hashable {
    /// The ids of the ring's keys, oldest first: the last one seals.
    package var keys: [String]
    /// Sealed values by key id; ids that the ring does not have are values that are lost.
    package var values: [String: Int]

    package var total: Int { values.values.reduce(0, +) }

    /// Values that the newest key did not seal.
    package var older: Int { total - (keys.last.flatMap { values[$0] } ?? 0) }
}

extension Directory {
    /// Records that are read at once.
    private static let pageSize = 200

    package func vaultStatus(by actor: Actor) async throws(Problem) -> VaultStatus {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        var status = VaultStatus(keys: engine.vault.keyIDs, values: [:])
        for kind in RecordKind.sealing {
            try await walk(kind) { record throws(Problem) in
                for id in Self.keyIDs(in: try Self.json(record)) {
                    status.values[id, default: 0] += 1
                }
            }
        }
        return status
    }

    /// Reads the key ring again, adds a key to it when that is asked, and seals every value anew
    /// that the newest key did not seal. It may be asked for again at any time, and goes on where it
    /// was cut off.
    ///
    /// - Throws: B2838 when the ring has no file.
    package func rotateKeys(
        addingKey: Bool,
        by actor: Actor,
    ) async throws(Problem) -> Resealing {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        try engine.vault.reload(addingKey: addingKey)
        let newest = engine.vault.keyIDs.last ?? ""
        _ = try await write([
            audit(
                "vault.rotate",
                .init(kind: "vault", id: newest),
                by: actor,
                owner: nil,
                before: nil,
                after: ["key": .string(newest), "added": .bool(addingKey)],
            )
        ])
        var result = Resealing(status: VaultStatus(keys: [], values: [:]))
        // Who sealed just before the ring changed may write just after a pass went by.
        while true {
            let before = result.resealed
            result.unreadable = 0
            try await resealAll(&result)
            if result.resealed == before { break }
        }
        result.status = try await vaultStatus(by: actor)
        return result
    }

    private func resealAll(_ result: inout Resealing) async throws(Problem) {
        try await reseal(.authentication, AuthenticationRecord.self, &result) {
            put($0, dueAt: $1.dueAt, expected: .version($1.version))
        }
        try await reseal(.instance, Instance.self, &result) {
            .put(put($0, expected: .version($1.version)))
        }
        try await reseal(.trigger, TriggerState.self, &result) {
            put(
                $0,
                owner: ObjectID(.endUser, $1.owner) ?? $0.instance,
                dueAt: $1.dueAt,
                expected: .version($1.version),
            )
        }
        try await reseal(.signingKey, SigningKey.self, &result) {
            put($0, expected: .version($1.version))
        }
        try await reseal(.connectLink, ConnectLink.self, &result) {
            put($0, expected: .version($1.version))
        }
    }

    private func reseal<Document: SealedDocument>(
        _ kind: RecordKind,
        _ type: Document.Type,
        _ result: inout Resealing,
        _ put: (Document, Record) -> RecordChange,
    ) async throws(Problem) {
        try await walk(kind) { first throws(Problem) in
            var record: Record? = first
            for _ in 0..<Self.tries {
                guard let current = record else { return }
                let old: Document = try read(current)
                guard let new = resealed(old) else {
                    result.unreadable += 1
                    return
                }
                guard new != old else { return }
                if try await write([put(new, current)]).isDone {
                    result.resealed += 1
                    return
                }
                // Changed meanwhile: it is looked at again as it is now.
                record = try await stored { () throws(StoreError) in
                    try await store.record(kind, id: current.id, scope: .account)
                }
            }
            throw Self.busy()
        }
    }

    /// Nil when a value does not open.
    private func resealed<Document: SealedDocument>(_ document: Document) -> Document? {
        var new = document
        do throws(Problem) {
            try new.reseal { sealed, context throws(Problem) in
                engine.vault.needsResealing(sealed)
                    ? try engine.vault.reseal(sealed, context: context) : sealed
            }
            return new
        } catch {
            engine.logger.critical("a sealed value does not open: \(error.detail ?? error.title)")
            return nil
        }
    }

    private func walk(
        _ kind: RecordKind,
        _ body: (Record) async throws(Problem) -> Void,
    ) async throws(Problem) {
        var last: String?
        while true {
            let query = RecordQuery(
                kind: kind,
                scope: .account,
                after: last,
                limit: Self.pageSize,
            )
            let records = try await stored { () throws(StoreError) in
                try await store.records(query)
            }
            for record in records { try await body(record) }
            guard records.count == Self.pageSize, let end = records.last else { return }
            last = end.id
        }
    }

    private static func json(_ record: Record) throws(Problem) -> JSONValue {
        do { return try JSONParser.parse(record.document) } catch {
            throw Problem(
                .runtime,
                detail: "the \(record.kind.rawValue) \(record.id) cannot be read",
                code: "B2701",
            )
        }
    }

    /// The key ids of every sealed value in a document, wherever it stands.
    private static func keyIDs(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): Vault.keyID(of: text).map { [$0] } ?? []
        case .array(let elements): elements.flatMap(keyIDs)
        case .object(let object): object.values.flatMap(keyIDs)
        case .null, .bool, .integer, .number: []
        }
    }
}

extension RecordKind {
    /// The kinds whose documents may hold sealed values; one that rotation does not know yet shows
    /// in the status as never resealed.
    static let sealing: [RecordKind] = [
        .authentication, .instance, .signingKey, .connectLink, .trigger, .solutionVersion,
        .endUser,
    ]
}
