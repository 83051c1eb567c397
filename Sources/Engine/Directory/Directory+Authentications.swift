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
        let record = try record(id, new)
        let result = try await write([
            put(record, dueAt: due(new.credential, record), expected: .absent),
            audit(record, "create", by: actor, before: nil),
        ])
        guard result.isDone else { throw Self.busy() }
        return record
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
            if result.isDone {
                await engine.connectionKeeper.reconnected(new)
                return new
            }
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
