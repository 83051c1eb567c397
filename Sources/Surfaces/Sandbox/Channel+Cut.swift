import NIOCore

extension Channel {
    /// Closes the connection so that the peer sees a reset, not an orderly end.
    func cut() async throws {
        if let socket = self as? any SocketOptionProvider {
            try await socket.setSoLinger(NIOLinger(l_onoff: 1, l_linger: 0)).get()
        }
        try await close()
    }
}
