import Model

/// What to do about one schedule now: which runs start, which wait, which are left out and why.
///
/// Every due time is decided once: ``state`` says up to where, and what waits. A due time is
/// *missed* when it was to start before the watch began or longer ago than the tolerance; the
/// newest missed ones, at most `catch_up`, are made up. What else is due is on time.
///
/// With `allow` all of them start. With `queue` they start one after another. With `skip` what is
/// on time starts only when nothing runs and nothing waits; what is made up waits its turn, so
/// that it never runs beside another either.
package struct SchedulePlan: Sendable, Hashable {
    /// What becomes of a due time while another run is still going.
    package enum Overlap: String, Sendable, CaseIterable { case skip, queue, allow }

    /// What does not change from one plan to the next.
    package struct Policy: Sendable {
        package var overlap: Overlap
        /// How many missed runs are made up.
        package var catchUp: Int
        package var jitter: Jitter
        /// How late a start may be before it counts as missed or overdue.
        package var tolerance: TimeSpan
        /// The most that wait or start at once.
        package var capacity: Int

        package init(
            overlap: Overlap = .skip,
            catchUp: Int = 0,
            jitter: Jitter = .none,
            tolerance: TimeSpan = TimeSpan(milliseconds: 60_000),
            capacity: Int = 1000,
        ) {
            self.overlap = overlap
            self.catchUp = max(0, catchUp)
            self.jitter = jitter
            self.tolerance = tolerance
            self.capacity = max(1, capacity)
        }
    }

    /// What is kept between plans, and over a restart.
    package struct State: Sendable, Hashable {
        /// Due times up to here, and this one too, are decided; nil for a trigger that is new.
        package var lastDue: Timestamp?
        /// Due times that are decided to run and have not started, oldest first.
        package var waiting: [Timestamp]

        package init(lastDue: Timestamp? = nil, waiting: [Timestamp] = []) {
            self.lastDue = lastDue
            self.waiting = waiting
        }
    }

    package struct Skip: Sendable, Hashable {
        package enum Reason: String, Sendable, CaseIterable {
            /// Missed, and more than `catch_up` makes up.
            case missed
            /// Another run was still going or waiting.
            case overlap
            /// As many wait, or start at once, as may.
            case full
        }

        package var reason: Reason
        package var count: Int

        package init(reason: Reason, count: Int) {
            self.reason = reason
            self.count = count
        }
    }

    /// The due times to start now, oldest first.
    package private(set) var runs: [Timestamp] = []
    /// What never runs; each reason once, and none with a count of 0.
    package private(set) var skips: [Skip] = []
    /// To be kept for the next plan.
    package private(set) var state: State
    /// The next due time that is not decided; nil when there is none before the year 10000.
    package private(set) var nextDueAt: Timestamp?
    /// When to plan again, when nothing happens before: ``nextDueAt`` and its jitter.
    package private(set) var wakeAt: Timestamp?
    /// When the oldest run that starts now or waits should have started, when that is longer ago
    /// than the tolerance.
    package private(set) var overdueSince: Timestamp?

    package var skipped: Int { skips.reduce(0) { $0 + $1.count } }

    /// `startedAt` is when the watch began: when the trigger was made, or the program started.
    package init(
        _ schedule: Schedule,
        _ policy: Policy,
        _ state: State,
        startedAt: Timestamp,
        isRunning: Bool,
        now: Timestamp,
    ) {
        let start = state.lastDue ?? startedAt - TimeSpan(milliseconds: 1)
        let clock = RipeTimes(schedule: schedule, jitter: policy.jitter)
        let alive = max(startedAt, now - policy.tolerance)
        let border = min(alive - TimeSpan(milliseconds: 1), now)
        let missed = clock.ripe(at: border, after: start)
        let onTime = clock.ripe(at: now, after: missed ?? start)
        self.state = state
        self.state.lastDue = onTime ?? missed ?? start

        var line = state.waiting
        if let missed {
            let made = min(policy.catchUp, max(0, policy.capacity - line.count))
            let count = clock.append(after: start, through: missed, newest: made, to: &line)
            let beyond = min(max(0, count - made), max(0, count - policy.catchUp))
            note(.missed, beyond)
            note(.full, max(0, count - made) - beyond)
        }
        var fresh: [Timestamp] = []
        if let onTime {
            let count = clock.append(
                after: missed ?? start,
                through: onTime,
                newest: policy.capacity,
                to: &fresh,
            )
            note(policy.overlap == .skip ? .overlap : .full, count - fresh.count)
        }
        decide(policy, &line, fresh, isRunning: isRunning)
        self.state.waiting = line
        nextDueAt = self.state.lastDue.flatMap { schedule.next(after: $0) }
        wakeAt = nextDueAt.map { clock.start(of: $0) }
        let oldest = (runs + line).map { clock.start(of: $0) }.min()
        overdueSince = oldest.flatMap { $0 + policy.tolerance < now ? $0 : nil }
    }

    private mutating func decide(
        _ policy: Policy,
        _ line: inout [Timestamp],
        _ fresh: [Timestamp],
        isRunning: Bool,
    ) {
        var fresh = fresh[...]
        switch policy.overlap {
        case .allow:
            let room = max(0, policy.capacity - line.count)
            note(.full, max(0, fresh.count - room))
            runs = line + fresh.suffix(room)
            line = []
        case .queue:
            let room = max(0, policy.capacity - line.count)
            note(.full, max(0, fresh.count - room))
            line += fresh.prefix(room)
            if !isRunning, !line.isEmpty { runs = [line.removeFirst()] }
        case .skip:
            if !isRunning {
                if !line.isEmpty {
                    runs = [line.removeFirst()]
                } else if let first = fresh.popFirst() {
                    runs = [first]
                }
            }
            note(.overlap, fresh.count)
        }
    }

    private mutating func note(_ reason: Skip.Reason, _ count: Int) {
        guard count > 0 else { return }
        if let index = skips.firstIndex(where: { $0.reason == reason }) {
            skips[index].count += count
        } else {
            skips.append(Skip(reason: reason, count: count))
        }
    }
}

/// Due times together with the jitter of their starts. As the jitter is at most a tenth of the
/// time to the next, starts have the order of their due times.
private struct RipeTimes {
    let schedule: Schedule
    let jitter: Jitter

    func start(of due: Timestamp) -> Timestamp {
        guard jitter.limit.milliseconds > 0, let next = schedule.next(after: due) else {
            return due
        }
        return due + jitter.delay(in: next - due)
    }

    /// The last due time after `floor` whose start has come at this moment.
    func ripe(at time: Timestamp, after floor: Timestamp) -> Timestamp? {
        guard let due = schedule.last(atOrBefore: time, after: floor) else { return nil }
        if start(of: due) <= time { return due }
        return schedule.last(atOrBefore: due - TimeSpan(milliseconds: 1), after: floor)
    }

    /// Appends the newest of the due times, oldest first, and says how many there are in all.
    func append(
        after floor: Timestamp,
        through last: Timestamp,
        newest: Int,
        to line: inout [Timestamp],
    ) -> Int {
        let count = schedule.count(after: floor, through: last)
        var found: [Timestamp] = []
        var end = last
        while found.count < newest, let due = schedule.last(atOrBefore: end, after: floor) {
            found.append(due)
            end = due - TimeSpan(milliseconds: 1)
        }
        line += found.reversed()
        return count
    }
}
