import Model

/// The journal's form of an event: a JSON array that begins with a number for its kind. Iterations
/// come last and only when there are any. Kinds and places are never used for anything else again.
extension Event {
    package func encoded() -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(224)
        JSONWriter.write(json, into: &buffer)
        return buffer
    }

    package var json: JSONValue { .array(elements) }

    /// Whether it holds anything that came from outside.
    package var hasPayload: Bool {
        switch self {
        case .started, .timerFired, .childStarted, .resumed: false
        case .attemptSucceeded, .attemptFailed, .childSucceeded, .childFailed, .cancelRequested,
            .aborted:
            true
        }
    }

    private var elements: [JSONValue] {
        switch self {
        case .started(let at): return [0, at.json]
        case .attemptSucceeded(let step, let attempt, let startedAt, let at, let output):
            return [
                1, .integer(Int64(step.node)), .integer(Int64(attempt)), startedAt.json,
                .integer(at.milliseconds - startedAt.milliseconds), output,
            ] + step.iterationList
        case .attemptFailed(let step, let attempt, let startedAt, let at, let problem):
            return [
                2, .integer(Int64(step.node)), .integer(Int64(attempt)), startedAt.json,
                .integer(at.milliseconds - startedAt.milliseconds), problem.json,
            ] + step.iterationList
        case .timerFired(let timer, let at):
            let start: [JSONValue] = [3, .integer(Int64(timer.purpose.rawValue)), at.json]
            guard let step = timer.step else { return start }
            return start + [.integer(Int64(step.node))] + step.iterationList
        case .childStarted(let step, let at, let id):
            return [4, .integer(Int64(step.node)), at.json, .string(id)] + step.iterationList
        case .childSucceeded(let step, let at, let id, let output):
            return [5, .integer(Int64(step.node)), at.json, .string(id), output]
                + step.iterationList
        case .childFailed(let step, let at, let id, let problem):
            return [
                6, .integer(Int64(step.node)), at.json, id.map(JSONValue.string) ?? .null,
                problem.json,
            ] + step.iterationList
        case .cancelRequested(let at, let actor): return [7, at.json, .string(actor)]
        case .aborted(let at, let reason, let problem):
            return [8, at.json, .string(reason.rawValue), problem.json]
        case .resumed(let resumption): return [9] + resumption.elements
        }
    }

    /// Nil unless the bytes are what ``encoded()`` writes. Of a document with withheld parts
    /// (``PartialDocument``), what everybody may read.
    package static func decoded(_ bytes: [UInt8]) -> Event? {
        document(bytes).flatMap { Event(json: PartialDocument($0).value) }
    }

    /// A journal entry as JSON; nil when it is none.
    package static func document(_ bytes: [UInt8]) -> JSONValue? {
        guard
            case .success(let json) = bytes.withUnsafeBufferPointer({
                JSONParser.parse(buffer: $0, limits: JSONLimits(depth: 1024, size: .max))
            })
        else { return nil }
        return json
    }

    package init?(json: JSONValue) {
        guard let parts = json.arrayValue, let kind = parts.first?.integerValue,
            let event = Self.decoded(Int(kind), EventParts(parts))
        else { return nil }
        self = event
    }

    private static func decoded(_ kind: Int, _ parts: EventParts) -> Event? {
        switch kind {
        case 0: return parts.time(1).map(Event.started)
        case 1, 2:
            guard let step = parts.step(1, iterations: 6), let attempt = parts.int(2),
                let start = parts.time(3), let span = parts.int(4), let value = parts[5]
            else { return nil }
            let at = Timestamp(milliseconds: start.milliseconds + Int64(span))
            guard kind == 2 else {
                return .attemptSucceeded(
                    step,
                    attempt: attempt,
                    startedAt: start,
                    at: at,
                    output: value,
                )
            }
            return Problem(json: value).map {
                .attemptFailed(step, attempt: attempt, startedAt: start, at: at, problem: $0)
            }
        case 3:
            guard let purpose = parts.int(1).flatMap(TimerPurpose.init), let at = parts.time(2)
            else { return nil }
            return .timerFired(
                TimerReference(purpose: purpose, step: parts.step(3, iterations: 4)),
                at: at,
            )
        case 4...6: return child(kind, parts)
        case 7:
            guard let at = parts.time(1), let actor = parts[2]?.stringValue else { return nil }
            return .cancelRequested(at: at, by: actor)
        case 8:
            guard let at = parts.time(1),
                let reason = parts[2]?.stringValue.flatMap(ExecutionReason.init),
                let problem = parts[3].flatMap(Problem.init(json:))
            else { return nil }
            return .aborted(at: at, reason: reason, problem: problem)
        case 9: return Resumption(elements: Array(parts.parts.dropFirst())).map(Event.resumed)
        default: return nil
        }
    }

    private static func child(_ kind: Int, _ parts: EventParts) -> Event? {
        guard let step = parts.step(1, iterations: kind == 4 ? 4 : 5), let at = parts.time(2)
        else { return nil }
        let id = parts[3]?.stringValue
        switch kind {
        case 4: return id.map { .childStarted(step, at: at, id: $0) }
        case 5:
            guard let id, let output = parts[4] else { return nil }
            return .childSucceeded(step, at: at, id: id, output: output)
        default:
            return parts[4].flatMap(Problem.init(json:)).map {
                .childFailed(step, at: at, id: id, problem: $0)
            }
        }
    }
}

/// The elements of a journal entry, read with their types.
private struct EventParts {
    let parts: [JSONValue]

    init(_ parts: [JSONValue]) { self.parts = parts }

    subscript(index: Int) -> JSONValue? { parts.indices.contains(index) ? parts[index] : nil }

    func int(_ index: Int) -> Int? { self[index]?.integerValue.map { Int($0) } }

    func time(_ index: Int) -> Timestamp? {
        self[index]?.integerValue.map(Timestamp.init(milliseconds:))
    }

    func step(_ index: Int, iterations: Int) -> StepReference? {
        guard let node = int(index) else { return nil }
        let list = self[iterations]?.arrayValue ?? []
        return StepReference(
            node: node,
            iterations: list.compactMap { $0.integerValue.map { Int($0) } },
        )
    }
}

extension StepReference {
    fileprivate var iterationList: [JSONValue] {
        iterations.isEmpty ? [] : [.array(iterations.map { .integer(Int64($0)) })]
    }
}

extension Timestamp {
    fileprivate var json: JSONValue { .integer(milliseconds) }
}
