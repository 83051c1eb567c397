import Embedding
import Model
import StorePort

extension Directory {
    /// Makes an end user, or finds the one of this name when it is the same: creating twice is as
    /// creating once.
    ///
    /// - Throws: `conflict` B2703 when one of this name differs.
    package func createEndUser(
        externalID: String,
        name: String?,
        metadata: JSONObject,
        by actor: Actor,
    ) async throws(Problem) -> (user: EndUser, isNew: Bool) {
        if let problem = Access.check(actor, .manageEndUsers) { throw problem }
        let user = EndUser(
            id: newID(.endUser),
            externalID: externalID,
            name: name,
            metadata: metadata,
            createdAt: now,
        )
        if let fault = user.fault { throw fault }
        let result = try await write([
            .put(put(user, expected: .absent)),
            audit(
                "end_user.create",
                .init(kind: "end_user", id: user.id.description),
                by: actor,
                owner: user.id,
                before: nil,
                after: user.json,
            ),
        ])
        if result.isDone { return (user, true) }
        guard let known = try await endUser(externalID: externalID, by: actor) else {
            throw Self.busy()
        }
        guard known.name == name, known.metadata == metadata else {
            throw Problem(
                .conflict,
                detail: "there is another end user with this external_id: \(known.id)",
                code: "B2703",
            )
        }
        return (known, false)
    }

    private func put(_ user: EndUser, expected: RecordExpectation) -> RecordPut {
        RecordPut(
            kind: .endUser,
            id: user.id.description,
            owner: user.id.description,
            document: JSONWriter.bytes(user.json),
            unique: ["external_id": user.externalID],
            expected: expected,
        )
    }

    package func endUser(_ id: ObjectID, by actor: Actor) async throws(Problem) -> EndUser {
        if let problem = Access.check(actor, .readEndUsers) { throw problem }
        guard
            let found: (document: EndUser, record: Record) = try await find(
                .endUser,
                id.description,
                Self.scope(actor),
            )
        else { throw Access.absent }
        return found.document
    }

    package func endUser(
        externalID: String,
        by actor: Actor,
    ) async throws(Problem) -> EndUser? {
        if let problem = Access.check(actor, .readEndUsers) { throw problem }
        return try await endUser(externalID: externalID, scope: Self.scope(actor))
    }

    /// The id of the end user, when it is there for the actor; every role may name one.
    package func endUserID(
        externalID: String,
        by actor: Actor,
    ) async throws(Problem) -> ObjectID? {
        try await endUser(externalID: externalID, scope: Self.scope(actor))?.id
    }

    func endUser(externalID: String, scope: RecordScope) async throws(Problem) -> EndUser? {
        let record = try await stored { () throws(StoreError) in
            try await store.record(
                .endUser,
                unique: "external_id",
                value: externalID,
                scope: scope,
            )
        }
        guard let record else { return nil }
        return try read(record)
    }

    package func endUsers(
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [EndUser] {
        if let problem = Access.check(actor, .readEndUsers) { throw problem }
        return try await page(
            RecordQuery(
                kind: .endUser,
                scope: Self.scope(actor),
                after: after?.description,
                limit: limit,
            )
        )
    }

    /// Deletes an end user with its instances and authentications; executions that run go on.
    package func deleteEndUser(_ id: ObjectID, by actor: Actor) async throws(Problem) {
        if let problem = Access.check(actor, .manageEndUsers) { throw problem }
        guard
            let found: (document: EndUser, record: Record) = try await find(
                .endUser,
                id.description,
                Self.scope(actor),
            )
        else { throw Access.absent }
        for state in Instance.State.allCases where state != .deleted {
            while true {
                let instances = try await instances(of: id, state: state, scope: .account)
                if instances.isEmpty { break }
                for instance in instances { _ = try await deleteInstance(instance.id, by: actor) }
            }
        }
        try await leaveServices(of: id)
        while true {
            let own: [AuthenticationRecord] = try await page(
                RecordQuery(kind: .authentication, scope: .owner(id.description))
            )
            if own.isEmpty { break }
            for record in own { try await deleteAuthentication(record.id, by: actor) }
        }
        let result = try await write([
            .delete(.endUser, id: id.description, expected: .any),
            audit(
                "end_user.delete",
                .init(kind: "end_user", id: id.description),
                by: actor,
                owner: id,
                before: found.document.json,
                after: nil,
            ),
        ])
        guard result.isDone else { throw Self.busy() }
    }
}
