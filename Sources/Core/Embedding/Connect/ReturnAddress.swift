/// Whether an end user may be sent back to an address.
package enum ReturnAddress {
    /// The most bytes of an address.
    package static let longest = 2048

    /// The same scheme, host and port as one that is listed, at or below its path, and nothing in it
    /// that browsers and servers read in two ways.
    package static func isAllowed(_ address: String, by listed: [String]) -> Bool {
        guard let wanted = parts(address) else { return false }
        return listed.contains { entry in
            guard let known = parts(entry), known.origin == wanted.origin else { return false }
            let path = known.path.hasSuffix("/") ? String(known.path.dropLast()) : known.path
            return wanted.path == path || wanted.path.hasPrefix(path + "/")
        }
    }

    /// `https://host:port`, for a policy that names it; nil for what is no address.
    package static func origin(_ address: String) -> String? { parts(address)?.origin }

    private static func parts(_ address: String) -> (origin: String, path: String)? {
        guard address.utf8.count <= longest,
            address.utf8.allSatisfy({ (33...126).contains($0) && !#"\"'<>`"#.utf8.contains($0) })
        else { return nil }
        guard let scheme = ["https://", "http://"].first(where: address.hasPrefix) else {
            return nil
        }
        let rest = address.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard isAuthority(authority) else { return nil }
        let path = rest.dropFirst(authority.count).prefix { !"?#".contains($0) }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.contains(where: isDots) else { return nil }
        return (scheme + authority.lowercased(), path.isEmpty ? "/" : String(path))
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: ":") else { return false }
        return text.utf8.allSatisfy {
            (48...58).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || "-.[]".utf8.contains($0)
        }
    }

    /// `.` and `..`, also when they are encoded: they leave the path that was looked at.
    private static func isDots(_ segment: Substring) -> Bool {
        let plain = segment.lowercased().replacing("%2e", with: ".")
        return plain == "." || plain == ".." || plain.contains("%2f") || plain.contains("%5c")
    }
}
