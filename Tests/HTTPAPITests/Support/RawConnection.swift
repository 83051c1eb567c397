import NIOCore
import NIOPosix

/// A connection on which a test sends bytes as it likes, whole requests or not.
struct RawConnection {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func open(port: Int) async throws -> RawConnection {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return RawConnection(channel: channel)
    }

    /// Sends the pieces and gives all that comes back until the server closes.
    func exchange(_ pieces: [String]) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            var text = ""
            do {
                for piece in pieces { try await outbound.write(ByteBuffer(string: piece)) }
            } catch is ChannelError {
                // Closed already, because it took too long: what was answered is read below.
            }
            do {
                for try await buffer in inbound { text += String(buffer: buffer) }
            } catch is IOError {
                // A reset after the answer: the server closed with bytes of ours unread.
            }
            return text
        }
    }

    /// Sends a request and gives what comes back until the text occurs in it.
    func exchange(_ request: String, until end: String) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var text = ""
            for try await buffer in inbound {
                text += String(buffer: buffer)
                if text.contains(end) { break }
            }
            return text
        }
    }

    /// Sends the beginning of a request and closes.
    func breakOff(_ request: String) async throws {
        try await channel.executeThenClose { _, outbound in
            try await outbound.write(ByteBuffer(string: request))
        }
    }
}
