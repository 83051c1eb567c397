/// Which addresses outbound requests may reach without an entry in the allow-list: public unicast
/// alone.
///
/// The blocks are those of the IANA special-purpose registries (RFC 6890 and updates), and the
/// metadata services of clouds that live on public addresses.
enum AddressPolicy {
    static let refused: [(block: String, name: String)] = [
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, cloud metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("168.63.129.16/32", "cloud metadata"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved, broadcast"),
        ("2001::/23", "protocol assignments, Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    ]

    private static let blocks = refused.compactMap { entry in
        IPBlock(entry.block).map { (block: $0, name: entry.name) }
    }
    /// All of IPv6 that is assigned to public unicast (RFC 4291, section 2.4).
    private static let globalUnicast = IPBlock("2000::/3")

    /// Why the address is refused; nil when it may be reached.
    ///
    /// An address that carries an IPv4 address is judged by that one.
    static func refusal(of address: IPAddress) -> String? {
        if let embedded = address.embeddedIPv4 { return refusal(of: embedded) }
        if let match = blocks.first(where: { $0.block.contains(address) }) { return match.name }
        guard address.isIPv6, globalUnicast?.contains(address) != true else { return nil }
        return address.bytes == IPAddress("::1")?.bytes ? "loopback" : "not public unicast"
    }
}
