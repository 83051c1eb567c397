import Breakers
import ConnectorKit
import Embedding
import Model

/// Polls ask the breakers like attempts; what they would have found is found later.
extension Engine {
    /// The longest that a poll whose connection is broken waits before it asks again.
    static let heldPollLimit = TimeSpan(milliseconds: 60_000)

    /// Whether the connection does not let the poll through. That is no failure: the one notice of
    /// the trip tells of it. The trigger comes due again.
    func isHeld(
        _ due: DueTrigger,
        _ place: ConnectionPlace,
        _ pass: AttemptPass,
    ) async throws(Problem) -> Bool {
        let now = clock.now()
        let until: Timestamp
        switch await connectionKeeper.ask(place, pass) {
        case .go: return false
        case .later(let at): until = at
        case .wait(let opening): until = max(opening.until, now + configuration.poll)
        }
        var state = due.state
        state.nextDue = min(until, now + Self.heldPollLimit)
        _ = try await directory.write([
            directory.put(
                state,
                owner: due.instance.endUser,
                dueAt: state.nextDue,
                expected: .version(due.record.version),
            )
        ])
        return true
    }

    /// Opens the credential; that it cannot be renewed is said of the connection, too.
    func opened(
        _ source: AttemptPerformer.CredentialSource,
        _ pass: AttemptPass,
    ) async throws(Problem) -> Authentication? {
        do throws(Problem) {
            return try await attempts.open(source)?.authentication
        } catch {
            connectionKeeper.settle(pass, error)
            throw error
        }
    }
}

extension AttemptPass {
    convenience init(pollOf due: DueTrigger) {
        self.init(
            hasPlace: false,
            witness: Witness(
                instance: due.instance.id.description,
                solution: due.instance.solution,
                version: due.instance.version,
                workflow: due.state.workflow,
            ),
        )
    }
}
