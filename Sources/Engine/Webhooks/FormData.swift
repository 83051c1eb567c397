import Model

/// Names and values of `application/x-www-form-urlencoded` (WHATWG URL, section 5), as in a query.
package enum FormData {
    /// An object of strings in their order; a name that occurs twice has an array.
    package static func parse(_ bytes: some Collection<UInt8>) throws(RequestFault) -> JSONObject {
        var object = JSONObject()
        var count = 0
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            count += 1
            guard count <= WebhookLimits.formFields else {
                throw .invalidForm("more than \(WebhookLimits.formFields) names and values")
            }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try decode(pair[..<equals])
            let rest = equals < pair.endIndex ? pair[pair.index(after: equals)...] : pair[equals...]
            add(.string(try decode(rest)), as: name, to: &object)
        }
        return object
    }

    private static func add(_ value: JSONValue, as name: String, to object: inout JSONObject) {
        switch object[name] {
        case nil: object[name] = value
        case .array(var values):
            values.append(value)
            object[name] = .array(values)
        case .some(let first): object[name] = .array([first, value])
        }
    }

    /// Percent-decoded, `+` as a space.
    private static func decode(_ bytes: some Sequence<UInt8>) throws(RequestFault) -> String {
        var result: [UInt8] = []
        var digits = 0
        for byte in bytes {
            if digits > 0 {
                guard let digit = hexDigit(byte) else {
                    throw .invalidForm("a percent sign is not followed by two hex digits")
                }
                if digits == 2 {
                    result.append(digit << 4)
                } else {
                    result[result.count - 1] |= digit
                }
                digits -= 1
            } else if byte == UInt8(ascii: "%") {
                digits = 2
            } else {
                result.append(byte == UInt8(ascii: "+") ? 32 : byte)
            }
        }
        guard digits == 0 else {
            throw .invalidForm("a percent sign is not followed by two hex digits")
        }
        guard let text = String(validating: result, as: UTF8.self) else {
            throw .invalidForm("a name or value is not UTF-8")
        }
        return text
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
