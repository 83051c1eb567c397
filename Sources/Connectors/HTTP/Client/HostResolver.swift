/// Turns a name into addresses, in the order in which they should be tried.
protocol HostResolver: Sendable {
    /// - Throws: `hostUnknown`, `resolverFailed` or `cancelled`.
    func addresses(of host: String) async throws(TransportError) -> [IPAddress]
}
