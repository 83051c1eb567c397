import Embedding
import Model
import StorePort

extension Directory {
    /// What every key begins with, so that scanners for leaked secrets find it.
    package static let keyPrefix = "bstk_"

    /// Makes a key; its text is seen this once.
    ///
    /// - Parameter random: gives the 256 bits of the key.
    package func createKey(
        name: String,
        role: Role,
        by actor: Actor,
        random: any RandomSource = SystemRandom(),
    ) async throws(Problem) -> (key: APIKey, text: String) {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        let text = Self.keyPrefix + Base64.urlEncoded(random.bytes(32))
        let key = APIKey(
            id: newID(.apiKey),
            name: name,
            role: role,
            hash: Self.hash(of: text),
            createdAt: now,
        )
        let result = try await write([
            putKey(key, expected: .absent), auditKey(key, "create", by: actor, before: nil),
        ])
        guard result.isDone else { throw Self.busy() }
        return (key, text)
    }

    /// Every key, revoked ones too; never the text of one.
    package func keys(
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [APIKey] {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        return try await page(
            RecordQuery(
                kind: .apiKey,
                scope: Self.scope(actor),
                after: after?.description,
                limit: limit,
            )
        )
    }

    /// From now on nobody comes in with it. The record stays, for the audit log names it.
    package func revokeKey(_ id: ObjectID, by actor: Actor) async throws(Problem) {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        for _ in 0..<Self.tries {
            guard
                let found: (document: APIKey, record: Record) = try await find(
                    .apiKey,
                    id.description,
                    Self.scope(actor),
                )
            else { throw Access.absent }
            guard found.document.revokedAt == nil else { return }
            var key = found.document
            key.revokedAt = now
            let result = try await write([
                putKey(key, expected: .version(found.record.version)),
                auditKey(key, "revoke", by: actor, before: found.document),
            ])
            if result.isDone { return }
        }
        throw Self.busy()
    }

    /// Who shows this key; nil when there is none of the text, or it is revoked.
    package func actor(withKey text: String) async throws(Problem) -> Actor? {
        guard text.hasPrefix(Self.keyPrefix) else { return nil }
        let hash = Self.hash(of: text)
        let record = try await stored { () throws(StoreError) in
            try await store.record(.apiKey, unique: "hash", value: hash, scope: .account)
        }
        guard let record else { return nil }
        let key: APIKey = try read(record)
        return key.isValid(at: now) ? Actor.key(key) : nil
    }

    private static func hash(of text: String) -> String { Digest.hex(Array(text.utf8)) }

    private func putKey(_ key: APIKey, expected: RecordExpectation) -> RecordChange {
        .put(
            RecordPut(
                kind: .apiKey,
                id: key.id.description,
                document: JSONWriter.bytes(key.json),
                unique: ["hash": key.hash],
                labels: ["role": key.role.rawValue],
                expected: expected,
            )
        )
    }

    private func auditKey(
        _ key: APIKey,
        _ action: String,
        by actor: Actor,
        before: APIKey?,
    ) -> RecordChange {
        audit(
            "api_key.\(action)",
            .init(kind: "api_key", id: key.id.description),
            by: actor,
            owner: nil,
            before: before?.view(for: .partner),
            after: key.view(for: .partner),
        )
    }
}
