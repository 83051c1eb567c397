import Model

/// What a `resumed` entry of a journal says: which entries before it no longer count, and where the
/// execution goes on.
package struct Resumption: Sendable, Hashable {
    package var at: Timestamp
    package var by: String
    /// From 1 within an execution.
    package var number: Int
    /// The step that begins anew; nil when only the end is taken back, and all goes on that was in
    /// flight then.
    package var step: StepReference?
    /// The entry in which the step's turn came.
    package var since: Int?
    /// Sequences of entries, ascending, that no longer count.
    package var dropped: [ClosedRange<Int>]

    package init(
        at: Timestamp,
        by: String,
        number: Int,
        step: StepReference? = nil,
        since: Int? = nil,
        dropped: [ClosedRange<Int>] = [],
    ) {
        self.at = at
        self.by = by
        self.number = number
        self.step = step
        self.since = since
        self.dropped = dropped
    }
}

extension Resumption {
    /// The journal's form behind the kind: at, by, number, dropped as pairs, since, node, iterations.
    var elements: [JSONValue] {
        let ranges: [JSONValue] = dropped.map {
            .array([.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))])
        }
        var elements: [JSONValue] = [
            .integer(at.milliseconds), .string(by), .integer(Int64(number)), .array(ranges),
        ]
        guard let step, let since else { return elements }
        elements += [.integer(Int64(since)), .integer(Int64(step.node))]
        guard !step.iterations.isEmpty else { return elements }
        return elements + [.array(step.iterations.map { .integer(Int64($0)) })]
    }

    init?(elements: [JSONValue]) {
        guard elements.count >= 4, let at = elements[0].integerValue,
            let by = elements[1].stringValue, let number = elements[2].integerValue,
            let pairs = elements[3].arrayValue
        else { return nil }
        var dropped: [ClosedRange<Int>] = []
        for pair in pairs {
            guard let first = pair.arrayValue?.first?.integerValue,
                let last = pair.arrayValue?.last?.integerValue, first <= last
            else { return nil }
            dropped.append(Int(first)...Int(last))
        }
        self.init(
            at: Timestamp(milliseconds: at),
            by: by,
            number: Int(number),
            dropped: dropped,
        )
        guard elements.count >= 6 else { return }
        guard let since = elements[4].integerValue, let node = elements[5].integerValue else {
            return nil
        }
        let iterations = elements.count > 6 ? elements[6].arrayValue ?? [] : []
        self.since = Int(since)
        step = StepReference(
            node: Int(node),
            iterations: iterations.compactMap { $0.integerValue.map { Int($0) } },
        )
    }
}
