import Model

/// What of a journal counts: a resumption takes entries before it back.
///
/// ``Machine/replay(_:)`` applies a timeline, so that a machine is rebuilt from any prefix of a
/// journal as if what was taken back had never been.
package struct Timeline: Sendable {
    package struct Entry: Sendable, Hashable {
        /// In the journal.
        package var sequence: Int
        package var event: Event
    }

    package private(set) var entries: [Entry] = []
    /// How many entries the journal has.
    package private(set) var count = 0

    package init() {}

    package init(_ events: some Sequence<Event>) {
        for event in events { add(event) }
    }

    /// Adds the next entry of the journal.
    package mutating func add(_ event: Event) {
        if case .resumed(let resumption) = event, !resumption.dropped.isEmpty {
            let dropped = resumption.dropped
            entries.removeAll { entry in dropped.contains { $0.contains(entry.sequence) } }
        }
        entries.append(Entry(sequence: count, event: event))
        count += 1
    }

    /// The steps that wait for a resumption, by the entry in which their turn comes.
    var holds: [Int: Set<StepReference>] {
        var holds: [Int: Set<StepReference>] = [:]
        for entry in entries {
            guard case .resumed(let resumption) = entry.event, let step = resumption.step,
                let since = resumption.since
            else { continue }
            holds[since, default: []].insert(step)
        }
        return holds
    }

    /// How many resumptions the journal had; some of them may have been taken back.
    package var lastRound: Int {
        entries.reversed().lazy.compactMap { entry in
            guard case .resumed(let resumption) = entry.event else { return nil }
            return resumption.number
        }.first ?? 0
    }
}
