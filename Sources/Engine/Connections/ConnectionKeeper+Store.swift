import Alerting
import Breakers
import Embedding
import Model
import StorePort

extension RecordKind {
    static let breaker = RecordKind(rawValue: "breaker")
    static let parked = RecordKind(rawValue: "parked")
}

extension ConnectionKeeper {
    /// What became of changes: what is stored now, and whether they changed it.
    struct Applied: Sendable {
        var connection: Connection
        var isDone: Bool
    }

    /// Makes changes durable, by compare-and-set: a change that another process was faster with, or
    /// that came too late, changes nothing. With it go the notice of a trip or of the recovery, and
    /// the health of the authentication.
    ///
    /// - Returns: nil when the store refused; this process then keeps to what it decided, and the
    ///   next change tries again.
    func apply(
        _ changes: [Connection.Change],
        to id: String,
        _ facts: ConnectionFacts,
        cause: Problem? = nil,
        witness: Witness? = nil,
    ) async -> Applied? {
        do throws(Problem) {
            for _ in 0..<Directory.tries {
                let found = try await stored(id)
                let old = found?.connection ?? Connection(id: id, facts: facts)
                var next = old
                var isDone = false
                let authentication = try await authentication(of: facts, changes)
                for change in changes where !authentication.outdates(change) {
                    let chance = engine.chance()
                    isDone =
                        next.apply(
                            authentication.dated(change),
                            now: now,
                            keeper: keeper,
                            policy: policy,
                            chance: chance,
                        ) || isDone
                }
                guard isDone else {
                    adopt(found?.connection, id, version: found?.version)
                    return Applied(connection: old, isDone: false)
                }
                let writes = try self.writes(&next, old, found, authentication, cause, witness)
                guard case .done(let versions) = try await directory.write(writes) else { continue }
                adopt(next, id, version: versions.first)
                count(old, next)
                return Applied(connection: next, isDone: true)
            }
        } catch {
            engine.logger.error(
                "the state of a connection could not be stored: \(error.detail ?? error.title)",
                metadata: ["connection": "\(id)"],
            )
        }
        return nil
    }

    struct Found: Sendable {
        var connection: Connection
        var version: Int64
    }

    func stored(_ id: String) async throws(Problem) -> Found? {
        let found: (document: Connection, record: Record)? = try await directory.find(
            .breaker,
            id,
            .account,
        )
        return found.map { Found(connection: $0.document, version: $0.record.version) }
    }

    func adopt(_ connection: Connection?, _ id: String, version: Int64?) {
        let now = now
        let policy = policy
        table.state.withLock { state in
            state.versions[id] = version == 0 ? nil : version
            if let facts = connection?.facts, state.watches[id] == nil {
                state.watches[id] = ConnectionWatch(id: id, facts: facts)
            }
            state.watches[id]?.adopt(connection, now: now, policy: policy)
        }
    }

    private func count(_ old: Connection, _ next: Connection) {
        if old.notice != next.notice { engine.wakeAlerting() }
        table.state.withLock { state in
            if old.opening == nil, next.opening != nil { state.counters.trips += 1 }
            if old.opening != nil, next.opening == nil { state.counters.recoveries += 1 }
        }
        guard old.health != next.health else { return }
        engine.logger.warning(
            "a connection is \(next.health.name)",
            metadata: [
                "connection": "\(next.id)", "service": "\(next.facts.service)",
                "reason": "\(next.opening?.reason.rawValue ?? "")",
            ],
        )
    }

    // MARK: One transaction

    /// The connection first: its version is the answer's first.
    private func writes(
        _ next: inout Connection,
        _ old: Connection,
        _ found: Found?,
        _ authentication: KnownAuthentication,
        _ cause: Problem?,
        _ witness: Witness?,
    ) throws(Problem) -> [RecordChange] {
        var changes: [RecordChange] = []
        let isRefused = next.isRefused && !old.isRefused
        let isTrip = isRefused || (old.opening == nil && next.opening != nil)
        // Who saw first that a credential is refused has told so.
        if isTrip, !isRefused || authentication.isHealthy {
            let notice = notice(of: next, cause, witness)
            next.notice = notice.id
            changes.append(directory.put(notice))
        }
        if next.opening == nil { next.notice = nil }
        if let change = try authentication.change(from: old, to: next, now: now, directory) {
            changes.append(change)
        }
        changes.insert(put(next, expected: found?.version), at: 0)
        return changes
    }

