import Definitions
import Embedding
import Model

/// Failures that are told together, and when.
///
/// What was told is written down only after the telling went well: an alert that nobody took does
/// not keep the next one silent. At most one alert of a group is on its way, so that a slow one is
/// never overtaken, however short the interval is.
package struct NotificationGroup: JSONDocument {
    /// What happened since the last alert that was taken.
    package struct Tally: Sendable, Hashable {
        package var count = 0
        package var first: Timestamp?
        package var last: Timestamp?
        /// The newest, at most ``samplesMax``.
        package var failures: [ObjectID] = []
        package var instances: Set<String> = []

        package static let samplesMax = 10
        package static let instancesMax = 100

        package mutating func add(_ failure: Failure) {
            count += 1
            first = min(first ?? failure.at, failure.at)
            last = max(last ?? failure.at, failure.at)
            failures.append(failure.id)
            if failures.count > Self.samplesMax { failures.removeFirst() }
            if instances.count < Self.instancesMax {
                instances.insert(failure.instance?.description ?? "")
            }
        }

        mutating func merge(_ earlier: Tally) {
            count += earlier.count
            first = [first, earlier.first].compactMap(\.self).min()
            last = [last, earlier.last].compactMap(\.self).max()
            failures = Array((earlier.failures + failures).suffix(Self.samplesMax))
            for instance in earlier.instances where instances.count < Self.instancesMax {
                instances.insert(instance)
            }
        }
    }

    package enum Status: String, Sendable, Hashable, CaseIterable {
        case firing
        /// Told before, nothing new came, and nothing recovered.
        case ongoing
        case resolved
    }

    package struct Notification: Sendable, Hashable {
        package var status: Status
        package var tally: Tally
    }

    package let id: String
    package let rung: Rung
    /// Whose alert workflow is told.
    package var solution: String?
    package var version: String?
    package var instance: ObjectID?
    package var user: ObjectID?
    package var labels: [String: String]
    /// The newest failure: of it the alert tells in full.
    package var failure: ObjectID
    package var issue: ObjectID?
    /// The alert workflows of the failures, so that none is told of its own.
    package var chain: [String]
    /// Since the last alert that was taken.
    package var pending = Tally()
    /// What the alert on its way tells of.
    package var sending: Notification?
    package var sendingAlert: ObjectID?
    /// Failures in all, since it was last resolved.
    package var total = 0
    /// In a row without a success.
    package var streak = 0
    /// Times of the newest failures, for a rate.
    package var recent: [Timestamp] = []
    package var isFiring = false
    /// Whether anybody was told that it fires.
    package var isTold = false
    package var lastSent: Timestamp?
    /// When it is to be looked at; nil: not by time.
    package var dueAt: Timestamp?

    package static let recentMax = 1_000

    package init(
        id: String,
        rung: Rung,
        labels: [String: String],
        of failure: Failure,
        issue: ObjectID?,
    ) {
        self.id = id
        self.rung = rung
        self.labels = labels
        solution = failure.solution
        version = failure.version
        instance = failure.instance
        user = failure.user
        self.failure = failure.id
        self.issue = issue
        chain = failure.chain
    }

    // MARK: What happens

    package mutating func add(
        _ failure: Failure,
        _ policy: AlertingDefinition.Grouping,
        at now: Timestamp,
    ) {
        pending.add(failure)
        self.failure = failure.id
        for name in failure.chain where !chain.contains(name) { chain.append(name) }
        total += 1
        streak += 1
        recent.append(failure.at)
        if recent.count > Self.recentMax { recent.removeFirst(recent.count - Self.recentMax) }
        isFiring = true
        guard isOverThreshold(policy, at: now) else { return }
        plan(policy, at: now)
    }

    /// The workflow went well again in everything that the group tells of.
    package mutating func recovered(_ policy: AlertingDefinition.Grouping, at now: Timestamp) {
        streak = 0
        recent = []
        isFiring = false
        pending = Tally()
        plan(policy, at: now)
    }

    private func isOverThreshold(
        _ policy: AlertingDefinition.Grouping,
        at now: Timestamp,
    ) -> Bool {
        switch policy.threshold {
        case nil: true
        case .inARow(let count)?: isTold || streak >= count
        case .rate(let count, let within)?:
            recent.reversed().prefix { now - $0 < within }.count >= count
        }
    }

    /// Says when to look next. Nothing is due while an alert is on its way.
    private mutating func plan(_ policy: AlertingDefinition.Grouping, at now: Timestamp) {
        guard sending == nil else {
            dueAt = nil
            return
        }
        if pending.count > 0, isOverThreshold(policy, at: now) {
            let wait = isTold ? lastSent.map { $0 + policy.groupInterval } : now + policy.groupWait
            let earliest = max(wait ?? now, now)
            // A group that waits already is not put off by what comes in between.
            dueAt = isTold ? earliest : min(dueAt ?? earliest, earliest)
        } else if !isFiring, isTold, policy.sendsResolved {
            dueAt = max(now, (lastSent ?? now) + policy.groupInterval)
        } else if isFiring, isTold, let lastSent, let again = policy.repeatInterval {
            // The very time, not the next multiple of the group's interval.
            dueAt = lastSent + again
        } else {
            dueAt = nil
        }
    }

    // MARK: Telling

    /// What is to be told now; nil when it is too early, or nothing is to be told.
    ///
    /// - Parameter alert: the alert that tells it.
    package mutating func flush(
        _ policy: AlertingDefinition.Grouping,
        as alert: ObjectID,
        at now: Timestamp,
    ) -> Notification? {
        guard sending == nil, let due = dueAt, due <= now else { return nil }
        let notification: Notification
        if pending.count > 0 {
            notification = Notification(status: .firing, tally: pending)
        } else if !isFiring, isTold {
            notification = Notification(status: .resolved, tally: Tally())
        } else if isFiring, isTold {
            notification = Notification(status: .ongoing, tally: Tally())
        } else {
            plan(policy, at: now)
            return nil
        }
        pending = Tally()
        sending = notification
        sendingAlert = alert
        dueAt = nil
        return notification
    }

    /// The alert was taken: only now is its content known to somebody.
    package mutating func sent(_ policy: AlertingDefinition.Grouping, at now: Timestamp) {
        guard let sent = sending else { return }
        sending = nil
        sendingAlert = nil
        lastSent = now
        isTold = sent.status != .resolved
        if sent.status == .resolved, pending.count == 0 { total = 0 }
        plan(policy, at: now)
    }

    /// Nobody took the alert: it waits as a dead letter for somebody. What came meanwhile is in no
    /// letter and is told soon, together with what the alert told of, without delay by the past.
    package mutating func sendFailed(_ policy: AlertingDefinition.Grouping, at now: Timestamp) {
        guard let failed = sending else { return }
        let hasMore = pending.count > 0 || failed.status != .firing
        sending = nil
        sendingAlert = nil
        pending.merge(failed.tally)
        lastSent = nil
        dueAt = nil
        if hasMore { plan(policy, at: now + policy.groupInterval) }
    }

    /// What is due is not told now, as somebody wants it so: it is looked at again later.
    ///
    /// - Parameter forgets: whether what waits is counted as known.
    package mutating func putOff(until later: Timestamp, forgets: Bool) {
        if forgets { pending = Tally() }
        dueAt = later
    }

    /// Nothing is left to tell, now or later.
    package var isSpent: Bool { !isFiring && !isTold && sending == nil && pending.count == 0 }
}
