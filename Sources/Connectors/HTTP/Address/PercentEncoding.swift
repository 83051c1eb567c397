/// Percent-encoding of RFC 3986, section 2, over UTF-8.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Everything but unreserved characters is encoded: for one path segment or one query part.
    static func component(_ text: String) -> String {
        encoded(text) { isUnreserved($0) }
    }

    /// `application/x-www-form-urlencoded` (WHATWG URL): blanks are `+`.
    static func form(_ text: String) -> String {
        encoded(text) {
            switch $0 {
            case 48...57, 65...90, 97...122: true
            case UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), 32:
                true
            default: false
            }
        }.replacing(" ", with: "+")
    }

    /// The other way round; nil for a broken escape and for bytes that are no UTF-8.
    static func formDecoded(_ text: some StringProtocol) -> String? {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "+"): result.append(32)
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.count, isHex(bytes[index + 1]), isHex(bytes[index + 2]),
                    let byte = UInt8(
                        String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self),
                        radix: 16,
                    )
                else { return nil }
                result.append(byte)
                index += 2
            case let byte: result.append(byte)
            }
            index += 1
        }
        return String(validating: result, as: UTF8.self)
    }

    /// What a person typed as path or query: only what may not stand there is encoded, and `%`
    /// that already begins an escape is kept.
    static func lenient(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%") && index + 2 < bytes.count && isHex(bytes[index + 1])
                && isHex(bytes[index + 2])
            if isEscape || isUnreserved(byte) || isDelimiter(byte) {
                result.append(byte)
            } else {
                append(byte, to: &result)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func encoded(_ text: String, keeping keeps: (UInt8) -> Bool) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if keeps(byte) { result.append(byte) } else { append(byte, to: &result) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func append(_ byte: UInt8, to result: inout [UInt8]) {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool { "!$&'()*+,;=:@/?".utf8.contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        48...57 ~= byte || 65...70 ~= byte || 97...102 ~= byte
    }
}
