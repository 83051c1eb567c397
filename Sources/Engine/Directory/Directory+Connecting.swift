import Definitions
import Embedding
import Model
import StorePort

extension Directory {
    /// Takes a credential from the form of a connect page: stores it sealed, and puts it into the
    /// slots that it is for, all in one transaction.
    ///
    /// - Parameter item: ``ConnectItem/key``.
    /// - Throws: B2830, B2831, B2835; B2836 when the service does not take such a credential.
    package func connect(
        _ name: String,
        item: String,
        with credential: StoredCredential,
        browser: (ObjectID) -> String?,
        random: any RandomSource = SystemRandom(),
    ) async throws(Problem) -> ConnectView {
        for _ in 0..<Self.tries {
            let opened = try await opened(name, browser, mustBeOpen: true)
            let kind = ServiceDefinition.Kind(rawValue: credential.kind.rawValue)
            guard let kind, service(try opened.item(item).service).kinds.contains(kind) else {
                throw ConnectFault.credential.problem()
            }
            if let view = try await connect(opened, item, credential, random) { return view }
        }
        throw Self.busy()
    }

    /// How end users connect to a service; a service that is not set up takes an API key.
    package func service(_ name: String) -> ServiceDefinition {
        engine.deployment.project.account.services[name] ?? ServiceDefinition()
    }

    /// Nil when somebody else changed one of the objects meanwhile: nothing was written.
    func connect(
        _ opened: OpenedLink,
        _ key: String,
        _ credential: StoredCredential,
        _ random: any RandomSource,
    ) async throws(Problem) -> ConnectView? {
        let item = try opened.item(key)
        let old = opened.authentications.first { $0.id == item.authentication }
        let new: AuthenticationRecord
        if let old {
            new = try replaced(old, with: credential)
        } else {
            new = try record(
                newID(.authentication),
                NewAuthentication(
                    owner: opened.link.purpose.endUser,
                    service: item.service,
                    name: opened.link.purpose.name ?? service(item.service).title ?? item.service,
                    credential: credential,
                ),
            )
        }
        var (changes, connected) = try await fill(opened, item, with: new)
        changes.insert(
            put(
                new,
                dueAt: due(credential, new),
                expected: opened.versions[new.id].map(RecordExpectation.version) ?? .absent,
            ),
            at: 0,
        )
        changes.append(
            audit(new, old == nil ? "create" : "replace", by: opened.actor, before: old)
        )
        connected.insert(item.key)
        let (link, newBrowser) = bound(opened.link, random)
        var after = opened
        after.link = link
        after.link.authorization = nil
        if item.slot == nil { after.link.authentication = new.id }
        for index in after.items.indices where connected.contains(after.items[index].key) {
            after.items[index].state = .connected
            after.items[index].authentication = new.id
        }
        if after.items.allSatisfy({ $0.state == .connected }) { after.link.closedAt = now }
        changes.append(put(after.link, expected: .version(opened.version)))
        changes.append(audit(after.link, "use", by: opened.actor, before: opened.link))
        guard try await write(changes).isDone else { return nil }
        if old != nil { try await mended(new.id) }
        return after.view(at: now, newBrowser: newBrowser)
    }

    /// The instances with the new authentication in the slot, and in every other empty slot of the
    /// link that asks for the service. What is renewed in its place fills nothing.
    private func fill(
        _ opened: OpenedLink,
        _ item: ConnectItem,
        with new: AuthenticationRecord,
    ) async throws(Problem) -> (changes: [RecordChange], keys: Set<String>) {
        guard item.authentication == nil, item.slot != nil else {
            let same = opened.items.filter {
                $0.authentication != nil && $0.authentication == item.authentication
            }
            return ([], Set(same.map(\.key)))
        }
        let wanted = opened.items.filter {
            $0.key == item.key
                || $0.service == item.service && $0.authentication == nil && $0.slot != nil
        }
        var changes: [RecordChange] = []
        for (instance, record, version) in opened.instances {
            let slots = wanted.filter { $0.instance == instance.id }.compactMap(\.slot)
            guard !slots.isEmpty else { continue }
            var context = try await context(of: instance)
            context.authentications.append(new)
            var result = InstanceChange(instance: instance, event: nil)
            for slot in slots {
                let next = try InstanceLifecycle.setAuth(
                    result.instance,
                    on: version,
                    slot: slot,
                    to: new.id,
                    context,
                    at: now,
                    by: .client,
                ).get()
                result = InstanceChange(
                    instance: next.instance,
                    event: next.event ?? result.event,
                )
            }
            changes += self.changes(
                result,
                was: instance,
                version,
                action: "connect",
                by: opened.actor,
                version: record.version,
                triggers: try await triggerStates(of: instance.id),
            )
        }
        return (changes, Set(wanted.map(\.key)))
    }
}
