import Breakers
import Embedding
import Model
import StorePort

extension ConnectionKeeper {
    // MARK: What others did

    /// Reads all connections that are not simply healthy: a look at an index while there is none,
    /// else a query, however many attempts go on.
    func refresh() async {
        do throws(StoreError) {
            // Every record of a connection has its time: without one there is nothing to read.
            let isNone = table.state.withLock { $0.versions.isEmpty && $0.counters.parked == 0 }
            if isNone, try await store.nextDue(.breaker) == nil { return }
            var seen: Set<String> = []
            var after: String?
            repeat {
                let page = try await store.records(
                    RecordQuery(
                        kind: .breaker,
                        scope: .account,
                        after: after,
                        limit: RecordLimits.listMax,
                    )
                )
                for record in page {
                    seen.insert(record.id)
                    take(record)
                }
                after = page.count == RecordLimits.listMax ? page.last?.id : nil
            } while after != nil
            forgetOthers(than: seen)
            let parked = try await store.countRecords(.parked, scope: .account, labels: [:])
            table.state.withLock { $0.counters.parked = parked }
        } catch {
            if error != .closed { engine.logger.error("could not read connections: \(error)") }
        }
        table.sweep(now: now, policy)
    }

    /// What is known already, or about to be replaced by what is on its way, is left alone.
    private func take(_ record: Record) {
        let isNew = table.state.withLock { state in
            state.unsettled[record.id] == nil && (state.versions[record.id] ?? 0) < record.version
        }
        guard isNew else { return }
        do throws(Problem) {
            let connection: Connection = try directory.read(record)
            adopt(connection, record.id, version: record.version)
        } catch {
            engine.logger.error("\(error.detail ?? error.title)")
        }
    }

    private func forgetOthers(than seen: Set<String>) {
        let now = now
        let policy = policy
        table.state.withLock { state in
            for id in state.versions.keys
            where !seen.contains(id) && state.unsettled[id] == nil {
                state.versions[id] = nil
                state.watches[id]?.adopt(nil, now: now, policy: policy)
            }
            state.counters.open = 0
            state.counters.halfOpen = 0
            state.counters.degraded = 0
            for id in seen {
                guard let connection = state.watches[id]?.connection else { continue }
                let names = connection.breakers.values.map(\.name)
                if names.contains("open") {
                    state.counters.open += 1
                } else if names.contains("half_open") {
                    state.counters.halfOpen += 1
                } else if connection.health.name == "degraded" {
                    state.counters.degraded += 1
                }
            }
        }
    }

    /// Writes down rates and failures in a row where they changed, for connections that are not
    /// simply healthy; and looks whether credentials that were refused have been replaced.
    func observe() async {
        let now = now
        let policy = policy
        let changes = table.state.withLock { state in
            state.watches.values.compactMap { watch in
                watch.observed(now: now, policy: policy).map { (watch.id, watch.facts, $0) }
            }
        }
        for (id, facts, change) in changes { _ = await apply([change], to: id, facts) }
        let refused = table.state.withLock { state in
            state.watches.values.compactMap(\.connection).filter(\.isRefused)
        }
        do throws(Problem) {
            for connection in refused where try await isReplaced(connection) {
                _ = await apply([.hasten], to: connection.id, connection.facts)
            }
        } catch {
            engine.logger.error("could not read authentications: \(error.detail ?? error.title)")
        }
    }

    // MARK: One connection

    /// How soon a connection is looked at again whose work could not be done now.
    static let tendAgain = TimeSpan(milliseconds: 5_000)

    /// Lets an execution probe it, when it is time, and resumes what it parked, when it works.
    func tend(_ record: Record) async {
        do throws(Problem) {
            let connection: Connection = try directory.read(record)
            adopt(connection, record.id, version: record.version)
            var version = record.version
            var wait = Self.idleCheck
            if connection.opening != nil {
                wait = try await probe(connection) ? policy.probeTime : Self.quietCheck
            }
            if connection.isDraining {
                guard let drained = try await drain(connection, version) else { return }
                version = drained
                wait = min(wait, Self.tendAgain)
            }
            // In conflict with a change that came meanwhile, which has set its own time.
            _ = try await directory.write([
                put(connection, expected: version, dueAt: now + wait)
            ])
        } catch {
            engine.logger.error(
                "a connection waits to be tended: \(error.detail ?? error.title)",
                metadata: ["connection": "\(record.id)"],
            )
        }
    }

