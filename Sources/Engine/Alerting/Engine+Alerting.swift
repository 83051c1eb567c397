import Alerting
import Embedding
import Model
import StorePort

/// The rounds of the error plane: what failed is given its disposition, groups are told when their
/// time comes, alerts are brought up the ladder.
///
/// Everything that it works on is a record with a due time, so that a crash loses nothing and any
/// process may go on. A signal only makes it look earlier.
extension Engine {
    func runAlerting() async {
        do throws(Problem) { try await loadFiring() } catch {
            logger.error("could not read what failed before: \(error.detail ?? error.title)")
        }
        wakeAlerting()
        for await _ in alertingWake.stream {
            while await alertingRound() { if Task.isCancelled { return } }
            let next = await nextAlertingRound()
            _ = timers.schedule(at: next) { [weak self] in self?.wakeAlerting() }
        }
    }

    /// There is something to look at.
    func wakeAlerting() { alertingWake.continuation.yield() }

    /// The execution that told an alert has ended: the alert is looked at again at once.
    func alertEnded(_ id: ObjectID) {
        state.withLock { $0.endedAlerts.append(id) }
        wakeAlerting()
    }

    /// True when there may be more to do.
    private func alertingRound() async -> Bool {
        guard isReady else { return false }
        let (ended, recoveries) = state.withLock { state in
            state.alertingRound = clock.now()
            defer {
                state.endedAlerts = []
                state.recoveries = []
            }
            return (state.endedAlerts, state.recoveries)
        }
        do throws(Problem) {
            let delivery = AlertDelivery(engine: self)
            for id in ended { try await delivery.settle(id) }
            let failures = try await TriageRound(engine: self).run()
            // After triage: what failed before the success is known by then.
            for key in recoveries { try await Recovery(engine: self).note(key) }
            let groups = try await GroupRound(engine: self).run()
            let alerts = try await delivery.deliverDue()
            return failures + groups + alerts > 0
        } catch {
            logger.error("a round of the error plane failed: \(error.detail ?? error.title)")
            return false
        }
    }

    /// At most a poll away, as other processes may write too.
    private func nextAlertingRound() async -> Timestamp {
        let now = clock.now()
        var next = now + configuration.poll
        do throws(StoreError) {
            for kind in [RecordKind.failure, .alertGroup, .alert] {
                if let due = try await store.nextDue(kind) { next = min(next, max(due, now)) }
            }
        } catch {
            return next
        }
        return next
    }
}
