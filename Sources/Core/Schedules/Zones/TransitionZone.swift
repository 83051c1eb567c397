import Model

/// A zone that is a list of changes, and a yearly rule for the time after the last of them.
package struct TransitionZone: ZoneRules, Hashable {
    /// Sorted, each with another offset after it than before it.
    private let transitions: [ZoneTransition]
    private let initial: Int
    private let rule: YearlyRule?
    /// Nil when the rule holds for all time.
    private let ruleStart: Timestamp?

    /// A change of the offset as it is written down: when, and to what.
    package struct Change: Sendable, Hashable {
        package var at: Timestamp
        package var offset: Int

        package init(at: Timestamp, offset: Int) {
            self.at = at
            self.offset = offset
        }
    }

    /// Nil unless the changes are sorted, at whole seconds, and every offset is in range.
    package init?(initial: Int, changes: [Change], rule: YearlyRule? = nil) {
        guard Self.offsets.contains(initial),
            changes.allSatisfy({ Self.offsets.contains($0.offset) }),
            changes.allSatisfy({ $0.at.milliseconds % 1000 == 0 }),
            zip(changes, changes.dropFirst()).allSatisfy({ $0.at < $1.at })
        else { return nil }
        var transitions: [ZoneTransition] = []
        var offset = initial
        for (index, change) in changes.enumerated() {
            var next = change.offset
            // From the last change on the rule is right.
            if index == changes.count - 1, let rule { next = rule.offset(at: change.at) }
            if next != offset {
                transitions.append(ZoneTransition(at: change.at, before: offset, after: next))
            }
            offset = next
        }
        self.transitions = transitions
        self.initial = initial
        self.rule = rule
        ruleStart = changes.last?.at
    }

    package func offset(at time: Timestamp) -> Int {
        if let rule, ruleStart.map({ time >= $0 }) ?? true { return rule.offset(at: time) }
        let count = count(through: time)
        return count == 0 ? initial : transitions[count - 1].after
    }

    package func transition(after time: Timestamp) -> ZoneTransition? {
        let count = count(through: time)
        if count < transitions.count { return transitions[count] }
        return rule?.transition(after: max(time, ruleStart ?? time))
    }

    package func transition(atOrBefore time: Timestamp) -> ZoneTransition? {
        if let rule, ruleStart.map({ time > $0 }) ?? true,
            let found = rule.transition(atOrBefore: time), ruleStart.map({ found.at > $0 }) ?? true
        {
            return found
        }
        let count = count(through: time)
        return count == 0 ? nil : transitions[count - 1]
    }

    /// How many of the listed changes are at this moment or before it.
    private func count(through time: Timestamp) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
