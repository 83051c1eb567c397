/// A block of addresses in CIDR notation (RFC 4632): `10.0.0.0/8`, `fc00::/7`.
struct IPBlock: Sendable, Hashable {
    let base: IPAddress
    let length: Int

    /// Reads an address with a prefix length, or an address alone.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let base = IPAddress(String(parts[0])) else {
            return nil
        }
        let bits = base.bytes.count * 8
        var length = bits
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ 48...57 ~= $0 }), let number = Int(parts[1]),
                number <= bits
            else { return nil }
            length = number
        }
        self.base = base
        self.length = length
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let whole = length / 8
        guard address.bytes[..<whole].elementsEqual(base.bytes[..<whole]) else { return false }
        let rest = length % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
        return address.bytes[whole] & mask == base.bytes[whole] & mask
    }
}
