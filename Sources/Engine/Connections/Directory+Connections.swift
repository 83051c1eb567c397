import Breakers
import Embedding
import Model
import StorePort

extension Directory {
    /// Connections in the order of their ids: every stored credential, and what else is not simply
    /// healthy.
    ///
    /// - Parameters:
    ///   - after: the id behind which the page begins.
    ///   - health: `healthy`, `degraded` or `broken` only.
    package func connectionViews(
        after: String?,
        limit: Int,
        health: String?,
        by actor: Actor,
    ) async throws(Problem) -> (views: [ConnectionView], next: String?) {
        if let problem = Access.check(actor, .readAuthentications) { throw problem }
        let scope = Self.scope(actor)
        let authentications: [AuthenticationRecord] = try await page(
            RecordQuery(kind: .authentication, scope: scope, after: after, limit: limit)
        )
        let connections: [Connection] = try await page(
            RecordQuery(kind: .breaker, scope: scope, after: after, limit: limit)
        )
        var known: [String: AuthenticationRecord] = [:]
        for record in authentications { known[record.id.description] = record }
        let ids = Set(known.keys).union(connections.map(\.id)).sorted().prefix(limit)
        let kept = Dictionary(connections.map { ($0.id, $0) }) { first, _ in first }
        var views: [ConnectionView] = []
        for id in ids {
            let view = try await connectionView(id, kept[id], known[id])
            guard let view, health.map({ $0 == view.health.name }) ?? true else { continue }
            views.append(view)
        }
        return (views, ids.count == limit ? ids.last : nil)
    }

    package func connectionView(
        _ id: String,
        by actor: Actor,
    ) async throws(Problem) -> ConnectionView {
        if let problem = Access.check(actor, .readAuthentications) { throw problem }
        let scope = Self.scope(actor)
        let kept: (document: Connection, record: Record)? =
            id.utf8.count <= ConnectionKey.lengthMax ? try await find(.breaker, id, scope) : nil
        let found: (document: AuthenticationRecord, record: Record)? =
            ObjectID(.authentication, id) == nil
            ? nil : try await find(.authentication, id, scope)
        guard let view = try await connectionView(id, kept?.document, found?.document) else {
            throw Access.absent
        }
        return view
    }

    private func connectionView(
        _ id: String,
        _ connection: Connection?,
        _ authentication: AuthenticationRecord?,
    ) async throws(Problem) -> ConnectionView? {
        let facts: ConnectionFacts
        if let authentication {
            facts = ConnectionPlace(authentication, .everything).facts
        } else if let connection {
            facts = connection.facts
        } else {
            return nil
        }
        var parked = 0
        if connection != nil {
            parked = try await stored { () throws(StoreError) in
                try await store.countRecords(.parked, scope: .account, labels: ["breaker": id])
            }
        }
        let bucket = TokenBucket(connection?.limit)
        return ConnectionView(
            id: id,
            facts: facts,
            connection: connection,
            authentication: authentication,
            parked: parked,
            limitedTo: bucket.rate(at: now, engine.configuration.breakers),
        )
    }

    // MARK: By hand

    /// Lets the next attempt, or the oldest execution that waits, find out at once whether the
    /// connection works again.
    package func probeConnection(
        _ id: String,
        by actor: Actor,
    ) async throws(Problem) -> ConnectionView {
        try await change(id, .hasten, "connection.probe", by: actor)
    }

    /// Takes the connection for mended: everything goes through, and what is parked is resumed.
    package func closeConnection(
        _ id: String,
        by actor: Actor,
    ) async throws(Problem) -> ConnectionView {
        try await change(id, .closeAll, "connection.close", by: actor)
    }

    /// Somebody connected anew: what is parked is resumed at once, whatever kind the credential is.
    func mended(_ authentication: ObjectID) async throws(Problem) {
        let id = authentication.description
        let view = try await connectionView(id, by: .adminToken)
        _ = await engine.connectionKeeper.apply([.closeAll], to: id, view.facts)
    }

    private func change(
        _ id: String,
        _ change: Connection.Change,
        _ action: String,
        by actor: Actor,
    ) async throws(Problem) -> ConnectionView {
        let before = try await connectionView(id, by: actor)
        if let problem = Access.check(actor, .controlExecutions, owner: before.facts.owner) {
            throw problem
        }
        guard await engine.connectionKeeper.apply([change], to: id, before.facts) != nil else {
            throw Self.busy()
        }
        let after = try await connectionView(id, by: actor)
        _ = try await write([
            audit(
                action,
                .init(kind: "connection", id: id),
                by: actor,
                owner: before.facts.owner,
                before: before.view(for: .partner),
                after: after.view(for: .partner),
            )
        ])
        return after
    }
}
