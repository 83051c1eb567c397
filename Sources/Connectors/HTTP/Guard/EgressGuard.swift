import Synchronization

/// Decides whether a host, resolved to an address, may be reached.
///
/// Every hop of a redirect asks. What is allowed by name changes with the project, for every
/// request that asks afterwards.
final class EgressGuard: Sendable {
    private let allowed: Mutex<AllowList>

    init(allowList: AllowList) {
        allowed = Mutex(allowList)
    }

    var allowList: AllowList { allowed.withLock { $0 } }

    func use(_ list: AllowList) { allowed.withLock { $0 = list } }

    /// Why not; nil when the request may go.
    func refusal(host: String, port: Int, address: IPAddress) -> String? {
        guard let reason = AddressPolicy.refusal(of: address) else { return nil }
        return allowList.allows(host: host, port: port, address: address) ? nil : reason
    }
}
