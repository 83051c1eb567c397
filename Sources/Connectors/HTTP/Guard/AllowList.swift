import Model

/// What outbound requests may reach although it is not public: the account's `allowed_hosts`.
///
/// An entry is a host name, `*.` and a domain, an address or a CIDR block, each with or without a
/// port: `erp.internal`, `*.corp.example:8443`, `127.0.0.1:8080`, `[::1]:8080`, `10.1.0.0/16`.
/// A name allows every address that it resolves to.
struct AllowList: Sendable {
    private enum Subject: Sendable {
        case host(String)
        /// With its leading dot.
        case domain(String)
        case block(IPBlock)
    }
    private struct Entry: Sendable {
        var subject: Subject
        var port: Int?
    }

    private var entries: [Entry] = []

    /// - Throws: A `configuration` problem, B2401, for an entry that is none of the forms.
    init(_ texts: [String]) throws(Problem) {
        for text in texts {
            guard let entry = Self.entry(text) else {
                throw Problem(
                    .configuration,
                    detail:
                        "allowed_hosts: \"\(text)\" is no host, host:port, address or CIDR block",
                    code: "B2401",
                )
            }
            entries.append(entry)
        }
    }

    private static func entry(_ text: String) -> Entry? {
        let text = text.lowercased()
        if let block = IPBlock(text) { return Entry(subject: .block(block)) }
        if text.hasPrefix("[") {
            let parts = text.dropFirst().split(separator: "]", omittingEmptySubsequences: false)
            guard parts.count == 2, let block = IPBlock(String(parts[0])) else { return nil }
            guard !parts[1].isEmpty else { return Entry(subject: .block(block)) }
            guard parts[1].hasPrefix(":"), let port = port(parts[1].dropFirst()) else { return nil }
            return Entry(subject: .block(block), port: port)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        var number: Int?
        if parts.count == 2 {
            number = port(parts[1])
            guard number != nil else { return nil }
        }
        let name = String(parts[0])
        if let block = IPBlock(name) { return Entry(subject: .block(block), port: number) }
        if name.hasPrefix("*.") {
            let domain = String(name.dropFirst())
            guard WebURL.host(String(domain.dropFirst())) != nil else { return nil }
            return Entry(subject: .domain(domain), port: number)
        }
        return WebURL.host(name).map { Entry(subject: .host($0), port: number) }
    }

    private static func port(_ text: some StringProtocol) -> Int? {
        guard text.utf8.allSatisfy({ 48...57 ~= $0 }), let port = Int(text), 1...65_535 ~= port
        else { return nil }
        return port
    }

    func allows(host: String, port: Int, address: IPAddress) -> Bool {
        entries.contains { entry in
            guard entry.port == nil || entry.port == port else { return false }
            switch entry.subject {
            case .host(let name): return name == host
            case .domain(let suffix): return host.hasSuffix(suffix)
            case .block(let block):
                return block.contains(address)
                    || address.embeddedIPv4.map(block.contains) ?? false
            }
        }
    }
}
