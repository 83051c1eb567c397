import Model

/// Many upgrade plans in a few numbers.
package struct UpgradeSummary: Sendable, Hashable {
    package var ready = 0
    package var unchanged = 0
    package var blocked = 0
    /// How many instances lack something, by pointer (`/config/list_id`).
    package var missing: [String: Int] = [:]
    /// The blocked instances, in their order, and what each lacks.
    package var refused: [BulkRefusal] = []
    /// What the new version changes about slots, and what became of the values, by pointer.
    package var slots: [String: SlotCount] = [:]

    package struct SlotCount: Sendable, Hashable {
        package var change: UpgradePlan.Change
        package var values: [UpgradePlan.Value: Int]
    }

    package init() {}

    package init(_ plans: some Sequence<UpgradePlan>) {
        for plan in plans { add(plan) }
    }

    /// Plans may be added one by one, so that nobody has to hold ten thousand.
    package mutating func add(_ plan: UpgradePlan) {
        if plan.isBlocked {
            blocked += 1
            if case .failure(let problem) = plan.outcome {
                refused.append(BulkRefusal(plan.instance, problem, plan.missing))
            }
        } else if plan.isUnchanged {
            unchanged += 1
        } else {
            ready += 1
        }
        for finding in plan.missing.findings { missing[finding.pointer, default: 0] += 1 }
        for slot in plan.slots where slot.change != .unchanged || slot.value == .missing {
            let pointer = "/\(slot.area.rawValue)/\(slot.name)"
            var count = slots[pointer] ?? SlotCount(change: slot.change, values: [:])
            count.values[slot.value, default: 0] += 1
            slots[pointer] = count
        }
    }

    package var total: Int { ready + unchanged + blocked }

    package var json: JSONValue {
        [
            "total": .integer(Int64(total)), "ready": .integer(Int64(ready)),
            "unchanged": .integer(Int64(unchanged)), "blocked": .integer(Int64(blocked)),
            "missing": .members(missing) { .integer(Int64($0)) },
            "blocked_instances": .array(refused.map(\.json)),
            "slots": .members(slots) { count in
                var values: [String: Int] = [:]
                for (value, number) in count.values { values[value.rawValue] = number }
                return [
                    "change": .string(count.change.rawValue),
                    "values": .members(values) { .integer(Int64($0)) },
                ]
            },
        ]
    }

    /// One line, then one for each slot that is lacking.
    package var text: String {
        var lines = [
            "\(total) instances: \(ready) to upgrade, \(unchanged) up to date, \(blocked) blocked."
        ]
        for (pointer, count) in missing.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(pointer): missing or wrong in \(count)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
