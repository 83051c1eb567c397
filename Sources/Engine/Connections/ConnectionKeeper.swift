import Breakers
import Definitions
import Embedding
import Kernel
import Model
import StorePort

/// Asks the breakers before an attempt, and tells them after it.
struct ConnectionKeeper: Sendable {
    let engine: Engine

    var table: ConnectionTable { engine.connections }
    var policy: BreakerPolicy { engine.configuration.breakers }
    var directory: Directory { engine.directory }
    var store: any Store { engine.store }
    var now: Timestamp { engine.clock.now() }
    /// This worker as the keeper of probes.
    var keeper: Int64 { engine.workerID?.rawValue ?? 0 }

    /// Nil: the attempt may go, and ``settle(_:_:)`` is to be called after it.
    ///
    /// - Parameter seeker: who asks, and what it may do besides.
    /// - Throws: the breaker's problem, when the execution cannot be parked.
    func admit(
        _ place: ConnectionPlace,
        _ pass: AttemptPass,
        _ seeker: Seeker,
    ) async throws(Problem) -> Hold? {
        switch await ask(place, pass) {
        case .go: nil
        case .later(let at): .later(at)
        case .wait(let opening): .parked(try await park(place, opening, seeker))
        }
    }

    /// What an attempt, or a poll, is told.
    enum Answer: Sendable {
        case go
        case later(Timestamp)
        case wait(Breaker.Opening)
    }

    func ask(_ place: ConnectionPlace, _ pass: AttemptPass) async -> Answer {
        let id = place.id
        let now = now
        let policy = policy
        let keeper = keeper
        let answer = table.watch(id, place.facts) {
            $0.ask(
                place.operations,
                hasPlace: pass.hasPlace,
                now: now,
                keeper: keeper,
                policy: policy,
            )
        }
        switch answer {
        case .go:
            pass.begin(place, ConnectionWatch.Probe(begunAt: now))
            return .go
        case .probe(let probe, let claims):
            if claims {
                let change = Connection.Change.probe(probe.gates)
                guard await apply([change], to: id, place.facts)?.isDone == true else {
                    // Another process is the keeper, or the store cannot say who is.
                    let opening = table.watch(id, place.facts) { watch in
                        watch.giveBack(probe)
                        return watch.connection?.opening
                    }
                    return opening.map(Answer.wait) ?? .later(now + Self.lookAgain)
                }
            }
            pass.begin(place, probe)
            return .go
        case .later(let at):
            table.state.withLock { $0.counters.delayedTotal += 1 }
            return .later(at)
        case .wait(let opening): return .wait(opening)
        }
    }

    /// How soon an attempt asks again that could not be told anything.
    static let lookAgain = TimeSpan(milliseconds: 1_000)

    /// Takes what an attempt says about its connection; the first word counts. Does not wait.
    func settle(_ pass: AttemptPass, _ problem: Problem?) {
        guard let (place, probe) = pass.take() else { return }
        let verdict = Verdict(problem)
        let id = place.id
        let now = now
        let policy = policy
        let keeper = keeper
        let chance = engine.chance()
        let changes = table.watch(id, place.facts) {
            $0.settle(
                place.operations,
                probe,
                generation: place.generation,
                verdict,
                now: now,
                keeper: keeper,
                policy: policy,
                chance: chance,
            )
        }
        guard !changes.isEmpty else { return }
        table.settle(
            ConnectionTable.Settlement(
                id: id,
                facts: place.facts,
                changes: changes,
                cause: problem,
                witness: pass.witness,
            )
        )
    }

    /// Who asks.
    struct Seeker: Sendable {
        var execution: ExecutionID
        var instance: String
        var owner: ObjectID?
        var path: String
        /// Whether the execution may wait: not while a caller does, and not to tell of a failure.
        var mayWait: Bool
        /// As it was parked before.
        var known: [String: Parking]
    }

    // MARK: Parking

