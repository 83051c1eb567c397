#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A listening socket whose queue is full: a further connection is never answered.
struct FullListener {
    struct Failed: Error {}

    let port: Int
    private let sockets: [Int32]

    init() throws {
        let listener = Self.open()
        var address = Self.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard bound else { throw Failed() }
        port = Int(UInt16(bigEndian: address.sin_port))
        var sockets = [listener]
        for _ in 0..<8 {
            let client = Self.open()
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    _ = connect(client, pointer, size)
                }
            }
            sockets.append(client)
        }
        self.sockets = sockets
    }

    func close() {
        for socket in sockets { _ = Glibc.close(socket) }
    }

    private static func open() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
