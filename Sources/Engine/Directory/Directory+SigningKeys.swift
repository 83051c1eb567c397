import Embedding
import Model
import StorePort

extension Directory {
    /// What every generated secret begins with, so that scanners for leaked secrets find it.
    package static let signingPrefix = "bssk_"
    /// Bytes of a public key in PEM.
    package static let publicKeyLimit = 8 << 10

    /// Registers what end-user tokens are checked with.
    ///
    /// - Parameter publicKey: PEM, for RS256 and ES256. The secret of HS256 is made here, and its
    ///   text is seen this once: its bytes in UTF-8 are the key.
    /// - Throws: B2837 for a key that the algorithm cannot use, or one that is too many.
    package func createSigningKey(
        _ algorithm: SigningKey.Algorithm,
        publicKey: String?,
        issuer: String?,
        by actor: Actor,
        random: any RandomSource = SystemRandom(),
    ) async throws(Problem) -> (key: SigningKey, secret: String?) {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        let id = newID(.signingKey)
        var secret: String?
        let material: SigningKey.Material
        switch (algorithm, publicKey) {
        case (.hs256, nil):
            let text = Self.signingPrefix + Base64.urlEncoded(random.bytes(32))
            secret = text
            material = .sealed(
                try engine.vault.seal(Array(text.utf8), context: Self.signingContext(id))
            )
        case (.rs256, let pem?) where TokenSignature.isUsable(.rs256(pem: pem)),
            (.es256, let pem?) where TokenSignature.isUsable(.es256(pem: pem)):
            guard pem.utf8.count <= Self.publicKeyLimit else { throw Self.wrongKey }
            material = .publicKey(pem)
        default: throw Self.wrongKey
        }
        let key = SigningKey(
            id: id,
            algorithm: algorithm,
            material: material,
            issuer: issuer,
            createdAt: now,
        )
        guard let key else { throw Self.wrongKey }
        let result = try await write([
            put(key, expected: .absent), audit(key, "create", by: actor, before: nil, after: key),
        ])
        guard result.isDone else { throw Self.busy() }
        return (key, secret)
    }

    private static var wrongKey: Problem { ConnectFault.signingKey.problem() }

    package func signingKeys(
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [SigningKey] {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        return try await page(
            RecordQuery(
                kind: .signingKey,
                scope: Self.scope(actor),
                after: after?.description,
                limit: limit,
            )
        )
    }

    /// From now on no token that it signed counts.
    package func deleteSigningKey(_ id: ObjectID, by actor: Actor) async throws(Problem) {
        if let problem = Access.check(actor, .manageKeys) { throw problem }
        guard
            let found: (document: SigningKey, record: Record) = try await find(
                .signingKey,
                id.description,
                Self.scope(actor),
            )
        else { throw Access.absent }
        let result = try await write([
            .delete(.signingKey, id: id.description, expected: .any),
            audit(found.document, "delete", by: actor, before: found.document, after: nil),
        ])
        guard result.isDone else { throw Self.busy() }
    }

    func put(_ key: SigningKey, expected: RecordExpectation) -> RecordChange {
        .put(
            RecordPut(
                kind: .signingKey,
                id: key.id.description,
                document: JSONWriter.bytes(key.json),
                expected: expected,
            )
        )
    }

    static func signingContext(_ id: ObjectID) -> String { "signing_key:\(id)" }

    private func audit(
        _ key: SigningKey,
        _ action: String,
        by actor: Actor,
        before: SigningKey?,
        after: SigningKey?,
    ) -> RecordChange {
        audit(
            "signing_key.\(action)",
            .init(kind: "signing_key", id: key.id.description),
            by: actor,
            owner: nil,
            before: before?.view(for: .partner),
            after: after?.view(for: .partner),
        )
    }
}
