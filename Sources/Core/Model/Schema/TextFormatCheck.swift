/// The `format`s that are asserted; unknown ones say nothing.
enum TextFormatCheck {
    static let known: Set<String> = [
        "date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname",
    ]

    static func holds(_ format: String, _ text: String) -> Bool {
        switch format {
        case "date-time": isTime(text)
        case "date": Timestamp(text + "T00:00:00Z") != nil
        case "time": isTime("2000-01-01T" + text)
        case "email": isEmail(text)
        case "uri": uri?.matches(text) == true
        case "uuid": uuid?.matches(text) == true
        case "ipv4": isIPv4(text)
        case "ipv6": isIPv6(text)
        default: isHostname(text)
        }
    }

    /// RFC 3986, section 3: an absolute URI, maybe with a fragment.
    private static let uri: LinearRegex? = {
        let plain = "[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}"
        let segment = "(?:\(plain)|[:@])"
        let host = #"(?:\[[0-9A-Fa-f:.]+\]|(?:\#(plain))*)"#
        let authority = "//(?:(?:\(plain)|:)*@)?\(host)(?::[0-9]*)?(?:/\(segment)*)*"
        let path = "/?(?:\(segment)+(?:/\(segment)*)*)?"
        let rest = "(?:\(segment)|[/?])*"
        return regex("[A-Za-z][A-Za-z0-9+.-]*:(?:\(authority)|\(path))(?:[?]\(rest))?(?:#\(rest))?")
    }()
    private static let uuid = regex("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

    /// Of a whole text.
    private static func regex(_ pattern: String) -> LinearRegex? {
        do { return try LinearRegex(#"\A(?:"# + pattern + #")\z"#) } catch { return nil }
    }

    /// RFC 3339. A leap second ends a day of UTC, so what reads as the moment after it is midnight.
    private static func isTime(_ text: String) -> Bool {
        guard let moment = Timestamp(text) else { return false }
        let isLeap = text.utf8.dropFirst(17).starts(with: "60".utf8)
        let inDay = moment.milliseconds - floorDivide(moment.milliseconds, 86_400_000) * 86_400_000
        return !isLeap || inDay < 1000
    }

    /// RFC 5321, section 4.1.2, less quoted names and address literals: words of plain characters
    /// with dots between them, one `@`, a host name.
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count <= 64, let host = String(parts[1]) else {
            return false
        }
        let words = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return words.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) } && isHostname(host)
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 32)
    }

    /// RFC 1123.
    private static func isHostname(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        let dash = UInt8(ascii: "-")
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { label in
                (1...63).contains(label.count) && label.first != dash && label.last != dash
                    && label.allSatisfy { isLetterOrDigit($0) || $0 == dash }
            }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.count <= 3 && UInt8(part).map { String($0) == part } == true
            }
    }

    /// RFC 4291, section 2.2, without zones.
    private static func isIPv6(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 < 128 }) else { return false }
        let halves = text.components(around: "::")
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (position, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                let isLast = position == halves.count - 1 && index == parts.count - 1
                if isLast, part.contains(".") {
                    guard isIPv4(String(part)) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit) else {
                        return false
                    }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }
}

extension String {
    fileprivate func components(around separator: String) -> [String] {
        var parts: [String] = []
        var current = ""
        var rest = Substring(self)
        while !rest.isEmpty {
            if rest.hasPrefix(separator) {
                parts.append(current)
                current = ""
                rest = rest.dropFirst(separator.count)
            } else {
                current.append(rest.removeFirst())
            }
        }
        return parts + [current]
    }
}
