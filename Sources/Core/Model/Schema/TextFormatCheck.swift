/// The `format`s that are asserted; unknown ones say nothing.
enum TextFormatCheck {
    static let known: Set<String> = [
        "date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname",
    ]

    static func holds(_ format: String, _ text: String) -> Bool {
        switch format {
        case "date-time": Timestamp(text) != nil
        case "date": Timestamp(text + "T00:00:00Z") != nil
        case "time": Timestamp("2000-01-01T" + text) != nil
        case "email": isEmail(text)
        case "uri": matches(uri, text)
        case "uuid": matches(uuid, text)
        case "ipv4": isIPv4(text)
        case "ipv6": isIPv6(text)
        default: isHostname(text)
        }
    }

    private static let uri = #"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$"#
    private static let uuid = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

    private static func matches(_ pattern: String, _ text: String) -> Bool {
        do {
            return try LinearRegex(pattern).matches(text)
        } catch {
            return false
        }
    }

    /// One `@`, something before it, a host name after it.
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.count <= 64
            && !parts[0].utf8.contains { $0 <= 32 } && isHostname(String(parts[1]))
    }

    private static func isHostname(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy {
                    (48...57).contains($0) || (97...122).contains($0 | 32) || $0 == 45
                }
        }
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.count <= 3 && UInt8(part).map { String($0) == part } == true
            }
    }

    private static func isIPv6(_ text: String) -> Bool {
        let halves = text.components(around: "::")
        guard halves.count <= 2 else { return false }
        var groups = 0
        for half in halves where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                if index == parts.count - 1, part.contains(".") {
                    guard isIPv4(String(part)) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), UInt16(part, radix: 16) != nil else {
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
