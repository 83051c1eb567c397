import ConnectorKit
import Embedding
import Model
import StorePort

extension Directory {
    /// A credential as it is given: the fields of its kind, in the clear for this call alone.
    package struct NewAuthentication: Sendable {
        /// Nil: shared, the account's own.
        package var owner: ObjectID?
        package var service: String
        package var name: String
        package var credential: StoredCredential
        /// The caller's own name of the request: making twice under one is as making once.
        package var idempotencyKey: String?

        package init(
            owner: ObjectID?,
            service: String,
            name: String,
            credential: StoredCredential,
        ) {
            self.owner = owner
            self.service = service
            self.name = name
            self.credential = credential
        }
    }

    package func createAuthentication(
        _ new: NewAuthentication,
        by actor: Actor,
    ) async throws(Problem) -> AuthenticationRecord {
        try await makeAuthentication(new, by: actor).record
    }

    /// - Throws: `conflict` B2806 when the idempotency key made another one.
    package func makeAuthentication(
        _ new: NewAuthentication,
        by actor: Actor,
    ) async throws(Problem) -> (record: AuthenticationRecord, isNew: Bool) {
        if let problem = Access.check(actor, .manageAuthentications, owner: new.owner) {
            throw problem
        }
        if let owner = new.owner {
            let found: (document: EndUser, record: Record)? = try await find(
                .endUser,
                owner.description,
                Self.scope(actor),
            )
            guard found != nil else { throw Access.absent }
        }
        let id = newID(.authentication)
        try checkClient(of: new.service, new.credential)
        var record = try record(id, new)
        record.idempotency = new.idempotencyKey.map { key in
            Digest.hex(Array("\(actor.kind.rawValue):\(actor.id)\n\(key)".utf8))
        }
        let result = try await write([
            put(record, dueAt: due(new.credential, record), expected: .absent),
            audit(record, "create", by: actor, before: nil),
        ])
        if result.isDone { return (record, true) }
        guard let known = try await authentication(madeWith: record.idempotency) else {
            throw Self.busy()
        }
        guard try isSame(known, as: record, new.credential) else {
            var problem = Problem(
                .conflict,
                detail: "the idempotency key made another authentication: \(known.id)",
                code: "B2806",
            )
            problem.status = 422
            throw problem
        }
        return (known, false)
    }

    private func authentication(
        madeWith idempotency: String?
    ) async throws(Problem) -> AuthenticationRecord? {
        guard let idempotency else { return nil }
        let found = try await stored { () throws(StoreError) in
            try await store.record(
                .authentication,
                unique: "idempotency",
                value: idempotency,
                scope: .account,
            )
        }
        guard let found else { return nil }
        return try read(found)
    }

    /// A credential that was replaced since cannot be compared any more.
    private func isSame(
        _ known: AuthenticationRecord,
        as new: AuthenticationRecord,
        _ credential: StoredCredential,
    ) throws(Problem) -> Bool {
        guard known.owner == new.owner, known.service == new.service, known.name == new.name else {
            return false
        }
        guard known.generation == 1 else { return true }
        guard known.kind == new.kind else { return false }
        return try open(known).json == credential.json
    }

    /// Puts another credential in the place of the old one: the instances that use it go on.
    package func replaceCredential(
        _ id: ObjectID,
        with credential: StoredCredential,
        by actor: Actor,
    ) async throws(Problem) -> AuthenticationRecord {
        for _ in 0..<Self.tries {
            guard
                let found: (document: AuthenticationRecord, record: Record) = try await find(
                    .authentication,
                    id.description,
                    Self.scope(actor),
                )
            else { throw Access.absent }
            let old = found.document
            if let problem = Access.check(actor, .manageAuthentications, owner: old.owner) {
                throw problem
            }
            try checkClient(of: old.service, credential)
            let new = try replaced(old, with: credential)
            let result = try await write([
                put(
                    new,
                    dueAt: due(credential, new),
                    expected: .version(found.record.version),
                ),
                audit(new, "replace", by: actor, before: old),
            ])
            if result.isDone { return new }
        }
        throw Self.busy()
    }

    package func deleteAuthentication(_ id: ObjectID, by actor: Actor) async throws(Problem) {
        guard
            let found: (document: AuthenticationRecord, record: Record) = try await find(
                .authentication,
                id.description,
                Self.scope(actor),
            )
        else { throw Access.absent }
        let old = found.document
        if let problem = Access.check(actor, .manageAuthentications, owner: old.owner) {
            throw problem
        }
        let result = try await write([
            .delete(.authentication, id: id.description, expected: .any),
            audit(
                "authentication.delete",
                .init(kind: "authentication", id: id.description),
                by: actor,
                owner: old.owner,
                before: old.view(for: .partner),
                after: nil,
            ),
        ])
        guard result.isDone else { throw Self.busy() }
        engine.keeper.forget(id.description)
    }

    /// Those that the actor may know of; never a credential.
    package func authentications(
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [AuthenticationRecord] {
        if let problem = Access.check(actor, .readAuthentications) { throw problem }
        return try await page(
            RecordQuery(
                kind: .authentication,
                scope: Self.scope(actor),
                after: after?.description,
                limit: limit,
            )
        )
    }

    /// The end user's own and the shared ones.
    func authentications(
        usableBy user: ObjectID
    ) async throws(Problem) -> [AuthenticationRecord] {
        var result: [AuthenticationRecord] = []
        for owner in [user.description, ""] {
            result += try await page(
                RecordQuery(
                    kind: .authentication,
                    scope: .owner(owner),
                    limit: RecordLimits.listMax,
                )
            )
        }
        return result
    }

    /// - Parameter dueAt: when somebody has to look after it: ``due(_:_:)``.
    func put(
        _ record: AuthenticationRecord,
        dueAt: Timestamp?,
        expected: RecordExpectation,
    ) -> RecordChange {
        .put(
            RecordPut(
                kind: .authentication,
                id: record.id.description,
                owner: record.owner?.description ?? "",
                document: JSONWriter.bytes(record.json),
                unique: record.idempotency.map { ["idempotency": $0] } ?? [:],
                labels: ["service": record.service, "state": record.state.name],
                dueAt: dueAt,
                expected: expected,
            )
        )
    }

    func audit(
        _ record: AuthenticationRecord,
        _ action: String,
        by actor: Actor,
        before: AuthenticationRecord?,
    ) -> RecordChange {
        audit(
            "authentication.\(action)",
            .init(kind: "authentication", id: record.id.description),
            by: actor,
            owner: record.owner,
            before: before?.view(for: .partner),
            after: record.view(for: .partner),
        )
    }
}
