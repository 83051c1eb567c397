extension LinearRegex {
    /// The leftmost match that begins at `start` or after it; offsets in scalars.
    ///
    /// All threads of the pattern go through the text together (Pike's machine), so the steps are
    /// at most instructions times characters; they are added to `steps`.
    public func firstMatch(
        in text: [Unicode.Scalar],
        from start: Int = 0,
        steps: inout Int,
    ) -> Match? {
        var threads = ThreadList(program.count)
        var nextThreads = ThreadList(program.count)
        let empty = [Int](repeating: -1, count: (groupNames.count + 1) * 2)
        var best: [Int]?
        var position = start
        while true {
            if best == nil { add(0, empty, position, text, &threads, &steps) }
            if threads.order.isEmpty, best != nil { break }
            nextThreads.clear()
            steps += threads.order.count + 1
            for index in 0..<threads.order.count {
                let counter = threads.order[index]
                if case .match = program[counter] {
                    best = threads.slots[index]
                    break
                }
                guard position < text.count, consumes(counter, text[position]) else { continue }
                add(counter + 1, threads.slots[index], position + 1, text, &nextThreads, &steps)
            }
            swap(&threads, &nextThreads)
            guard position < text.count else { break }
            position += 1
        }
        return best.map(Self.match)
    }

    /// Whether there is a match at all.
    public func matches(_ text: String) -> Bool {
        var steps = 0
        return firstMatch(in: Array(text.unicodeScalars), steps: &steps) != nil
    }

    private static func match(_ slots: [Int]) -> Match {
        var groups: [Range<Int>?] = []
        for index in stride(from: 2, to: slots.count, by: 2) {
            let isSet = slots[index] >= 0 && slots[index + 1] >= slots[index]
            groups.append(isSet ? slots[index]..<slots[index + 1] : nil)
        }
        return Match(range: slots[0]..<slots[1], groups: groups)
    }

    private func consumes(_ counter: Int, _ scalar: Unicode.Scalar) -> Bool {
        switch program[counter] {
        case .scalar(let wanted, let ignoreCase):
            wanted == scalar || (ignoreCase && CaseFolding.equal(wanted, scalar))
        case .any(let newline): newline || scalar != "\n"
        case .set(let set): set.contains(scalar)
        default: false
        }
    }

    /// Follows jumps and splits from an instruction, in order of preference, without recursion.
    private func add(
        _ counter: Int,
        _ slots: [Int],
        _ position: Int,
        _ text: [Unicode.Scalar],
        _ list: inout ThreadList,
        _ steps: inout Int,
    ) {
        var stack = [(counter: counter, slots: slots)]
        while let (counter, slots) = stack.popLast() {
            guard list.enter(counter) else { continue }
            steps += 1
            switch program[counter] {
            case .jump(let target): stack.append((target, slots))
            case .split(let first, let second):
                stack.append((second, slots))
                stack.append((first, slots))
            case .save(let slot):
                var slots = slots
                if slot < slots.count { slots[slot] = position }
                stack.append((counter + 1, slots))
            case .assert(let assertion):
                if holds(assertion, position, text) { stack.append((counter + 1, slots)) }
            case .scalar, .any, .set, .match:
                list.order.append(counter)
                list.slots.append(slots)
            }
        }
    }

    private func holds(
        _ assertion: Assertion,
        _ position: Int,
        _ text: [Unicode.Scalar],
    ) -> Bool {
        switch assertion {
        case .textStart: position == 0
        case .textEnd: position == text.count
        case .textEndOrNewline:
            position == text.count || (position == text.count - 1 && text[position] == "\n")
        case .wordBoundary: isBoundary(position, text)
        case .noWordBoundary: !isBoundary(position, text)
        }
    }

    private func isBoundary(_ position: Int, _ text: [Unicode.Scalar]) -> Bool {
        let words = ScalarSet(ranges: ScalarSet.words)
        let before = position > 0 && words.contains(text[position - 1])
        let after = position < text.count && words.contains(text[position])
        return before != after
    }
}

/// The live threads in order of preference; each instruction at most once.
private struct ThreadList {
    var order: [Int] = []
    var slots: [[Int]] = []
    private var marks: [Int]
    private var generation = 1

    init(_ count: Int) { marks = [Int](repeating: 0, count: count) }

    mutating func clear() {
        order.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        generation += 1
    }

    mutating func enter(_ counter: Int) -> Bool {
        guard marks[counter] != generation else { return false }
        marks[counter] = generation
        return true
    }
}
