/// Which languages a reader understands, best first: language tags of RFC 5646 in lower case.
package enum LanguageRange {
    /// More than these are not looked at.
    static let limit = 16

    /// The languages of an `Accept-Language` (RFC 9110, section 12.5.4), in the order of their
    /// weights; what is not wanted, `*` and what cannot be read is left out.
    package static func parse(_ header: String?) -> [String] {
        guard let header else { return [] }
        var found: [(tag: String, weight: Double, place: Int)] = []
        for (place, part) in header.split(separator: ",").prefix(limit).enumerated() {
            let pieces = part.split(separator: ";")
            guard let tag = pieces.first.flatMap({ tag(String($0)) }) else { continue }
            var weight = 1.0
            for piece in pieces.dropFirst() {
                let text = piece.filter { $0 != " " && $0 != "\t" }
                guard text.lowercased().hasPrefix("q=") else { continue }
                weight = Double(text.dropFirst(2)) ?? 0
            }
            if weight > 0, weight <= 1 { found.append((tag, weight, place)) }
        }
        return found.sorted { ($1.weight, $0.place) < ($0.weight, $1.place) }.map(\.tag)
    }

    /// A tag in its compared form; nil when it is none. `_` counts as `-`, as in POSIX locales.
    package static func tag(_ text: String) -> String? {
        let plain = text.filter { $0 != " " && $0 != "\t" }.prefix { $0 != "." && $0 != "@" }
        let tag = plain.lowercased().replacing("_", with: "-")
        let parts = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.count), parts.count <= 5,
            first.allSatisfy({ (97...122).contains($0) }),
            parts.allSatisfy({ part in
                (1...8).contains(part.count)
                    && part.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
            })
        else { return nil }
        return tag
    }

    /// The tags to look for, best first: each wanted one, shortened from its end (RFC 4647, section
    /// 3.4), then those of `fallbacks`.
    package static func lookup(_ wanted: [String], fallbacks: [String]) -> [String] {
        var result: [String] = []
        for tag in wanted + fallbacks {
            var rest = Substring(tag)
            while !rest.isEmpty {
                if !result.contains(String(rest)) { result.append(String(rest)) }
                guard let dash = rest.lastIndex(of: "-") else { break }
                rest = rest[..<dash]
            }
        }
        return result
    }
}
