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
        let record = AuthenticationRecord(
            id: id,
            owner: new.owner,
            service: new.service,
            name: new.name,
            kind: new.credential.kind,
            sealed: try seal(new.credential, for: id),
        )
        let result = try await write([
            put(record, expected: .absent), audit(record, "create", by: actor, before: nil),
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
            var new = old
            new.kind = credential.kind
            new.sealed = try seal(credential, for: id)
            new.state = .healthy
            new.expiresAt = nil
            new.generation += 1
            let result = try await write([
                put(new, expected: .version(found.record.version)),
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

    private func put(_ record: AuthenticationRecord, expected: RecordExpectation) -> RecordChange {
        .put(
            RecordPut(
                kind: .authentication,
                id: record.id.description,
                owner: record.owner?.description ?? "",
                document: JSONWriter.bytes(record.json),
                labels: ["service": record.service, "state": record.state.name],
                expected: expected,
            )
        )
    }

    private func audit(
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

    // MARK: Secrets

    private func seal(
        _ credential: StoredCredential,
        for id: ObjectID,
    ) throws(Problem) -> String {
        try engine.vault.seal(JSONWriter.bytes(credential.json), context: "authentication:\(id)")
    }

    /// What stands in the instance's slot, opened for one attempt; nil when the slot is empty.
    func credential(
        in slot: String,
        of instance: Instance,
    ) async throws(Problem) -> Authentication? {
        var id = instance.auth[slot]
        if id == nil, let version = try await version(instance.solution, instance.version),
            let wanted = version.authSlot(slot), wanted.isShared
        {
            id = try await authentications(usableBy: instance.endUser).first {
                $0.isShared && $0.name == slot && $0.service == wanted.service
            }?.id
        }
        guard let id else { return nil }
        let found: (document: AuthenticationRecord, record: Record)? = try await find(
            .authentication,
            id.description,
            .account,
        )
        guard let record = found?.document,
            record.owner == nil || record.owner == instance.endUser
        else { return nil }
        let bytes = try engine.vault.open(record.sealed, context: "authentication:\(id)")
        guard let value = try? JSONParser.parse(bytes),  // tidy: nil is told below
            let credential = StoredCredential(json: value)
        else {
            throw Problem(
                .runtime,
                detail: "the authentication \(id) cannot be read",
                code: "B2701",
            )
        }
        return credential.authentication(named: slot)
    }

    /// Whether the account's own authentication may stand in the slot: when the solution declares it
    /// so, or does not know the slot at all.
    func isShared(_ slot: String, _ instance: Instance) async throws(Problem) -> Bool {
        try await version(instance.solution, instance.version)?.authSlot(slot)?.isShared ?? true
    }

    /// Seals the values of an instance's secret slots; they were measured before.
    func seal(for id: ObjectID) -> InstanceLifecycle.Seal {
        let vault = engine.vault
        let logger = engine.logger
        return { slot, value in
            do throws(Problem) {
                return try vault.seal(JSONWriter.bytes(value), context: "instance:\(id):\(slot)")
            } catch {
                logger.critical("a secret cannot be sealed: \(error.detail ?? error.title)")
                return ""
            }
        }
    }

    /// The secret values of an instance, by slot.
    func opened(_ instance: Instance) throws(Problem) -> JSONObject {
        var result = JSONObject()
        for (slot, sealed) in instance.secrets.sorted(by: { $0.key < $1.key }) {
            let bytes = try engine.vault.open(sealed, context: "instance:\(instance.id):\(slot)")
            do { result[slot] = try JSONParser.parse(bytes) } catch {
                throw Problem(
                    .runtime,
                    detail: "the secret \(slot) of \(instance.id) cannot be read",
                    code: "B2701",
                )
            }
        }
        return result
    }
}
