import Model

/// Many instances that were switched on or off, in a few numbers.
package struct SwitchSummary: Sendable, Hashable {
    package var changed = 0
    package var unchanged = 0
    /// Those that could not be, in their order, and what each lacks.
    package var refused: [BulkRefusal] = []

    package init() {}

    package mutating func add(_ outcome: Result<InstanceChange, BulkRefusal.Failure>) {
        switch outcome {
        case .success(let change): if change.event == nil { unchanged += 1 } else { changed += 1 }
        case .failure(let failure): refused.append(failure.refusal)
        }
    }

    package var total: Int { changed + unchanged + refused.count }

    package var json: JSONValue {
        var missing: [String: Int] = [:]
        for pointer in refused.flatMap(\.missing) { missing[pointer, default: 0] += 1 }
        return [
            "total": .integer(Int64(total)), "changed": .integer(Int64(changed)),
            "unchanged": .integer(Int64(unchanged)),
            "refused": .integer(Int64(refused.count)),
            "missing": .members(missing) { .integer(Int64($0)) },
            "refused_instances": .array(refused.map(\.json)),
        ]
    }
}

extension BulkRefusal {
    /// Thrown for one instance among many.
    package struct Failure: Error, Sendable, Hashable {
        package var refusal: BulkRefusal

        package init(_ refusal: BulkRefusal) { self.refusal = refusal }
    }
}
