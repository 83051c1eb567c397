/// Decides whether a host, resolved to an address, may be reached.
///
/// Every hop of a redirect asks.
struct EgressGuard: Sendable {
    let allowList: AllowList

    /// Why not; nil when the request may go.
    func refusal(host: String, port: Int, address: IPAddress) -> String? {
        guard let reason = AddressPolicy.refusal(of: address) else { return nil }
        return allowList.allows(host: host, port: port, address: address) ? nil : reason
    }
}
