import Definitions
import Embedding
import Model
import StorePort

/// Runs the triggers of instances that time sets off: schedules, polls, subscriptions to be made,
/// renewed or ended, and events of an instance's life.
///
/// Each has a record with the time when it is due. Whoever claims it hides it for a while, does what
/// is due, and writes what comes next; when it dies in between, the record comes due again, and the
/// idempotency keys of the executions that it had started find them: none starts twice, none is
/// lost.
extension Engine {
    /// Triggers that are worked on at once.
    static let triggerBatch = 256

    private static let due: [RecordKind] = [.trigger, .lifecycle]

    func runTriggers() async {
        while !Task.isCancelled {
            var count = 0
            for kind in Self.due { count += await fireDue(kind) }
            guard count == 0 else { continue }
            guard await sleepUntilNextTrigger() else { return }
        }
    }

    /// How many were due.
    private func fireDue(_ kind: RecordKind) async -> Int {
        guard isReady else { return 0 }
        let now = clock.now()
        let due: [Record]
        do throws(StoreError) {
            due = try await store.claimDue(
                kind,
                now: now,
                hideUntil: now + configuration.triggerHide,
                limit: Self.triggerBatch,
            )
        } catch {
            if error != .closed { logger.error("could not claim triggers: \(error)") }
            return 0
        }
        await withDiscardingTaskGroup { group in
            for record in due {
                group.addTask {
                    if kind == .lifecycle {
                        await self.tell(record)
                    } else {
                        await self.fire(record)
                    }
                }
            }
        }
        return due.count
    }

    /// At most a second, as other processes may set triggers too.
    private func sleepUntilNextTrigger() async -> Bool {
        let now = clock.now()
        var until = now + configuration.poll
        do throws(StoreError) {
            for kind in Self.due {
                if let next = try await store.nextDue(kind) { until = min(until, max(next, now)) }
            }
        } catch {
            if error == .closed { return false }
        }
        do { try await clock.sleep(until: until) } catch { return false }
        return true
    }

    func fire(_ record: Record) async {
        do throws(Problem) {
            guard let due = try await DueTrigger(record, directory) else { return }
            if due.state.leaving != nil { return try await Subscriber(self, due).run() }
            switch due.workflow.definition.trigger {
            case .schedule(let schedule): try await fire(schedule, due)
            case .service(let service) where pusher(of: service) != nil:
                try await Subscriber(self, due).run()
            case .service(let service): try await poll(service, due)
            default: return
            }
        } catch {
            logger.error(
                "a trigger cannot be worked on; it comes due again: \(error.detail ?? error.title)",
                metadata: ["trigger": "\(record.id)"],
            )
        }
    }
}
