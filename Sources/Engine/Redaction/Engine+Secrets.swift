import ConnectorKit
import Definitions
import Embedding
import Model
import StorePort

/// The secrets of an instance, as they were when somebody asked last.
struct InstanceSecrets: Sendable {
    var secrets: SecretSet
    /// These and the account's: made once, as it takes longer than to start an execution.
    var known: KnownSecrets
    /// The words of its solution version.
    var texts: TextBook
    var until: Timestamp
}

extension Engine {
    /// How long the secrets of an instance are kept at hand. Another process may change a credential
    /// in the meantime; an execution that uses it learns the new one with the first use.
    static let instanceSecretsAge = TimeSpan(milliseconds: 30_000)
    static let instanceSecretsLimit = 4096

    /// A redactor that knows the account's secrets.
    var redactor: Redactor { state.withLock { $0.known }.all }

    /// What an execution of the account knows when it begins.
    var accountSecrets: KnownSecrets { state.withLock { $0.known }.copy() }

    /// What an execution knows when it begins: of its parent, or of the account and its instance.
    func knownSecrets(for request: StartRequest) async -> KnownSecrets {
        if let parent = request.known { return parent.copy() }
        guard let id = ObjectID(.instance, request.instance) else { return accountSecrets }
        return await directory.knownSecrets(of: id)
    }

    /// Every secret that a project refers to: credentials, and what webhooks are verified with.
    func secrets(of project: ProjectDefinition) -> SecretSet {
        var result = SecretSet()
        for definition in project.account.authentications.values {
            switch definition {
            case .bearer(let token): add(token, to: &result)
            case .basic(_, let password): add(password, to: &result)
            case .apiKey(let key, let header, let query):
                add(key, to: &result)
                result.parameters += [header, query].compactMap(\.self)
            case .headers(let headers):
                for reference in headers.values { add(reference, to: &result) }
                result.parameters += headers.keys.sorted()
            }
        }
        for service in project.account.services.values {
            if let secret = service.oauth?.clientSecret { add(secret, to: &result) }
        }
        for workflow in project.workflows {
            guard case .webhook(let webhook) = workflow.trigger else { continue }
            switch webhook.verify {
            case .hmacSHA256(let hmac): add(hmac.secret, to: &result)
            case .sharedToken(let secret, let header, let query):
                add(secret, to: &result)
                result.parameters += [header, query].compactMap(\.self)
            case .standardWebhooks(let secret, _):
                add(secret, to: &result)
                // Its bytes without the prefix are the same secret.
                if let text = result.values.last, text.hasPrefix("whsec_") {
                    result.values.append(String(text.dropFirst(6)))
                }
            case nil, .some(.none): continue
            }
        }
        return result
    }

    private func add(_ reference: SecretReference, to result: inout SecretSet) {
        do throws(Problem) { result.values.append(try secrets.secret(reference)) } catch {
            logger.warning("\(error.detail ?? error.title)")
        }
    }
}

extension Directory {
    /// What an execution of the instance knows when it begins.
    func knownSecrets(of id: ObjectID) async -> KnownSecrets {
        if let cached = cachedSecrets(of: id) { return cached.known.copy() }
        do throws(Problem) {
            if let instance = try await instance(id, scope: .account) {
                return await readSecrets(of: instance).known.copy()
            }
        } catch {
            engine.logger.error("the secrets of \(id) cannot be read: \(error.detail ?? "")")
        }
        return engine.accountSecrets
    }

    func secrets(of instance: Instance) async -> InstanceSecrets {
        if let cached = cachedSecrets(of: instance.id) { return cached }
        return await readSecrets(of: instance)
    }

    private func cachedSecrets(of id: ObjectID) -> InstanceSecrets? {
        let now = now
        let cached = engine.state.withLock { $0.instanceSecrets[id.description] }
        return cached.flatMap { now < $0.until ? $0 : nil }
    }

    /// The values of its secret slots and the credentials of its connections. What cannot be opened
    /// cannot be used either, and is left out.
    private func readSecrets(of instance: Instance) async -> InstanceSecrets {
        var result = SecretSet(names: instance.secrets.keys.sorted())
        do throws(Problem) {
            let values = try opened(instance).values
            result.values = values.flatMap { SecretSet.texts(of: $0) }
        } catch {
            engine.logger.error("\(error.detail ?? error.title)")
        }
        var version: SolutionVersion?
        do throws(Problem) {
            version = try await self.version(instance.solution, instance.version)
        } catch {
            engine.logger.error("\(error.detail ?? error.title)")
        }
        // Those that it filled, and those that the partner fills for everybody.
        let shared = version?.authSlots.filter(\.isShared).map(\.name) ?? []
        for slot in Set(instance.auth.keys).union(shared).sorted() {
            do throws(Problem) {
                guard let record = try await authentication(in: slot, of: instance) else {
                    continue
                }
                result.add(try open(record).secretSet)
            } catch {
                engine.logger.error("\(error.detail ?? error.title)")
            }
        }
        let known = engine.accountSecrets
        known.keep(result)
        let kept = InstanceSecrets(
            secrets: result,
            known: known,
            texts: version?.texts ?? TextBook(),
            until: now + Engine.instanceSecretsAge,
        )
        engine.logDoor.add(result)
        engine.state.withLock { state in
            if state.instanceSecrets.count >= Engine.instanceSecretsLimit {
                state.instanceSecrets = [:]
            }
            state.instanceSecrets[instance.id.description] = kept
        }
        return kept
    }

    /// After a credential or a secret was changed: the next who asks reads anew.
    func forgetSecrets(after changes: [RecordChange]) {
        for change in changes {
            switch change.kind {
            case .authentication: engine.state.withLock { $0.instanceSecrets = [:] }
            case .instance: engine.state.withLock { $0.instanceSecrets[change.id] = nil }
            default: continue
            }
        }
    }
}
