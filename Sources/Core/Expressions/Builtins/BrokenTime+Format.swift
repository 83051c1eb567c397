extension BrokenTime {
    /// The conversions of strftime(3) in the C locale and UTC; unknown ones stay as they are.
    func text(_ format: String) -> String {
        var result = ""
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            guard let conversion = scalars.next() else {
                result += "%"
                break
            }
            result += converted(conversion)
        }
        return result
    }

    private func converted(_ conversion: Unicode.Scalar) -> String {
        switch conversion {
        case "Y": "\(year)"
        case "C": pad(year / 100)
        case "y": pad(((year % 100) + 100) % 100)
        case "m": pad(month + 1)
        case "d": pad(day)
        case "e": pad(day, 2, " ")
        case "H": pad(hour)
        case "I": pad((hour + 11) % 12 + 1)
        case "M": pad(minute)
        case "S": pad(Int(second))
        case "Z": "UTC"
        case "z": "+0000"
        case "j": pad(dayOfYear + 1, 3)
        case "a": String(Self.weekdays[weekday].prefix(3))
        case "A": Self.weekdays[weekday]
        case "b", "h": String(Self.months[month].prefix(3))
        case "B": Self.months[month]
        case "u": "\(weekday == 0 ? 7 : weekday)"
        case "w": "\(weekday)"
        case "p": hour < 12 ? "AM" : "PM"
        case "s": "\(seconds)"
        case "F": text("%Y-%m-%d")
        case "T": text("%H:%M:%S")
        case "R": text("%H:%M")
        case "D": text("%m/%d/%y")
        case "c": text("%a %b %e %H:%M:%S %Y")
        case "n": "\n"
        case "t": "\t"
        case "%": "%"
        default: "%" + String(conversion)
        }
    }

    private func pad(_ value: Int, _ width: Int = 2, _ fill: String = "0") -> String {
        let digits = String(value)
        return String(repeating: fill, count: max(0, width - digits.count)) + digits
    }

    /// Reads with the conversions of strptime(3) that give a full date.
    init?(_ text: String, format: String) {
        self.init(seconds: 0)
        var rest = Array(text.unicodeScalars)[...]
        var offset = 0
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            if scalar == " " {
                while rest.first == " " { rest.removeFirst() }
                continue
            }
            guard scalar == "%" else {
                guard rest.popFirst() == scalar else { return nil }
                continue
            }
            guard let conversion = scalars.next(), take(conversion, &rest, &offset) else {
                return nil
            }
        }
        guard rest.isEmpty, day >= 1, day <= 31 else { return nil }
        if offset != 0 { self.init(seconds: Double(seconds - Int64(offset))) }
    }

    private mutating func take(
        _ conversion: Unicode.Scalar,
        _ rest: inout ArraySlice<Unicode.Scalar>,
        _ offset: inout Int,
    ) -> Bool {
        switch conversion {
        case "Y": return number(4, -9999...9999, &rest) { year = $0 }
        case "m": return number(2, 1...12, &rest) { month = $0 - 1 }
        case "d", "e": return number(2, 1...31, &rest) { day = $0 }
        case "H": return number(2, 0...23, &rest) { hour = $0 }
        case "M": return number(2, 0...59, &rest) { minute = $0 }
        case "S": return number(2, 0...61, &rest) { second = Double($0) }
        case "j": return number(3, 1...366, &rest) { _ in }
        case "y":
            return number(2, 0...99, &rest) { year = $0 < 69 ? 2000 + $0 : 1900 + $0 }
        case "s":
            var whole = 0
            guard number(12, 0...99_999_999_999, &rest, { whole = $0 }) else { return false }
            self = BrokenTime(seconds: Double(whole))
            return true
        case "b", "B", "h":
            return name(Self.months, &rest) { month = $0 }
        case "a", "A": return name(Self.weekdays, &rest) { _ in }
        case "T":
            return take("H", &rest, &offset) && rest.popFirst() == ":" && take("M", &rest, &offset)
                && rest.popFirst() == ":" && take("S", &rest, &offset)
        case "F":
            return take("Y", &rest, &offset) && rest.popFirst() == "-" && take("m", &rest, &offset)
                && rest.popFirst() == "-" && take("d", &rest, &offset)
        case "Z":
            let count = rest.prefix { ($0 >= "A" && $0 <= "Z") || ($0 >= "a" && $0 <= "z") }.count
            rest.removeFirst(count)
            return count > 0
        case "z": return zone(&rest, &offset)
        case "%": return rest.popFirst() == "%"
        default: return false
        }
    }

    private func number(
        _ width: Int,
        _ range: ClosedRange<Int>,
        _ rest: inout ArraySlice<Unicode.Scalar>,
        _ body: (Int) -> Void,
    ) -> Bool {
        var digits = ""
        while digits.count < width, let scalar = rest.first, scalar >= "0", scalar <= "9" {
            digits.unicodeScalars.append(scalar)
            rest.removeFirst()
        }
        guard let value = Int(digits), range.contains(value) else { return false }
        body(value)
        return true
    }

    private func name(
        _ names: [String],
        _ rest: inout ArraySlice<Unicode.Scalar>,
        _ body: (Int) -> Void,
    ) -> Bool {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: rest.prefix(12))
        let lower = String(text).lowercased()
        for (index, name) in names.enumerated() {
            for candidate in [name.lowercased(), String(name.lowercased().prefix(3))]
            where lower.hasPrefix(candidate) {
                rest.removeFirst(candidate.count)
                body(index)
                return true
            }
        }
        return false
    }

    private func zone(_ rest: inout ArraySlice<Unicode.Scalar>, _ offset: inout Int) -> Bool {
        if rest.first == "Z" {
            rest.removeFirst()
            return true
        }
        guard let sign = rest.popFirst(), sign == "+" || sign == "-" else { return false }
        var hours = 0
        var minutes = 0
        guard number(2, 0...23, &rest, { hours = $0 }) else { return false }
        if rest.first == ":" { rest.removeFirst() }
        guard number(2, 0...59, &rest, { minutes = $0 }) else { return false }
        offset = (sign == "+" ? 1 : -1) * (hours * 3600 + minutes * 60)
        return true
    }
}
