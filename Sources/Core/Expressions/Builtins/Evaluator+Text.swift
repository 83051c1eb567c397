import Model

extension Evaluator {
    func plainText(
        _ builtin: Builtin,
        _ values: [JSONValue],
        _ at: Int,
        _ input: JSONValue,
    ) throws(Stop) -> JSONValue {
        switch builtin {
        case .tostring:
            if case .string = input { return input }
            return .string(try json(input))
        case .tojson: return .string(try json(input))
        case .fromjson: return try fromJSON(input, at)
        case .tonumber: return try toNumber(input, at)
        case .asciiDowncase, .asciiUpcase:
            let text = try text(input, "cannot be changed in case, as it is not a string", at)
            try charge(text.utf8.count)
            let lower = builtin == .asciiDowncase
            return .string(
                String(decoding: text.utf8.map { ASCII.cased($0, lower: lower) }, as: UTF8.self)
            )
        case .ascii:
            guard let code = input.integerValue, (0..<128).contains(code),
                let scalar = Unicode.Scalar(UInt32(code))
            else { throw fail(.invalidArgument, "ascii needs a number from 0 to 127", at) }
            return .string(String(scalar))
        case .explode:
            let text = try text(input, "cannot be exploded", at)
            try charge(text.utf8.count * 16)
            return .array(text.unicodeScalars.map { .integer(Int64($0.value)) })
        case .implode: return try imploded(input, at)
        case .split:
            guard case .string(let separator) = values[0], case .string(let text) = input else {
                throw fail(.type, "split input and separator must be strings", at)
            }
            return .array(try split(text, separator))
        case .join: return try joined(input, values[0], at)
        case .ltrimstr: return trimmed(input, prefix: values[0])
        case .rtrimstr: return trimmed(input, suffix: values[0])
        case .startswith, .endswith:
            guard case .string(let part) = values[0], case .string(let text) = input else {
                throw fail(.type, "\(builtin.name)() requires string inputs", at)
            }
            return .bool(
                builtin == .startswith
                    ? text.utf8.starts(with: part.utf8)
                    : text.utf8.reversed().starts(with: part.utf8.reversed())
            )
        case .trim, .ltrim, .rtrim:
            let text = try text(input, "cannot be trimmed", at)
            return .string(
                ASCII.trimmed(text, left: builtin != .rtrim, right: builtin != .ltrim)
            )
        case .gmtime, .mktime, .todate, .todateiso8601, .date, .fromdate, .fromdateiso8601,
            .strftime, .strptime:
            return try dates(builtin, values, at, input)
        default: return try mathematics(builtin, values, at, input)
        }
    }

    private func json(_ value: JSONValue) throws(Stop) -> String {
        try measure(value)
        let size = JSONWriter.encodedSize(value)
        try tick(size / 16)
        try charge(size)
        return JSONWriter.string(value)
    }

    private func fromJSON(_ value: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        let text = try text(value, "cannot be parsed as JSON", at)
        try tick(text.utf8.count / 8)
        try charge(text.utf8.count * 8)
        do {
            return try JSONParser.parse(text, limits: JSONLimits(refusesDuplicateKeys: false))
        } catch {
            throw fail(.invalidText, "\(error.message) (while parsing '\(text.prefix(40))')", at)
        }
    }

    private func toNumber(_ value: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        switch value {
        case .integer, .number: return value
        case .string(let text):
            do {
                let parsed = try JSONParser.parse(text)
                if parsed.doubleValue != nil { return parsed }
            } catch {}
            throw fail(.invalidText, "\(Describe.value(value)) cannot be parsed as a number", at)
        default:
            throw fail(.type, "\(Describe.value(value)) cannot be parsed as a number", at)
        }
    }

    private func imploded(_ value: JSONValue, _ at: Int) throws(Stop) -> JSONValue {
        var text = String.UnicodeScalarView()
        for element in try array(value, "imploded", at) {
            guard let code = element.integerValue, code >= 0, code <= 0x10FFFF,
                let scalar = Unicode.Scalar(UInt32(code))
            else {
                throw fail(.invalidArgument, "implode needs an array of Unicode code points", at)
            }
            text.append(scalar)
        }
        return .string(String(text))
    }

    private func joined(
        _ value: JSONValue,
        _ separator: JSONValue,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        let list = value.objectValue.map { JSONValue.array($0.values) } ?? value
        let elements = try array(list, "joined", at)
        guard !elements.isEmpty else { return .string("") }
        let between = try text(separator, "cannot join, as it is not a string", at)
        var parts: [String] = []
        var size = 0
        for element in elements {
            switch element {
            case .null: parts.append("")
            case .string(let text): parts.append(text)
            case .bool, .integer, .number: parts.append(JSONWriter.string(element))
            default:
                throw fail(
                    .type,
                    "\(Describe.value(.string(between))) and \(Describe.value(element)) cannot be"
                        + " added",
                    at,
                )
            }
            size += (parts.last?.utf8.count ?? 0) + between.utf8.count
        }
        try charge(size)
        return .string(parts.joined(separator: between))
    }

    private func trimmed(_ value: JSONValue, prefix: JSONValue) -> JSONValue {
        guard case .string(let text) = value, case .string(let prefix) = prefix,
            text.utf8.starts(with: prefix.utf8)
        else { return value }
        return .string(String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
    }

    private func trimmed(_ value: JSONValue, suffix: JSONValue) -> JSONValue {
        guard case .string(let text) = value, case .string(let suffix) = suffix,
            text.utf8.reversed().starts(with: suffix.utf8.reversed())
        else { return value }
        return .string(String(decoding: text.utf8.dropLast(suffix.utf8.count), as: UTF8.self))
    }

    private func mathematics(
        _ builtin: Builtin,
        _ values: [JSONValue],
        _ at: Int,
        _ input: JSONValue,
    ) throws(Stop) -> JSONValue {
        if builtin == .pow {
            guard let base = values[0].doubleValue, let exponent = values[1].doubleValue else {
                throw fail(.type, "pow needs two numbers", at)
            }
            return try number(Mathematics.power(base, exponent), at)
        }
        guard let value = input.doubleValue else {
            throw fail(.type, "\(Describe.value(input)) number required", at)
        }
        switch builtin {
        case .isnan: return .bool(value.isNaN)
        case .isinfinite: return .bool(value.isInfinite)
        case .isnormal: return .bool(value.isNormal)
        case .abs, .fabs, .floor, .ceil, .round, .trunc:
            if case .integer(let integer) = input {
                guard builtin == .abs || builtin == .fabs else { return input }
                guard integer != .min else { throw fail(.integerOverflow, "no such integer", at) }
                return .integer(Swift.abs(integer))
            }
            return try number(Mathematics.rounded(builtin, value), at)
        case .sqrt: return try number(value.squareRoot(), at)
        default: return try number(Mathematics.logarithm(builtin, value), at)
        }
    }
}

/// ASCII letters and spaces.
enum ASCII {
    static func cased(_ byte: UInt8, lower: Bool) -> UInt8 {
        if lower, (65...90).contains(byte) { return byte + 32 }
        if !lower, (97...122).contains(byte) { return byte - 32 }
        return byte
    }

    static func trimmed(_ text: String, left: Bool, right: Bool) -> String {
        var bytes = Array(text.utf8)[...]
        let spaces: Set<UInt8> = [9, 10, 11, 12, 13, 32]
        while left, let first = bytes.first, spaces.contains(first) { bytes.removeFirst() }
        while right, let last = bytes.last, spaces.contains(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
