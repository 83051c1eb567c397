import Model

extension Evaluator {
    func arithmetic(
        _ operation: Node.Operator,
        _ left: JSONValue,
        _ right: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        try tick()
        switch operation {
        case .add: return try add(left, right, at)
        case .subtract: return try subtract(left, right, at)
        case .multiply: return try multiply(left, right, at)
        case .divide: return try divide(left, right, at)
        case .modulo: return try modulo(left, right, at)
        }
    }

    private func overflow(_ at: Int) -> Stop {
        fail(.integerOverflow, "the result does not fit a 64-bit integer", at)
    }

    private func mismatch(_ left: JSONValue, _ right: JSONValue, _ verb: String, _ at: Int) -> Stop
    {
        fail(
            .type,
            "\(Describe.value(left)) and \(Describe.value(right)) cannot be \(verb)",
            at,
        )
    }

    func add(_ left: JSONValue, _ right: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        switch (left, right) {
        case (.null, _): return right
        case (_, .null): return left
        case (.integer(let a), .integer(let b)):
            let (sum, carry) = a.addingReportingOverflow(b)
            guard !carry else { throw overflow(at) }
            return .integer(sum)
        case (.string(let a), .string(let b)):
            try charge(a.utf8.count + b.utf8.count)
            return .string(a + b)
        case (.array(let a), .array(let b)):
            try charge((a.count + b.count) * 16)
            let sum = JSONValue.array(a + b)
            try measure(sum, of: left, and: right)
            return sum
        case (.object(var a), .object(let b)):
            try charge((a.count + b.count) * 32)
            for entry in b { a[entry.key] = entry.value }
            try measure(.object(a), of: left, and: right)
            return .object(a)
        default:
            guard let a = left.doubleValue, let b = right.doubleValue else {
                throw mismatch(left, right, "added", at)
            }
            return try number(a + b, at)
        }
    }

    /// A float result beyond the doubles is an error rather than infinity, which JSON cannot say.
    func number(_ value: Double, _ at: Int) throws(Stop) -> JSONValue {
        guard value.isFinite else {
            throw fail(.invalidArgument, "the result is not a finite number", at)
        }
        if value.magnitude < 9_007_199_254_740_992, let whole = Int64(exactly: value),
            !(whole == 0 && value.sign == .minus)
        {
            return .integer(whole)
        }
        return .number(value)
    }

    private func subtract(
        _ left: JSONValue,
        _ right: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        switch (left, right) {
        case (.integer(let a), .integer(let b)):
            let (difference, carry) = a.subtractingReportingOverflow(b)
            guard !carry else { throw overflow(at) }
            return .integer(difference)
        case (.array(let a), .array(let b)):
            try tick(a.count + b.count)
            let removed = Set(b)
            return .array(a.filter { !removed.contains($0) })
        default:
            guard let a = left.doubleValue, let b = right.doubleValue else {
                throw mismatch(left, right, "subtracted", at)
            }
            return try number(a - b, at)
        }
    }

    private func multiply(
        _ left: JSONValue,
        _ right: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        switch (left, right) {
        case (.integer(let a), .integer(let b)):
            let (product, carry) = a.multipliedReportingOverflow(by: b)
            guard !carry else { throw overflow(at) }
            return .integer(product)
        case (.object(let a), .object(let b)):
            let product = JSONValue.object(try merged(a, b))
            try measure(product)
            return product
        case (.string(let text), .integer), (.string(let text), .number):
            return try repeated(text, right.doubleValue ?? 0)
        case (.integer, .string(let text)), (.number, .string(let text)):
            return try repeated(text, left.doubleValue ?? 0)
        default:
            guard let a = left.doubleValue, let b = right.doubleValue else {
                throw mismatch(left, right, "multiplied", at)
            }
            return try number(a * b, at)
        }
    }

    /// jq: nothing for a count of zero or less, else the count rounded up.
    private func repeated(_ text: String, _ count: Double) throws(Stop) -> JSONValue {
        guard count > 0 else { return .null }
        guard !text.isEmpty else { return .string("") }
        let times = Int(min(count.rounded(.up), 1e9))
        let (bytes, carry) = text.utf8.count.multipliedReportingOverflow(by: times)
        try charge(carry ? .max : bytes)
        return .string(String(repeating: text, count: times))
    }

    private func merged(_ left: JSONObject, _ right: JSONObject) throws(Stop) -> JSONObject {
        try descend()
        defer { ascend() }
        try charge((left.count + right.count) * 32)
        var result = left
        for entry in right {
            try tick()
            if case .object(let inner)? = result[entry.key], case .object(let other) = entry.value {
                result[entry.key] = .object(try merged(inner, other))
            } else {
                result[entry.key] = entry.value
            }
        }
        return result
    }

    private func divide(
        _ left: JSONValue,
        _ right: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        if case .string(let text) = left, case .string(let separator) = right {
            return .array(try split(text, separator))
        }
        guard let a = left.doubleValue, let b = right.doubleValue else {
            throw mismatch(left, right, "divided", at)
        }
        guard b != 0 else {
            throw fail(
                .divisionByZero,
                "\(Describe.value(left)) and \(Describe.value(right)) cannot be divided because"
                    + " the divisor is zero",
                at,
            )
        }
        if case .integer(let a) = left, case .integer(let b) = right, b != -1 || a != .min,
            a % b == 0
        {
            return .integer(a / b)
        }
        return try number(a / b, at)
    }

    func split(_ text: String, _ separator: String) throws(Stop) -> [JSONValue] {
        guard !text.isEmpty else { return [] }
        try tick(text.utf8.count)
        try charge(text.utf8.count * 2)
        guard !separator.isEmpty else {
            return text.unicodeScalars.map { .string(String($0)) }
        }
        let bytes = Array(text.utf8)
        let wanted = Array(separator.utf8)
        var parts: [JSONValue] = []
        var start = 0
        var position = 0
        while position + wanted.count <= bytes.count {
            if bytes[position] == wanted[0],
                bytes[position..<(position + wanted.count)].elementsEqual(wanted)
            {
                parts.append(.string(String(decoding: bytes[start..<position], as: UTF8.self)))
                position += wanted.count
                start = position
            } else {
                position += 1
            }
        }
        parts.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
        return parts
    }

    /// Truncates both to integers, takes the divisor's magnitude; the sign is the dividend's.
    private func modulo(
        _ left: JSONValue,
        _ right: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        guard let a = whole(left), let b = whole(right) else {
            throw mismatch(left, right, "divided", at)
        }
        guard b != 0 else {
            throw fail(
                .divisionByZero,
                "\(Describe.value(left)) and \(Describe.value(right)) cannot be divided because"
                    + " the divisor is zero",
                at,
            )
        }
        guard b != -1, b != .min else { return .integer(b == -1 ? 0 : a == .min ? 0 : a) }
        return .integer(a % abs(b))
    }

    private func whole(_ value: JSONValue) -> Int64? {
        switch value {
        case .integer(let integer): integer
        case .number(let number):
            number.isNaN ? 0 : Int64(min(max(number, -9.2e18), 9.2e18))
        default: nil
        }
    }
}