    private func park(
        _ place: ConnectionPlace,
        _ opening: Breaker.Opening,
        _ seeker: Seeker,
    ) async throws(Problem) -> Parking {
        let id = place.id
        let now = now
        guard seeker.mayWait else { throw refusal(.callerWaits, place, opening) }
        if var known = seeker.known[id] {
            guard now < known.until else { throw refusal(.tooLong(known.since), place, opening) }
            known.operations = place.operations
            known.path = seeker.path
            known.reason = opening.reason
            return known
        }
        guard await takeRoom(id) else { throw refusal(.tooMany, place, opening) }
        return Parking(
            execution: seeker.execution,
            owner: seeker.owner,
            instance: seeker.instance,
            connection: id,
            operations: place.operations,
            path: seeker.path,
            reason: opening.reason,
            since: now,
            until: now + policy.parkedFor,
        )
    }

    /// A probe that failed without having done anything, or that may be done again, is no failure
    /// of its execution: that waits on. Nil: the attempt is told as it ended.
    func parking(
        of pass: AttemptPass,
        _ problem: Problem,
        _ seeker: Seeker,
        _ request: AttemptRequest,
    ) -> Parking? {
        guard let place = pass.probing, seeker.mayWait, policy.parkedMax > 0 else { return nil }
        let verdict = Verdict(problem)
        let spec = engine.operation(request.connector, request.operation)?.spec
        switch verdict {
        case .refused: break
        case .failed: guard let spec, spec.idempotency != .none else { return nil }
        case .answered, .limited, .nothing: return nil
        }
        let id = place.id
        let now = now
        let known = seeker.known[id]
        guard known.map({ now < $0.until }) ?? true else { return nil }
        return Parking(
            execution: seeker.execution,
            owner: seeker.owner,
            instance: seeker.instance,
            connection: id,
            operations: place.operations,
            path: seeker.path,
            reason: verdict == .refused ? .authentication : problem.type,
            since: known?.since ?? now,
            until: known?.until ?? now + policy.parkedFor,
        )
    }

    /// Counts one more, when there is room. The store's own count corrects what is kept here.
    private func takeRoom(_ id: String) async -> Bool {
        let now = now
        let limit = policy.parkedMax
        let known = table.state.withLock { $0.parked[id] }
        var count = known?.count ?? 0
        if known.map({ now - $0.at > Self.lookAgain }) ?? true {
            do throws(StoreError) {
                count = try await store.countRecords(
                    .parked,
                    scope: .account,
                    labels: ["breaker": id],
                )
            } catch {
                engine.logger.error("could not count what is parked: \(error)")
            }
            table.state.withLock { [count] in $0.parked[id] = (count, now) }
        }
        return table.state.withLock { state in
            guard (state.parked[id]?.count ?? count) < limit else { return false }
            state.parked[id]?.count += 1
            return true
        }
    }

    private enum Refusal {
        case callerWaits, tooMany
        case tooLong(Timestamp)
    }

    /// The breaker's own problem: of the type that broke the connection.
    private func refusal(
        _ refusal: Refusal,
        _ place: ConnectionPlace,
        _ opening: Breaker.Opening,
    ) -> Problem {
        table.state.withLock { $0.counters.refusedTotal += 1 }
        let name = place.facts.name ?? place.facts.service
        let state = "the connection \(name) is broken since \(opening.since)"
        let detail: String
        let code: String
        switch refusal {
        case .tooMany:
            detail = "\(state), and \(policy.parkedMax) executions wait for it, which is the limit"
            code = "B3150"
        case .tooLong(let since):
            detail = "\(state); the execution waited since \(since), which is the limit"
            code = "B3151"
        case .callerWaits:
            detail = "\(state); the attempt was not made"
            code = "B3152"
        }
        var problem = Problem(opening.reason, detail: detail, code: code)
        problem.connector = place.facts.service
        problem.retry = RetryAdvice(kind: .terminal)
        problem.ids["connection"] = .string(place.id)
        if opening.reason == .authentication, place.facts.owner == nil { problem.actor = .support }
        return problem
    }
}

extension Engine {
    var connectionKeeper: ConnectionKeeper { ConnectionKeeper(engine: self) }
}

extension WorkflowDefinition {
    /// Whether its executions may be parked: not while a caller is held, who would only learn that
    /// time has passed, and not an alert workflow, whose alert has to climb.
    var mayBeParked: Bool {
        switch trigger {
        case .webhook(let webhook): webhook.respond != .whenFinished
        case .alert: false
        case .schedule, .service, .call, .manual, .instance: true
        }
    }
}
