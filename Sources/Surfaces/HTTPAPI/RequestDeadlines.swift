import HTTPTypes
import Model
import NIOCore
import NIOHTTPTypes

/// Bounds how long a client may take to send: the first head of a connection, and the body after
/// each head. Heads that follow on a kept connection fall under the server's idle time.
///
/// Who is too slow gets 408 (RFC 9110 section 15.5.9), when nothing was answered yet, and the
/// connection is closed.
final class RequestDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Awaited { case firstHead, body, nothing }

    private let headTimeout: TimeAmount
    private let bodyTimeout: TimeAmount
    private var awaited = Awaited.nothing
    private var isAnswering = false
    private var timer: Scheduled<Void>?

    init(head: TimeSpan, body: TimeSpan) {
        headTimeout = .milliseconds(head.milliseconds)
        bodyTimeout = .milliseconds(body.milliseconds)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { awaitFirstHead(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelActive(context: ChannelHandlerContext) {
        awaitFirstHead(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            stop()
            isAnswering = false
            awaited = .body
        case .body: break
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    /// A request that came in one piece never needs a timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if awaited == .body, timer == nil { start(bodyTimeout, context) }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) { isAnswering = true }
        context.write(data, promise: promise)
    }

    private func awaitFirstHead(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        awaited = .firstHead
        start(headTimeout, context)
    }

    private func start(_ amount: TimeAmount, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: amount) {
            let (handler, context) = bound.value
            handler.refuse(context)
        }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
        awaited = .nothing
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let fault: APIFault = awaited == .firstHead ? .headTimeout : .bodyTimeout
        stop()
        guard !isAnswering else { return context.close(promise: nil) }
        isAnswering = true
        let answer = fault.answer()
        var fields = HTTPFields()
        for field in answer.headers {
            if let name = HTTPField.Name(field.name) { fields[name] = field.value }
        }
        fields[.contentLength] = "\(answer.body.count)"
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let body = ByteBuffer(bytes: answer.body)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }
}
