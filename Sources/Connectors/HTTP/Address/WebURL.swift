/// An http or https URL in one canonical form, so that the guard, the pinned connection and the
/// client read the same host in it.
///
/// Stricter than browsers: no user part, no backslash, no control characters, no number that is not
/// a plain dotted address, no IPv6 zone, no international name that is not in its ASCII form.
struct WebURL: Sendable, Hashable, CustomStringConvertible {
    enum Scheme: String, Sendable { case http, https }

    var scheme: Scheme
    /// Lower case, without brackets and without the last dot.
    var host: String
    var port: Int
    /// Begins with `/`; encoded.
    var path: String
    /// Without `?`; encoded.
    var query: String?

    static let longest = 8192

    /// The origin of RFC 6454: credentials never leave it.
    var origin: String { "\(scheme.rawValue)://\(authority)" }

    var isDefaultPort: Bool { port == (scheme == .https ? 443 : 80) }

    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return isDefaultPort ? name : "\(name):\(port)"
    }

    var description: String { origin + path + (query.map { "?" + $0 } ?? "") }

    /// Without the query, which may hold what nobody should read.
    var summary: String { origin + path }

    /// Adds `name=value` pairs after those that are there.
    mutating func append(query pairs: [(name: String, value: String)]) {
        guard !pairs.isEmpty else { return }
        let text = pairs.map {
            PercentEncoding.component($0.name) + "=" + PercentEncoding.component($0.value)
        }.joined(separator: "&")
        query = [query, text].compactMap { $0?.isEmpty == true ? nil : $0 }.joined(separator: "&")
    }

    /// Puts pairs in the place of those with one of the names (as the URL spells them, encoded).
    mutating func replace(query pairs: [(name: String, value: String)], names: Set<String>) {
        let encoded = Set(names.map(PercentEncoding.component))
        let kept = (query ?? "").split(separator: "&").filter { pair in
            !encoded.contains(String(pair.prefix { $0 != "=" }))
        }
        query = kept.isEmpty ? nil : kept.joined(separator: "&")
        append(query: pairs)
    }

    /// The canonical form of a host name or literal address; nil when it is neither.
    static func host(_ text: String) -> String? {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        guard !name.isEmpty, name.utf8.count <= 253 else { return nil }
        if name.contains(":") { return IPAddress(name).map(\.description) }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel) else { return nil }
        // What ends in a number is an address (WHATWG URL, "ends in a number"): `127.1`, `0x7f.1`
        // and `2130706433` would mean 127.0.0.1 to some resolvers.
        guard let last = labels.last, isNumber(last) else { return name }
        return IPAddress(name).map(\.description)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy {
                97...122 ~= $0 || 48...57 ~= $0 || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }

    private static func isNumber(_ label: Substring) -> Bool {
        label.utf8.allSatisfy { 48...57 ~= $0 }
            || label.hasPrefix("0x") && UInt64(label.dropFirst(2), radix: 16) != nil
            || label == "0x"
    }
}
