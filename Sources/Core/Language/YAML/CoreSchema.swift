import Model

/// Types plain scalars (YAML 1.2.2, section 10.3.2).
enum CoreSchema {
    /// Nil for what looks like a number and cannot be kept exactly.
    static func value(_ text: String) -> JSONValue? {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = text.utf8.first,
            (48...57).contains(first) || first == 43 || first == 45 || first == 46
        else { return .string(text) }
        if let number = radix(text) { return number }
        if isInteger(text) { return Int64(text).map(JSONValue.integer) }
        if isFloat(text) {
            guard let number = Double(text), number.isFinite else { return nil }
            return .number(number)
        }
        let special = text.drop { $0 == "+" || $0 == "-" }.lowercased()
        return special == ".inf" || special == ".nan" ? nil : .string(text)
    }

    private static func radix(_ text: String) -> JSONValue? {
        if text.hasPrefix("0x") {
            return Int64(text.dropFirst(2), radix: 16).map(JSONValue.integer)
        }
        if text.hasPrefix("0o") {
            return Int64(text.dropFirst(2), radix: 8).map(JSONValue.integer)
        }
        return nil
    }

    private static func isInteger(_ text: String) -> Bool {
        let digits = text.utf8.first == 43 || text.utf8.first == 45 ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static func isFloat(_ text: String) -> Bool {
        var hasDigit = false
        var hasPoint = false
        var bytes = Array(text.utf8)[...]
        if bytes.first == 43 || bytes.first == 45 { bytes.removeFirst() }
        while let byte = bytes.first {
            if (48...57).contains(byte) {
                hasDigit = true
            } else if byte == 46, !hasPoint {
                hasPoint = true
            } else {
                break
            }
            bytes.removeFirst()
        }
        guard hasDigit else { return false }
        if bytes.first == 101 || bytes.first == 69 {
            bytes.removeFirst()
            if bytes.first == 43 || bytes.first == 45 { bytes.removeFirst() }
            return !bytes.isEmpty && bytes.allSatisfy { (48...57).contains($0) }
        }
        return bytes.isEmpty && hasPoint
    }
}
