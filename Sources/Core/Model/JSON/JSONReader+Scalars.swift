extension JSONReader {
    /// The longest text of one number, in bytes.
    static let numberLength = 1024

    mutating func string() throws(Stop) -> String {
        position += 1
        let start = position
        var isASCII = true
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try text(start..<position, isASCII: isASCII)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 32 else { throw controlCharacter() }
            if byte >= 128 { isASCII = false }
            position += 1
        }
        throw unexpected()
    }

    private func controlCharacter() -> Stop {
        Stop(
            code: .controlCharacter,
            offset: position,
            message: "control characters in strings must be escaped",
        )
    }

    private func text(_ range: Range<Int>, isASCII: Bool) throws(Stop) -> String {
        let slice = UnsafeBufferPointer(rebasing: bytes[range])
        if isASCII { return String(decoding: slice, as: UTF8.self) }
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw Stop(
                code: .invalidUTF8,
                offset: range.lowerBound,
                message: "the string is not UTF-8",
            )
        }
        return text
    }

    /// From the first backslash on, with what came before.
    private mutating func escapedString(from start: Int) throws(Stop) -> String {
        var result = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                guard let text = String(validating: result, as: UTF8.self) else {
                    throw Stop(
                        code: .invalidUTF8,
                        offset: start,
                        message: "the string is not UTF-8",
                    )
                }
                return text
            }
            guard byte >= 32 else { throw controlCharacter() }
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &result) } else { result.append(byte) }
        }
        throw unexpected()
    }

    private mutating func escape(into result: inout [UInt8]) throws(Stop) {
        guard position < bytes.count else { throw unexpected() }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape()
            result.append(contentsOf: Array(String(scalar).utf8))
        default:
            throw Stop(
                code: .invalidEscape,
                offset: position - 1,
                message: "this escape is unknown",
            )
        }
    }

    private mutating func unicodeEscape() throws(Stop) -> Unicode.Scalar {
        let start = position
        let first = try hexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { throw loneSurrogate(start) }
        position += 2
        let second = try hexDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw loneSurrogate(start) }
        return scalar
    }

    private func loneSurrogate(_ offset: Int) -> Stop {
        Stop(
            code: .invalidEscape,
            offset: offset,
            message: "half of a surrogate pair stands alone",
        )
    }

    private mutating func hexDigits() throws(Stop) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw unexpected() }
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 65...70: digit = byte - 55
            case 97...102: digit = byte - 87
            default:
                throw Stop(
                    code: .invalidEscape,
                    offset: position,
                    message: "\\u needs four hexadecimal digits",
                )
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    mutating func number() throws(Stop) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        skipDigits()
        let digits = position - firstDigit
        guard digits > 0 else { throw unexpected() }
        if digits > 1, bytes[firstDigit] == UInt8(ascii: "0") {
            throw invalidNumber(start, "a number may not begin with 0")
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            try fraction()
        }
        if position < bytes.count, bytes[position] | 32 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            try someDigits()
        }
        guard position - start <= Self.numberLength else {
            throw invalidNumber(start, "a number has at most \(Self.numberLength) characters")
        }
        return isInteger ? try integer(start) : try double(start)
    }

    private mutating func fraction() throws(Stop) {
        position += 1
        try someDigits()
    }

    private mutating func someDigits() throws(Stop) {
        let start = position
        skipDigits()
        guard position > start else { throw unexpected() }
    }

    private mutating func skipDigits() {
        while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
    }

    private func invalidNumber(_ offset: Int, _ message: String) -> Stop {
        Stop(code: .invalidNumber, offset: offset, message: message)
    }

    private func integer(_ start: Int) throws(Stop) -> JSONValue {
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in (isNegative ? start + 1 : start)..<position {
            let digit = Int64(bytes[index] - 48)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative
                ? product.subtractingReportingOverflow(digit)
                : product.addingReportingOverflow(digit)
            guard !overflow, !carry else {
                throw Stop(
                    code: .numberOutOfRange,
                    offset: start,
                    message: "an integer must fit 64 bits; write it as a string",
                )
            }
            value = sum
        }
        // Only a double keeps the sign of `-0`, which is how -0.0 is written.
        return isNegative && value == 0 ? .number(-0.0) : .integer(value)
    }

    private func double(_ start: Int) throws(Stop) -> JSONValue {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw Stop(
                code: .numberOutOfRange,
                offset: start,
                message: "the number is beyond a 64-bit float",
            )
        }
        return .number(value)
    }
}
