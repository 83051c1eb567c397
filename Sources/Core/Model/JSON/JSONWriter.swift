/// Writes JSON texts (RFC 8259), members in their order, floats with the fewest digits that read
/// back the same. Only what must be escaped is.
public enum JSONWriter {
    public static func bytes(
        _ value: JSONValue,
        pretty: Bool = false,
        sortedKeys: Bool = false,
    ) -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(256)
        if pretty || sortedKeys {
            writeFormatted(value, into: &buffer, pretty ? 0 : nil, sorted: sortedKeys)
        } else {
            write(value, into: &buffer)
        }
        return buffer
    }

    public static func string(
        _ value: JSONValue,
        pretty: Bool = false,
        sortedKeys: Bool = false,
    ) -> String {
        String(decoding: bytes(value, pretty: pretty, sortedKeys: sortedKeys), as: UTF8.self)
    }

    /// Appends the compact text.
    public static func write(_ value: JSONValue, into buffer: inout [UInt8]) {
        switch value {
        case .null: append("null", &buffer)
        case .bool(let flag): append(flag ? "true" : "false", &buffer)
        case .integer(let integer): write(integer, into: &buffer)
        case .number(let number): write(number, into: &buffer)
        case .string(let text): write(text, into: &buffer)
        case .array(let elements):
            buffer.append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { buffer.append(UInt8(ascii: ",")) }
                isFirst = false
                write(element, into: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let object):
            buffer.append(UInt8(ascii: "{"))
            var isFirst = true
            for entry in object.entries {
                if !isFirst { buffer.append(UInt8(ascii: ",")) }
                isFirst = false
                write(entry.key, into: &buffer)
                buffer.append(UInt8(ascii: ":"))
                write(entry.value, into: &buffer)
            }
            buffer.append(UInt8(ascii: "}"))
        }
    }

    /// Bytes of the compact text, without writing it; strings that need escapes are counted
    /// exactly, floats by writing them.
    public static func encodedSize(_ value: JSONValue) -> Int {
        switch value {
        case .null: 4
        case .bool(let flag): flag ? 4 : 5
        case .integer(let integer): digits(integer)
        case .number(let number):
            {
                var buffer: [UInt8] = []; write(number, into: &buffer); return buffer.count
            }()
        case .string(let text): size(of: text)
        case .array(let elements):
            elements.reduce(max(2, elements.count + 1)) { $0 + encodedSize($1) }
        case .object(let object):
            object.entries.reduce(max(2, object.count * 2 + 1)) {
                $0 + size(of: $1.key) + encodedSize($1.value)
            }
        }
    }

    @inline(__always)
    private static func append(_ text: StaticString, _ buffer: inout [UInt8]) {
        buffer.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }

    public static func write(_ integer: Int64, into buffer: inout [UInt8]) {
        if integer < 0 { buffer.append(UInt8(ascii: "-")) }
        var rest = integer.magnitude
        let start = buffer.count
        repeat {
            buffer.append(UInt8(rest % 10) + 48)
            rest /= 10
        } while rest > 0
        buffer[start...].reverse()
    }

    private static func digits(_ integer: Int64) -> Int {
        var count = integer < 0 ? 2 : 1
        var rest = integer.magnitude
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }

    /// A whole number below 10^15 is written without fraction or exponent.
    public static func write(_ number: Double, into buffer: inout [UInt8]) {
        if number.magnitude < 1e15, let whole = Int64(exactly: number) {
            if whole == 0, number.sign == .minus { buffer.append(UInt8(ascii: "-")) }
            write(whole, into: &buffer)
        } else {
            buffer.append(contentsOf: number.description.utf8)
        }
    }

    /// Appends a string with its quotes.
    public static func write(_ text: String, into buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for index in 0..<bytes.count where needsEscape(bytes[index]) {
                buffer.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
                escape(bytes[index], into: &buffer)
                start = index + 1
            }
            buffer.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        buffer.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func escape(_ byte: UInt8, into buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\\"))
        switch byte {
        case 8: buffer.append(UInt8(ascii: "b"))
        case 9: buffer.append(UInt8(ascii: "t"))
        case 10: buffer.append(UInt8(ascii: "n"))
        case 12: buffer.append(UInt8(ascii: "f"))
        case 13: buffer.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): buffer.append(byte)
        default:
            append("u00", &buffer)
            let hex: StaticString = "0123456789abcdef"
            buffer.append(hex.utf8Start[Int(byte >> 4)])
            buffer.append(hex.utf8Start[Int(byte & 15)])
        }
    }

    private static func size(of text: String) -> Int {
        var count = 2
        for byte in text.utf8 {
            guard needsEscape(byte) else {
                count += 1
                continue
            }
            switch byte {
            case 8, 9, 10, 12, 13, UInt8(ascii: "\""), UInt8(ascii: "\\"): count += 2
            default: count += 6
            }
        }
        return count
    }
}
