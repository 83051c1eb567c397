import ConnectorKit
import Embedding
import Model
import StorePort

extension Directory {
    func seal(
        _ credential: StoredCredential,
        for id: ObjectID,
    ) throws(Problem) -> String {
        try engine.vault.seal(JSONWriter.bytes(credential.json), context: "authentication:\(id)")
    }

    func open(_ record: AuthenticationRecord) throws(Problem) -> StoredCredential {
        var bytes = try engine.vault.open(record.sealed, context: "authentication:\(record.id)")
        defer { AuthenticatedCipher.wipe(&bytes) }
        guard let value = try? JSONParser.parse(bytes),  // tidy: nil is told below
            let credential = StoredCredential(json: value)
        else {
            throw Problem(
                .runtime,
                detail: "the authentication \(record.id) cannot be read",
                code: "B2701",
            )
        }
        return credential
    }

    func record(
        _ id: ObjectID,
        _ new: NewAuthentication,
    ) throws(Problem) -> AuthenticationRecord {
        AuthenticationRecord(
            id: id,
            owner: new.owner,
            service: new.service,
            name: new.name,
            kind: new.credential.kind,
            sealed: try seal(new.credential, for: id),
            expiresAt: new.credential.tokens?.expiresAt,
        )
    }

    /// The same authentication with another credential: healthy again.
    func replaced(
        _ old: AuthenticationRecord,
        with credential: StoredCredential,
    ) throws(Problem) -> AuthenticationRecord {
        var new = old
        new.kind = credential.kind
        new.sealed = try seal(credential, for: old.id)
        new.state = .healthy
        new.expiresAt = credential.tokens?.expiresAt
        new.generation += 1
        return new
    }

    /// What stands in the instance's slot, opened for one attempt; nil when the slot is empty.
    func credential(
        in slot: String,
        of instance: Instance,
    ) async throws(Problem) -> UsedCredential? {
        guard let record = try await authentication(in: slot, of: instance) else { return nil }
        return try await open(record, for: slot)
    }

    /// What stands in the instance's slot; nil when the slot is empty.
    func authentication(
        in slot: String,
        of instance: Instance,
    ) async throws(Problem) -> AuthenticationRecord? {
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
        return record
    }

    /// Opens a credential for one attempt, with a token that is fresh.
    func open(
        _ record: AuthenticationRecord,
        for slot: String,
    ) async throws(Problem) -> UsedCredential? {
        if record.kind == .oauth2 {
            let tokens = try await engine.keeper.tokens(for: record.id.description)
            return UsedCredential(slot, tokens, of: record.id)
        }
        return try open(record).authentication(named: slot).map {
            UsedCredential(authentication: $0, renewable: nil)
        }
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