    /// - Parameter expected: nil when there is no record yet.
    func put(_ connection: Connection, expected: Int64?, dueAt: Timestamp? = nil) -> RecordChange {
        let expectation = expected.map(RecordExpectation.version) ?? .absent
        guard connection.isWorthKeeping else {
            return .delete(.breaker, id: connection.id, expected: expectation)
        }
        var labels = ["service": connection.facts.service, "health": connection.health.name]
        labels["instance"] = connection.facts.instance?.description
        return .put(
            RecordPut(
                kind: .breaker,
                id: connection.id,
                owner: connection.facts.owner?.description ?? "",
                document: JSONWriter.bytes(connection.json),
                labels: labels,
                dueAt: dueAt ?? connection.dueAt(now: now) ?? now + Self.idleCheck,
                expected: expectation,
            )
        )
    }

    /// The one failure of a trip: it enters the ladder like any other.
    private func notice(
        of connection: Connection,
        _ cause: Problem?,
        _ witness: Witness?,
    ) -> Failure {
        let reason = connection.opening?.reason ?? .service
        let facts = connection.facts
        let name = facts.name ?? facts.service
        var problem = Problem(
            reason,
            detail: "the connection \(name) is broken; executions that need it wait"
                + (cause.flatMap(\.detail).map { ": \($0)" } ?? ""),
            code: reason == .authentication ? "B3153" : "B3154",
        )
        let isRefused = reason == .authentication
        problem.connector = cause?.connector ?? facts.service
        problem.operation = cause?.operation
        problem.response = cause?.response
        problem.actor = !isRefused ? .vendor : facts.owner == nil ? .support : .client
        problem.action = isRefused ? .reconnect : .wait
        problem.occurredAt = now
        problem.ids["connection"] = .string(connection.id)
        problem.ids["authentication"] = facts.authentication.map(JSONValue.id)
        // What all share is nobody's own: the account hears of it.
        let isOwned = facts.owner != nil
        return Failure(
            id: directory.newID(.failure),
            at: now,
            kind: isRefused ? .authentication : .connection,
            instance: isOwned ? witness.flatMap { ObjectID(.instance, $0.instance) } : nil,
            solution: isOwned ? witness?.solution : nil,
            version: isOwned ? witness?.version : nil,
            user: facts.owner,
            problem: engine.redactor.redact(problem),
        )
    }

    // MARK: The authentication behind it

    private func authentication(
        of facts: ConnectionFacts,
        _ changes: [Connection.Change],
    ) async throws(Problem) -> KnownAuthentication {
        guard let id = facts.authentication,
            changes.contains(where: \.concernsCredentials)
        else { return KnownAuthentication() }
        let found: (document: AuthenticationRecord, record: Record)? = try await directory.find(
            .authentication,
            id.description,
            .account,
        )
        return KnownAuthentication(
            isAsked: true,
            record: found?.document,
            version: found?.record.version,
        )
    }
}

/// The authentication of a connection as it is now, when a change concerns it.
private struct KnownAuthentication: Sendable {
    var isAsked = false
    var record: AuthenticationRecord?
    var version: Int64?

    /// Whether the trip is news: nobody has marked the credential yet.
    var isHealthy: Bool { record.map { $0.state == .healthy } ?? true }

    /// Whether the credential that was refused is no longer the one that is there.
    func outdates(_ change: Connection.Change) -> Bool {
        guard isAsked, case .open(_, .authentication, let generation) = change else { return false }
        guard let record else { return true }
        return generation.map { $0 != record.generation } ?? false
    }

    /// A refusal of the credential that is there now.
    func dated(_ change: Connection.Change) -> Connection.Change {
        guard case .open(let scope, .authentication, _) = change, let record else { return change }
        return .open(scope, .authentication, generation: record.generation)
    }

    /// What its health is from now on.
    func change(
        from old: Connection,
        to next: Connection,
        now: Timestamp,
        _ directory: Directory,
    ) throws(Problem) -> RecordChange? {
        guard var record, let version, old.isRefused != next.isRefused else { return nil }
        if next.isRefused {
            guard record.state == .healthy else { return nil }
            record.state = .broken(.authentication, since: now)
        } else {
            guard record.state != .healthy else { return nil }
            record.state = .healthy
        }
        return directory.put(
            record,
            dueAt: directory.due(try directory.open(record), record),
            expected: .version(version),
        )
    }
}

extension Connection {
    /// Whether its credentials are refused.
    var isRefused: Bool { breaker(.everything).opening?.reason == .authentication }
}

extension Connection.Change {
    /// Whether it may say something about the credentials.
    fileprivate var concernsCredentials: Bool {
        switch self {
        case .open(.everything, _, _), .close(.everything), .closeAll: true
        case .open, .close, .probe, .hasten, .drained, .observed: false
        }
    }
}