    /// How often an open connection is looked at that nobody waits for.
    static let quietCheck = TimeSpan(milliseconds: 60_000)
    /// How often one is looked at that needs nothing.
    static let idleCheck = TimeSpan(milliseconds: 86_400_000)

    /// Whether the credential that was refused is gone or another one by now.
    private func isReplaced(_ connection: Connection) async throws(Problem) -> Bool {
        guard let id = connection.facts.authentication,
            case .open(let opening) = connection.breaker(.everything).state, opening.until > now
        else { return false }
        let found: (document: AuthenticationRecord, record: Record)? = try await directory.find(
            .authentication,
            id.description,
            .account,
        )
        guard let found else { return true }
        return connection.generation.map { $0 != found.document.generation } ?? false
    }

    /// Wakes the execution that was made first of those that may probe; its attempt is the probe.
    private func probe(_ connection: Connection) async throws(Problem) -> Bool {
        let page = try await parkings(at: connection.id, after: nil, limit: 64)
        for parking in page
        where connection.answer(parking.operations, now: now, keeper: keeper) == .probe {
            if try await resume(parking) { return true }
        }
        return false
    }

    // MARK: Resuming

    /// Resumes what is parked, oldest first, at a bounded rate.
    ///
    /// - Returns: the version of the record to go on with later; nil when somebody else changed it,
    ///   or everything is resumed.
    private func drain(
        _ connection: Connection,
        _ version: Int64,
    ) async throws(Problem) -> Int64? {
        var version = version
        var after: String?
        var left = 0
        while engine.isReady {
            let page = try await parkings(
                at: connection.id,
                after: after,
                limit: policy.resumedPerSecond,
            )
            guard let last = page.last else { break }
            after = last.recordID
            for parking in page
            where connection.answer(parking.operations, now: now, keeper: keeper) == .pass {
                left += 1
                if try await resume(parking) {
                    table.state.withLock { $0.counters.resumedTotal += 1 }
                }
            }
            // Hides it from others for as long as this goes on; a breaker that opened meanwhile, or
            // a worker that took over, is in conflict.
            let hidden = put(
                connection,
                expected: version,
                dueAt: now + engine.configuration.connectionHide,
            )
            guard case .done(let versions) = try await directory.write([hidden]),
                let hiddenVersion = versions.first
            else { return nil }
            version = hiddenVersion
            guard page.count == policy.resumedPerSecond else { break }
            guard await engine.pause(TimeSpan(milliseconds: 1_000)) else { break }
        }
        guard left == 0, engine.isReady else { return version }
        _ = await apply([.drained], to: connection.id, connection.facts)
        return nil
    }

    private func parkings(
        at connection: String,
        after: String?,
        limit: Int,
    ) async throws(Problem) -> [Parking] {
        try await directory.page(
            RecordQuery(
                kind: .parked,
                scope: .account,
                labels: ["breaker": connection],
                after: after,
                limit: limit,
            )
        )
    }

    /// Lets a parked execution ask again; true when it does. One that runs already is left alone,
    /// and what is left of one that ended is cleared away. The claim gives it to one process alone.
    func resume(_ parking: Parking) async throws(Problem) -> Bool {
        let id = parking.execution
        if let runner = engine.state.withLock({ $0.runners[id] }) {
            runner.mailbox.send(.unparked)
            return true
        }
        guard let worker = engine.workerID else { return false }
        let now = now
        let head = try await directory.stored { () throws(StoreError) in
            try await store.claim(id, by: worker, now: now)
        }
        if let head {
            await engine.begin(head)
            return true
        }
        let known = try await directory.stored { () throws(StoreError) in
            try await store.execution(id)
        }
        if known.map({ $0.status == .finished }) ?? true {
            _ = try await directory.write([
                .delete(.parked, id: parking.recordID, expected: .any)
            ])
        }
        return false
    }

    /// Another credential: the next attempt through it is a probe, and one is made at once when
    /// executions wait. Should this process end before, ``observe()`` sees to it.
    func reconnected(_ record: AuthenticationRecord) async {
        let place = ConnectionPlace(record, .everything)
        _ = await apply([.hasten], to: place.id, place.facts)
    }

    /// For an instance whose slots were filled anew: what it parked asks again at once.
    func recheck(_ instance: ObjectID) async throws(Problem) {
        let page: [Parking] = try await directory.page(
            RecordQuery(
                kind: .parked,
                scope: .account,
                labels: ["instance": instance.description],
                limit: policy.resumedPerSecond,
            )
        )
        for parking in page { _ = try await resume(parking) }
    }
}
