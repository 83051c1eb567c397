import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle
import Synchronization

/// The shell around the world: reads a request, lets the world decide, performs the delivery.
final class SandboxResponder: HTTPResponder {
    typealias Context = SandboxContext

    private let world = Mutex(World())
    private let started = ContinuousClock.now
    private let hold: Duration

    init(hold: Duration) {
        self.hold = hold
    }

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: SandboxLimits.bodySize)
        } catch is NIOTooManyBytesError {
            let error = JSONValue.string("The body is larger than \(SandboxLimits.bodySize) bytes.")
            return Response(SandboxReply(413, JSONValue(members: ["error": error])))
        }
        let asked = SandboxRequest(request, body: body)
        let elapsed = ContinuousClock.now - started
        let reply = world.withLock { $0.answer(asked, at: elapsed.milliseconds) }
        return try await deliver(reply, to: request, on: context.channel)
    }

    private func deliver(
        _ reply: SandboxReply,
        to request: Request,
        on channel: any Channel,
    ) async throws -> Response {
        switch reply.delivery {
        case .whole:
            return Response(reply)
        case .late(let milliseconds):
            try await pause(.milliseconds(milliseconds), request)
            return Response(reply)
        case .never:
            try await pause(hold, request)
            try await channel.cut()
            throw ConnectionCut()
        case .reset:
            try await channel.cut()
            throw ConnectionCut()
        case .half:
            return Response(half: reply, on: channel)
        }
    }

    /// Waits, but not for a caller who has gone, and not when the sandbox is being stopped.
    private func pause(_ duration: Duration, _ request: Request) async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Task.sleep(for: duration)
                }
            }
        } catch is CancellationError {
            // The wait is over either way; whoever is still there gets the rest at once.
        }
    }
}

/// Ends the handling of a request whose connection was cut on purpose.
struct ConnectionCut: Error {}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
