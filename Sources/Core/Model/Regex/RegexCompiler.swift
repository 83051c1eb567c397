/// Turns a syntax tree into instructions; counted repetitions are written out.
struct RegexCompiler {
    var program: [Instruction] = []

    mutating func emit(_ tree: RegexTree) throws(RegexError) {
        guard program.count < LinearRegex.programLimit else {
            throw RegexError("the pattern is too large", offset: 0)
        }
        switch tree {
        case .empty: return
        case .instruction(let instruction): program.append(instruction)
        case .sequence(let parts):
            for part in parts { try emit(part) }
        case .choice(let left, let right):
            let split = program.count
            program.append(.match)
            try emit(left)
            let jump = program.count
            program.append(.match)
            program[split] = .split(first: split + 1, second: program.count)
            try emit(right)
            program[jump] = .jump(program.count)
        case .group(let number, let inner):
            program.append(.save(number * 2))
            try emit(inner)
            program.append(.save(number * 2 + 1))
        case .repetition(let inner, let min, let max, let greedy):
            try emitRepetition(inner, min, max, greedy)
        }
    }

    private mutating func emitRepetition(
        _ inner: RegexTree,
        _ min: Int,
        _ max: Int?,
        _ greedy: Bool,
    ) throws(RegexError) {
        for _ in 0..<min { try emit(inner) }
        guard let max else {
            let split = program.count
            program.append(.match)
            try emit(inner)
            program.append(.jump(split))
            setSplit(split, body: split + 1, exit: program.count, greedy)
            return
        }
        var splits: [Int] = []
        for _ in min..<Swift.max(min, max) {
            splits.append(program.count)
            program.append(.match)
            try emit(inner)
        }
        for split in splits { setSplit(split, body: split + 1, exit: program.count, greedy) }
    }

    private mutating func setSplit(_ at: Int, body: Int, exit: Int, _ greedy: Bool) {
        program[at] =
            greedy ? .split(first: body, second: exit) : .split(first: exit, second: body)
    }
}
