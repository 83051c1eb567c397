import Model
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `getaddrinfo` on threads of its own, so that slow name servers hold up nothing else.
///
/// Answers are kept for ten seconds, at most 1,024 of them. A waiting task that is cancelled stops
/// waiting at once; the thread finishes its question alone.
final class SystemResolver: HostResolver {
    private static let threads = 4
    private static let keptFor = TimeAmount.seconds(10)
    private static let keptCount = 1024

    private typealias Answer = Result<[IPAddress], TransportError>
    private let pool: NIOThreadPool
    private let kept = Mutex([String: (addresses: [IPAddress], until: NIODeadline)]())

    init() { pool = NIOThreadPool(numberOfThreads: Self.threads) }

    /// Must be called before the first question.
    func start() { pool.start() }

    func shutdown() async {
        do {
            try await pool.shutdownGracefully()
        } catch {
            // It was shut down before; there is nothing left to stop.
        }
    }

    func addresses(of host: String) async throws(TransportError) -> [IPAddress] {
        if let literal = IPAddress(host) { return [literal] }
        let now = NIODeadline.now()
        if let known = kept.withLock({ $0[host] }), known.until > now { return known.addresses }
        let shot = OneShot<Answer>()
        let answer = await withTaskCancellationHandler {
            await shot.wait { [pool] in
                pool.submit { state in
                    guard case .active = state else {
                        return shot.give(.failure(TransportError(.cancelled, "shutting down")))
                    }
                    shot.give(Self.lookUp(host))
                }
            }
        } onCancel: {
            shot.give(.failure(TransportError(.cancelled, "cancelled")))
        }
        let addresses = try answer.get()
        kept.withLock { kept in
            if kept.count >= Self.keptCount { kept = kept.filter { $0.value.until > now } }
            if kept.count >= Self.keptCount { kept.removeAll() }
            kept[host] = (addresses, now + Self.keptFor)
        }
        return addresses
    }

    private static func lookUp(_ host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { return .failure(failure(host, code)) }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let info = next {
            if let address = address(info.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            next = info.pointee.ai_next
        }
        return addresses.isEmpty
            ? .failure(TransportError(.hostUnknown, "the host \(host) has no address"))
            : .success(addresses)
    }

    private static func address(_ info: addrinfo) -> IPAddress? {
        guard let pointer = info.ai_addr else { return nil }
        switch info.ai_family {
        case AF_INET:
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
            }
        default:
            return nil
        }
    }

    private static func failure(_ host: String, _ code: Int32) -> TransportError {
        let text = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
        #if canImport(Glibc)
        let unknown = code == EAI_NONAME || code == -5
        #else
        let unknown = code == EAI_NONAME
        #endif
        return unknown
            ? TransportError(.hostUnknown, "the host \(host) is unknown (\(text))")
            : TransportError(.resolverFailed, "the host \(host) could not be resolved (\(text))")
    }
}
