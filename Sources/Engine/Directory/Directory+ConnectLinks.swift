import Definitions
import Embedding
import Model
import StorePort

extension Directory {
    /// What every link's token begins with, so that scanners for leaked secrets find it.
    package static let linkPrefix = "bscl_"

    /// Makes a link; its token is seen this once.
    ///
    /// - Throws: B2832 for a return address that is not listed, B2840 for the lifetime, B2518 for an
    ///   end user or instance that is not there, B2506 for a slot that end users cannot fill.
    package func createConnectLink(
        _ purpose: ConnectLink.Purpose,
        lifetime: TimeSpan,
        by actor: Actor,
        random: any RandomSource = SystemRandom(),
    ) async throws(Problem) -> (link: ConnectLink, token: String) {
        if let problem = Access.check(actor, .issueConnectLinks) { throw problem }
        guard ConnectLink.lifetimes.contains(lifetime) else {
            throw ConnectFault.lifetime.problem(detail: "a link cannot be good for \(lifetime)")
        }
        try await check(purpose, by: actor)
        let listed = engine.deployment.project.account.connect.returnURLs
        if let address = purpose.returnURL, !ReturnAddress.isAllowed(address, by: listed) {
            throw ConnectFault.returnAddress.problem(
                detail: "the return address is not below one of connect.return_urls"
            )
        }
        let token = Self.linkPrefix + Base64.urlEncoded(random.bytes(32))
        let now = now
        let link = ConnectLink(
            id: newID(.connectLink),
            purpose: purpose,
            hash: Digest.hex(Array(token.utf8)),
            createdAt: now,
            expiresAt: now + lifetime,
        )
        let result = try await write([
            put(link, expected: .absent), audit(link, "create", by: actor, before: nil),
        ])
        guard result.isDone else { throw Self.busy() }
        return (link, token)
    }

    private func check(
        _ purpose: ConnectLink.Purpose,
        by actor: Actor,
    ) async throws(Problem) {
        let scope = Self.scope(actor)
        guard let user = purpose.endUser else {
            if let problem = Access.check(actor, .manageAuthentications, owner: nil) {
                throw problem
            }
            return
        }
        let owner: (document: EndUser, record: Record)? = try await find(
            .endUser,
            user.description,
            scope,
        )
        guard owner != nil else { throw Access.absent }
        guard let id = purpose.instance else { return }
        guard let instance = try await instance(id, scope: scope),
            instance.endUser == user, instance.state != .deleted,
            let version = try await version(instance.solution, instance.version)
        else { throw Access.absent }
        let slots = version.authSlots.filter { slot in
            slot.isVisible(to: .client) && purpose.slot.map { $0 == slot.name } ?? true
                && purpose.service.map { $0 == slot.service } ?? true
        }
        guard !slots.isEmpty else {
            throw EmbeddingFault.unknownAuthSlot.problem(
                data: ["path": .string("/auth/\(purpose.slot ?? "")")]
            )
        }
    }

    /// Oldest first; never the token of one.
    package func connectLinks(
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [ConnectLink] {
        if let problem = Access.check(actor, .issueConnectLinks) { throw problem }
        return try await page(
            RecordQuery(
                kind: .connectLink,
                scope: Self.scope(actor),
                after: after?.description,
                limit: limit,
            )
        )
    }

    /// From now on the link opens nothing. What was connected by it stays.
    package func revokeConnectLink(_ id: ObjectID, by actor: Actor) async throws(Problem) {
        if let problem = Access.check(actor, .issueConnectLinks) { throw problem }
        for _ in 0..<Self.tries {
            guard
                let found: (document: ConnectLink, record: Record) = try await find(
                    .connectLink,
                    id.description,
                    Self.scope(actor),
                )
            else { throw Access.absent }
            guard !found.document.isRevoked else { return }
            var link = found.document
            link.isRevoked = true
            link.authorization = nil
            let result = try await write([
                put(link, expected: .version(found.record.version)),
                audit(link, "revoke", by: actor, before: found.document),
            ])
            if result.isDone { return }
        }
        throw Self.busy()
    }

    func put(_ link: ConnectLink, expected: RecordExpectation) -> RecordChange {
        .put(
            RecordPut(
                kind: .connectLink,
                id: link.id.description,
                owner: link.purpose.endUser?.description ?? "",
                document: JSONWriter.bytes(link.json),
                unique: ["hash": link.hash],
                labels: ["end_user": link.purpose.endUser?.description ?? ""],
                dueAt: link.expiresAt + ConnectLink.keptFor,
                expected: expected,
            )
        )
    }

    func audit(
        _ link: ConnectLink,
        _ action: String,
        by actor: Actor,
        before: ConnectLink?,
    ) -> RecordChange {
        audit(
            "connect_link.\(action)",
            .init(kind: "connect_link", id: link.id.description),
            by: actor,
            owner: link.purpose.endUser,
            before: before?.view(for: .partner),
            after: link.view(for: .partner),
        )
    }
}
