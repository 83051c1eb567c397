import Definitions
import Expressions
import Model

extension Machine {
    mutating func beginLoop(
        _ id: Int,
        _ frame: StepFrame,
        _ items: Program,
        _ steps: [Step],
    ) throws(EvaluationError) {
        let value = try items.evaluate(environment(of: frame))
        let list: [JSONValue]
        switch value {
        case .array(let elements): list = elements
        case .object(let object):
            list = object.map { .object(["key": .string($0.key), "value": $0.value]) }
        default:
            return fail(
                id,
                Problem(
                    .expression,
                    detail: "`for_each` needs an array or object, not \(value.typeName)",
                    code: "B2308",
                ),
            )
        }
        guard list.count <= Self.itemLimit else {
            return fail(
                id,
                Problem(
                    .limit,
                    detail: "`for_each` has \(list.count) items, the limit is \(Self.itemLimit)",
                    code: "B2309",
                ),
            )
        }
        let loop = LoopState(
            items: list,
            results: [JSONValue?](repeating: nil, count: list.count),
        )
        updateStep(id) { $0.activity = .loop(loop) }
        fillLoop(id)
    }

    /// Begins iterations up to the concurrency, or ends the loop.
    private mutating func fillLoop(_ id: Int) {
        let frame = step(id)
        guard case .forEach(_, let concurrency, let steps) = frame.step.kind else { return }
        var begun: [Int] = []
        while true {
            var nextItem: (index: Int, item: JSONValue)?
            updateLoop(id) { loop in
                guard loop.next < loop.items.count, loop.running.count < concurrency else { return }
                nextItem = (loop.next, loop.items[loop.next])
                loop.next += 1
            }
            guard let (index, item) = nextItem else { break }
            let scope = scopes.insert(inner(of: frame.scope))
            var sequence = SequenceFrame(parent: id, steps: steps, scope: scope)
            sequence.ownsScope = true
            sequence.slot = index
            sequence.surroundings = frame.surroundings
            sequence.surroundings.item = item
            sequence.surroundings.index = index
            sequence.surroundings.isInLoop = true
            sequence.surroundings.iterations.append(index)
            let body = frames.insert(.sequence(sequence))
            updateLoop(id) { $0.running[index] = body }
            begun.append(body)
        }
        for body in begun.reversed() { work.append(.advance(body)) }
        guard case .loop(let loop) = step(id).activity, loop.running.isEmpty else { return }
        succeed(id, .array(loop.results.compactMap { $0 }))
    }

    /// A scope that sees the outer one's ids and keeps its own.
    private func inner(of outer: Int) -> Scope {
        var scope = scopes[outer] ?? Scope()
        scope.written = []
        scope.bytes = 0
        return scope
    }

    private mutating func updateLoop(_ id: Int, _ body: (inout LoopState) -> Void) {
        updateStep(id) { step in
            guard case .loop(var loop) = step.activity else { return }
            step.activity = .idle
            body(&loop)
            step.activity = .loop(loop)
        }
    }

    mutating func endIteration(
        of id: Int,
        _ sequence: SequenceFrame,
        _ completion: Completion,
    ) {
        dropScope(of: sequence)
        updateLoop(id) { $0.running[sequence.slot] = nil }
        switch completion {
        case .finished(let output):
            updateLoop(id) { $0.results[sequence.slot] = output }
            fillLoop(id)
        case .nextItem:
            updateLoop(id) { $0.results[sequence.slot] = .null }
            fillLoop(id)
        case .breakLoop:
            let frame = step(id)
            guard case .loop(let loop) = frame.activity else { return }
            callOffActivity(frame)
            succeed(id, .array(loop.results.compactMap { $0 }))
        case .failed(let problem):
            callOffActivity(step(id))
            fail(id, problem)
        }
    }

    // MARK: Parallel

    mutating func beginParallel(_ id: Int, _ frame: StepFrame, _ branches: [ParallelBranch]) {
        var state = ParallelState(
            results: [JSONValue](repeating: .null, count: branches.count),
            scopes: [Scope?](repeating: nil, count: branches.count),
        )
        var begun: [Int] = []
        for (index, branch) in branches.enumerated() {
            let scope = scopes.insert(inner(of: frame.scope))
            var sequence = SequenceFrame(parent: id, steps: branch.steps, scope: scope)
            sequence.ownsScope = true
            sequence.slot = index
            sequence.surroundings = frame.surroundings
            let body = frames.insert(.sequence(sequence))
            state.running[index] = body
            begun.append(body)
        }
        updateStep(id) { $0.activity = .parallel(state) }
        guard !begun.isEmpty else { return succeed(id, .object(JSONObject())) }
        for body in begun.reversed() { work.append(.advance(body)) }
    }

    mutating func endBranch(of id: Int, _ sequence: SequenceFrame, _ completion: Completion) {
        let scope = scopes[sequence.scope]
        dropScope(of: sequence)
        var output: JSONValue = .null
        switch completion {
        case .finished(let value): output = value
        case .failed(let problem):
            dropRunning(id, sequence.slot)
            callOffActivity(step(id))
            return fail(id, problem)
        case .breakLoop, .nextItem:
            dropRunning(id, sequence.slot)
            callOffActivity(step(id))
            updateStep(id) { $0.activity = .idle }
            cancelDeadline(id)
            work.append(.complete(id, completion))
            return
        }
        var ended: ParallelState?
        updateStep(id) { step in
            guard case .parallel(var state) = step.activity else { return }
            state.running[sequence.slot] = nil
            state.results[sequence.slot] = output
            state.scopes[sequence.slot] = scope
            step.activity = .parallel(state)
            if state.running.isEmpty { ended = state }
        }
        if let ended { join(id, ended) }
    }

    private mutating func dropRunning(_ id: Int, _ slot: Int) {
        updateStep(id) { step in
            guard case .parallel(var state) = step.activity else { return }
            state.running[slot] = nil
            step.activity = .parallel(state)
        }
    }

    /// All branches ended: their ids become visible outside, in the order of the branches.
    private mutating func join(_ id: Int, _ state: ParallelState) {
        let frame = step(id)
        guard case .parallel(let branches) = frame.step.kind else { return }
        var output = JSONObject()
        for (index, branch) in branches.enumerated() {
            output[branch.name] = state.results[index]
            guard let inner = state.scopes[index] else { continue }
            stateBytes += inner.bytes
            scopes.update(frame.scope) { scope in
                for id in inner.written {
                    if let value = inner.steps[id] { scope.steps.setMember(id, value) }
                    if let error = inner.errors[id] { scope.errors.setMember(id, error) }
                }
                scope.written += inner.written
                scope.bytes += inner.bytes
            }
        }
        succeed(id, .object(output))
    }
}
