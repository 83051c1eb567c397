import Model

/// Values share their parts, so a few steps can make one that would be gigantic when written out,
/// or so deep that releasing it uses up the stack. What is made is therefore measured as a whole.
extension Evaluator {
    /// What is added to something in a loop, and is no danger, is not measured with all of it.
    private static let smallSize = 4096

    /// A sum, when both of its parts are large.
    func measure(
        _ sum: JSONValue,
        of left: JSONValue,
        and right: JSONValue,
    ) throws(Stop) {
        for part in [right, left] {
            var size = ValueSize(bytesLeft: Self.smallSize)
            if size.take(part, depth: 0) { return }
        }
        try measure(sum)
    }

    func measured(_ value: JSONValue) throws(Stop) -> JSONValue {
        try measure(value)
        return value
    }

    /// Ends the evaluation when the value is too deep, or larger than the whole budget of bytes.
    /// 64 parts looked at count as one step.
    func measure(_ value: JSONValue) throws(Stop) {
        switch value {
        case .array, .object: break
        default: return
        }
        var size = ValueSize(bytesLeft: byteLimit)
        let fits = size.take(value, depth: 0)
        try tick(size.parts / 64)
        if fits { return }
        if size.bytesLeft < 0 { try charge(.max) }
        throw Stop.error(EvaluationError(.depth, "the value is nested too deeply"))
    }
}

/// A walk over a value that ends early when it is too much.
struct ValueSize {
    var bytesLeft: Int
    var parts = 0

    mutating func take(_ value: JSONValue, depth: Int) -> Bool {
        parts += 1
        bytesLeft -= 16
        switch value {
        case .null, .bool, .integer, .number: break
        case .string(let text): bytesLeft -= text.utf8.count
        case .array(let elements):
            guard depth < Budget.nestingLimit else { return false }
            for element in elements {
                guard take(element, depth: depth + 1) else { return false }
            }
        case .object(let object):
            guard depth < Budget.nestingLimit else { return false }
            for entry in object {
                bytesLeft -= 16 + entry.key.utf8.count
                guard take(entry.value, depth: depth + 1) else { return false }
            }
        }
        return bytesLeft >= 0
    }
}
