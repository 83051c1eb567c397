import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A server on a port of the system's choice that answers with raw bytes, or in the ways in which
/// servers fail.
final class FaultServer: Sendable {
    struct Received: Sendable {
        var method: String
        var target: String
        var headers: [String: String]
        var body: String

        var path: String { String(target.prefix { $0 != "?" }) }
    }

    enum Reply: Sendable {
        /// The bytes; the connection stays open.
        case raw(String)
        case bytes([UInt8])
        /// Closes without a word.
        case close
        /// A TCP reset instead of an answer.
        case reset
        /// The bytes, then the end of the connection.
        case cut(String)
        /// The bytes, then nothing ever.
        case hang(String)

        static func json(_ status: Int = 200, _ body: String, headers: String = "") -> Reply {
            .raw(
                "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\n\(headers)"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }
        static func status(_ status: Int, headers: String = "") -> Reply {
            .raw("HTTP/1.1 \(status) X\r\n\(headers)Content-Length: 0\r\n\r\n")
        }
    }

    typealias Behaviour = @Sendable (Received, Int) -> Reply

    let port: Int
    private let channel: any Channel
    private let state: State

    final class State: Sendable {
        let requests = Mutex<[Received]>([])
        let connections = Mutex<[any Channel]>([])
        let closed = Signal()
        let arrived = Signal()
    }

    private init(channel: any Channel, state: State) {
        self.channel = channel
        self.state = state
        port = channel.localAddress?.port ?? 0
    }

    var requests: [Received] { state.requests.withLock { $0 } }
    var connectionCount: Int { state.connections.withLock { $0.count } }
    var base: String { "http://127.0.0.1:\(port)" }
    /// Given when a client's connection ends.
    var connectionClosed: Signal { state.closed }
    /// Given when a request is complete.
    var requestArrived: Signal { state.arrived }

    static func run(
        tls: NIOSSLContext? = nil,
        _ behaviour: @escaping Behaviour,
        _ body: (FaultServer) async throws -> Void,
    ) async throws {
        let state = State()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: tls)
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        RawHandler(state: state, behaviour: behaviour)
                    )
                    state.connections.withLock { $0.append(channel) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = FaultServer(channel: channel, state: state)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try await channel.close()
        for connection in state.connections.withLock({ $0 }) {
            connection.close(promise: nil)
        }
        try result.get()
    }
}

/// Reads one request after the other from a connection.
private final class RawHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let state: FaultServer.State
    let behaviour: FaultServer.Behaviour
    var text: [UInt8] = []

    init(state: FaultServer.State, behaviour: @escaping FaultServer.Behaviour) {
        self.state = state
        self.behaviour = behaviour
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += Array(unwrapInboundIn(data).readableBytesView)
        while let request = next() {
            let count = state.requests.withLock { requests in
                requests.append(request)
                return requests.count
            }
            answer(behaviour(request, count), context)
            state.arrived.give()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.closed.give()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func next() -> FaultServer.Received? {
        let whole = String(decoding: text, as: UTF8.self)
        guard let end = whole.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = whole[..<end.lowerBound].split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        let start = whole[..<end.upperBound].utf8.count
        guard text.count >= start + length else { return nil }
        let body = String(decoding: text[start..<(start + length)], as: UTF8.self)
        text.removeFirst(start + length)
        return FaultServer.Received(
            method: String(words[0]),
            target: String(words[1]),
            headers: headers,
            body: body,
        )
    }

    private func answer(_ reply: FaultServer.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .raw(let text), .hang(let text): write(Array(text.utf8), context)
        case .bytes(let bytes): write(bytes, context)
        case .close: context.close(promise: nil)
        case .cut(let text):
            write(Array(text.utf8), context)
            context.close(promise: nil)
        case .reset:
            // With linger 0 the close is a reset.
            let channel = context.channel
            guard let socket = channel as? any SocketOptionProvider else { return }
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        guard !bytes.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}
