/// Relations of JSON numbers, without the rounding that a common type would bring.
enum ExactNumber {
    /// Whether it has no fraction, also beyond 64 bits.
    static func isWhole(_ value: JSONValue) -> Bool {
        switch value {
        case .integer: true
        case .number(let number): number == number.rounded()
        default: false
        }
    }

    /// Nil when one of them is no number.
    static func isLess(_ left: JSONValue, _ right: JSONValue) -> Bool? {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.number(let a), .number(let b)): a < b
        case (.integer(let a), .number(let b)): compare(a, b) < 0
        case (.number(let a), .integer(let b)): compare(b, a) > 0
        default: nil
        }
    }

    /// -1, 0 or 1.
    private static func compare(_ left: Int64, _ right: Double) -> Int {
        if right >= 0x1p63 { return -1 }
        if right < -0x1p63 { return 1 }
        let whole = right.rounded(.towardZero)
        let integer = Int64(whole)
        if left != integer { return left < integer ? -1 : 1 }
        return whole == right ? 0 : whole < right ? -1 : 1
    }

    /// Whether the value is a whole number of times the divisor, both read as the decimals that
    /// they are written as: 19.99 is a multiple of 0.01.
    static func isMultiple(_ value: JSONValue, of divisor: JSONValue) -> Bool {
        guard let left = Decimal(value), let right = Decimal(divisor), right.digits > 0 else {
            return false
        }
        var digits = left.digits
        var shift = left.exponent - right.exponent
        while shift < 0 {
            guard digits % 10 == 0 else { return false }
            if digits == 0 { return true }
            digits /= 10
            shift += 1
        }
        var rest = digits % right.digits
        while shift > 0, rest != 0 {
            let product = rest.multipliedFullWidth(by: 10)
            rest = right.digits.dividingFullWidth(product).remainder
            shift -= 1
        }
        return rest == 0
    }

    /// The magnitude: digits times ten to the exponent.
    private struct Decimal {
        var digits: UInt64 = 0
        var exponent = 0

        init?(_ value: JSONValue) {
            switch value {
            case .integer(let integer): digits = integer.magnitude
            case .number(let number): read(JSONWriter.string(.number(number)))
            default: return nil
            }
        }

        /// At most 17 digits are significant, so they fit.
        private mutating func read(_ text: String) {
            // A number has digits, so there is a first part.
            let parts = text.utf8.split { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
            var isFraction = false
            for byte in parts[0] {
                if byte == UInt8(ascii: ".") {
                    isFraction = true
                } else if (48...57).contains(byte) {
                    let (product, overflows) = digits.multipliedReportingOverflow(by: 10)
                    if overflows {
                        // Only zeros follow.
                        exponent += isFraction ? 0 : 1
                        continue
                    }
                    digits = product &+ UInt64(byte - 48)
                    if isFraction { exponent -= 1 }
                }
            }
            if parts.count > 1 { exponent += Int(String(parts[1]) ?? "") ?? 0 }
        }
    }
}
