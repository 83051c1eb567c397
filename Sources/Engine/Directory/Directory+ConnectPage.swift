import Definitions
import Embedding
import Model
import StorePort

/// A connect page as one browser sees it.
package struct ConnectView: Sendable {
    package var link: ConnectLink
    package var items: [ConnectItem]
    /// Nothing is left to do, or the time is over.
    package var isOver: Bool
    /// What the browser has to hold from now on; nil when it has it already.
    package var newBrowser: String?
}

/// A link that was found, with what it shows.
struct OpenedLink: Sendable {
    var link: ConnectLink
    var version: Int64
    var items: [ConnectItem]
    var instances: [(instance: Instance, record: Record, version: SolutionVersion)]
    var authentications: [AuthenticationRecord]
    /// Of the authentications' records.
    var versions: [ObjectID: Int64]

    var actor: Actor { .connectLink(link.id.description, for: link.purpose.endUser) }

    func item(_ key: String) throws(Problem) -> ConnectItem {
        guard let item = items.first(where: { $0.key == key }) else {
            throw ConnectFault.noItem.problem()
        }
        return item
    }

    func view(at now: Timestamp, newBrowser: String? = nil) -> ConnectView {
        ConnectView(
            link: link,
            items: items,
            isOver: !link.isOpen(at: now),
            newBrowser: newBrowser,
        )
    }
}

extension Directory {
    /// What the page of a link shows.
    ///
    /// - Parameters:
    ///   - name: the token of the link; or its id, for the browser that it is bound to.
    ///   - browser: gives what the browser holds for the link of an id.
    /// - Throws: B2830, B2831.
    package func connectPage(
        _ name: String,
        browser: (ObjectID) -> String?,
    ) async throws(Problem) -> ConnectView {
        try await opened(name, browser, mustBeOpen: false).view(at: now)
    }

    /// The link with what it is for.
    func opened(
        _ name: String,
        _ browser: (ObjectID) -> String?,
        mustBeOpen: Bool,
    ) async throws(Problem) -> OpenedLink {
        guard let (link, record) = try await link(name), !link.isRevoked else {
            throw ConnectFault.noLink.problem()
        }
        let holds = browser(link.id).map { Digest.hex(Array($0.utf8)) }
        if let session = link.sessionHash {
            guard holds == session else { throw ConnectFault.linkUsed.problem() }
        } else if !name.hasPrefix(Self.linkPrefix) {
            throw ConnectFault.noLink.problem()
        }
        guard link.closedAt != nil || now < link.expiresAt else {
            throw ConnectFault.noLink.problem()
        }
        if mustBeOpen, link.closedAt != nil { throw ConnectFault.linkUsed.problem() }
        return try await filled(link, record.version)
    }

    private func link(_ name: String) async throws(Problem) -> (ConnectLink, Record)? {
        let record: Record?
        if name.hasPrefix(Self.linkPrefix) {
            let hash = Digest.hex(Array(name.utf8))
            record = try await stored { () throws(StoreError) in
                try await store.record(.connectLink, unique: "hash", value: hash, scope: .account)
            }
        } else {
            guard let id = ObjectID(.connectLink, name) else { return nil }
            record = try await stored { () throws(StoreError) in
                try await store.record(.connectLink, id: id.description, scope: .account)
            }
        }
        guard let record else { return nil }
        return (try read(record), record)
    }

    func filled(
        _ link: ConnectLink,
        _ version: Int64,
    ) async throws(Problem) -> OpenedLink {
        let user = link.purpose.endUser?.description ?? ""
        var instances: [(instance: Instance, record: Record, version: SolutionVersion)] = []
        let records = try await stored { () throws(StoreError) in
            try await store.records(
                RecordQuery(
                    kind: .instance,
                    scope: .owner(user),
                    limit: RecordLimits.listMax,
                )
            )
        }
        for record in records {
            let instance: Instance = try read(record)
            guard instance.state != .deleted,
                let version = try await self.version(instance.solution, instance.version)
            else { continue }
            instances.append((instance, record, version))
        }
        var authentications: [AuthenticationRecord] = []
        var versions: [ObjectID: Int64] = [:]
        let own = RecordQuery(
            kind: .authentication,
            scope: .owner(user),
            limit: RecordLimits.listMax,
        )
        for record in try await stored({ () throws(StoreError) in try await store.records(own) }) {
            let authentication: AuthenticationRecord = try read(record)
            authentications.append(authentication)
            versions[authentication.id] = record.version
        }
        return OpenedLink(
            link: link,
            version: version,
            items: ConnectItem.items(
                of: link,
                instances.map { ($0.instance, $0.version) },
                authentications,
            ),
            instances: instances,
            authentications: authentications,
            versions: versions,
        )
    }

    /// The link bound to the browser, with what the browser has to hold when it is new.
    func bound(
        _ link: ConnectLink,
        _ random: any RandomSource,
    ) -> (link: ConnectLink, newBrowser: String?) {
        guard link.sessionHash == nil else { return (link, nil) }
        let browser = Base64.urlEncoded(random.bytes(32))
        var link = link
        link.sessionHash = Digest.hex(Array(browser.utf8))
        return (link, browser)
    }
}
