import Synchronization

/// Which of a host's addresses answered last, so that a dead one is not tried first each time.
final class AddressMemory: Sendable {
    private static let limit = 1024
    private let last = Mutex([String: IPAddress]())

    func sorted(_ addresses: [IPAddress], host: String) -> [IPAddress] {
        guard let good = last.withLock({ $0[host] }), addresses.first != good,
            addresses.contains(good)
        else { return addresses }
        return [good] + addresses.filter { $0 != good }
    }

    func remember(_ address: IPAddress, host: String) {
        last.withLock { last in
            if last.count >= Self.limit { last.removeAll() }
            last[host] = address
        }
    }
}
