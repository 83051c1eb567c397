import Engine
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import Synchronization

/// The shell: reads a request within its limits, lets the handlers answer, writes the answer.
struct APIResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let handlers: APIHandlers
    let streams = StreamCount()
    let requests = RequestNames()

    func respond(to request: Request, context: Context) async throws -> Response {
        let instance = "urn:backstop:request:\(requests.next())"
        do throws(APIFault) {
            return try await answer(request)
        } catch {
            return Response(error.answer(instance: instance))
        }
    }

    private func answer(_ request: Request) async throws(APIFault) -> Response {
        let target = request.uri.string
        let limit = handlers.configuration.targetLimit
        guard target.utf8.count <= limit else { throw .targetTooLong(limit) }
        let path = request.uri.path
        let method = request.method.rawValue
        let match = try Route.match(path, method)
        var asked = WebhookRequest(
            method: method,
            path: path,
            query: request.uri.query ?? "",
            headers: try Self.headers(of: request),
            receivedAt: handlers.engine.clock.now(),
        )
        if match.route == .events { return try await events(match, asked) }
        if match.route.bodyLimit != nil { _ = try await handlers.admitted(match, asked) }
        asked.body = try await body(
            of: request,
            limit: match.route.bodyLimit ?? handlers.ingress.bodyLimit,
        )
        let response = Response(try await handlers.answer(match, asked))
        return method == "HEAD" ? response.createHeadResponse() : response
    }

    /// The fields, in order, with `Host` first; 431 beyond the limits (RFC 6585 section 5).
    private static func headers(of request: Request) throws(APIFault) -> [HeaderField] {
        var headers: [HeaderField] = []
        headers.reserveCapacity(request.headers.count + 1)
        var bytes = 0
        if let authority = request.head.authority {
            headers.append(HeaderField("host", authority))
        }
        for field in request.headers {
            bytes += field.name.canonicalName.utf8.count + field.value.utf8.count
            headers.append(HeaderField(field.name.canonicalName, field.value))
        }
        guard headers.count <= WebhookLimits.headerCount, bytes <= WebhookLimits.headerBytes else {
            throw .headersTooLarge
        }
        return headers
    }

    /// The whole body, or the fault that it is too large or too slow.
    private func body(of request: Request, limit: Int) async throws(APIFault) -> [UInt8] {
        if let text = request.headers[.contentLength], let length = Int(text) {
            guard length <= limit else { throw .bodyTooLarge(limit) }
            if length == 0 { return [] }
        } else if request.headers[.transferEncoding] == nil {
            return []
        }
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .bodyTooLarge(limit)
        } catch {
            throw .bodyCut
        }
    }

    // MARK: Server-sent events

    private func events(
        _ match: Route.Match,
        _ request: WebhookRequest,
    ) async throws(APIFault) -> Response {
        let query = try QueryParameters(request.query, known: match.route.parameters)
        let (id, watcher) = try await handlers.watched(match, query["token"], request)
        if let accept = request.field("accept"), !accept.contains("text/event-stream"),
            !accept.contains("*/*"), !accept.contains("text/*")
        {
            throw .notAcceptable("text/event-stream")
        }
        let view = try await handlers.view(id)
        if request.method == "HEAD" {
            return Response(status: .ok, headers: [.contentType: "text/event-stream"])
        }
        guard streams.take(limit: handlers.configuration.streams) else { throw .tooManyStreams }
        let updates: AsyncStream<ExecutionUpdate>
        do {
            guard let found = try await handlers.engine.updates(of: id) else {
                streams.give()
                throw APIFault.unknownExecution(id.description)
            }
            updates = found
        } catch let fault as APIFault {
            throw fault
        } catch {
            streams.give()
            throw .storeFailed("\(error)")
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: body(
                of: updates,
                first: view,
                for: watcher,
                await handlers.engine.words(for: view, request.languages),
            ),
        )
    }

    private func body(
        of updates: AsyncStream<ExecutionUpdate>,
        first: ExecutionView,
        for watcher: Watcher,
        _ words: ClientWords,
    ) -> ResponseBody {
        let streams = streams
        let clock = handlers.engine.clock
        let span = handlers.configuration.heartbeat
        return ResponseBody { writer in
            defer { streams.give() }
            try await writer.write(ByteBuffer(string: "retry: 1000\n: \(first.head.status)\n\n"))
            var number = 0
            for await update in Heartbeats.merged(updates, every: span, clock: clock) {
                guard let update else {
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                    continue
                }
                number += 1
                if let event = EventDocument(update, for: watcher, words) {
                    try await writer.write(ByteBuffer(string: event.encoded(number: number)))
                }
                if case .finished = update { break }
            }
            try await writer.finish(nil)
        }
    }
}

/// A name for each request, unlike that of any other process: 8 random bytes and a count.
final class RequestNames: Sendable {
    // tidy: names for problem documents; nothing depends on them, so no test needs to set them.
    private let process = String(UInt64.random(in: .min ... .max), radix: 16)
    private let count = Atomic(0)

    func next() -> String {
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        return "\(process)-\(number)"
    }
}

/// How many event streams are open.
final class StreamCount: Sendable {
    private let count = Mutex(0)

    func take(limit: Int) -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func give() { count.withLock { $0 -= 1 } }
}

/// Updates, with a nil whenever nothing was heard for a while.
enum Heartbeats {
    static func merged(
        _ updates: AsyncStream<ExecutionUpdate>,
        every span: TimeSpan,
        clock: any EngineClock,
    ) -> AsyncStream<ExecutionUpdate?> {
        AsyncStream { continuation in
            // tidy: ends with the stream it feeds; cancelled by its termination.
            let feed = Task {
                for await update in updates { continuation.yield(update) }
                continuation.finish()
            }
            // tidy: ends with the stream it feeds, as the one above.
            let ticks = Task {
                while !Task.isCancelled {
                    do { try await clock.sleep(until: clock.now() + span) } catch { return }
                    continuation.yield(nil)
                }
            }
            continuation.onTermination = { _ in
                feed.cancel()
                ticks.cancel()
            }
        }
    }
}

extension Response {
    init(_ answer: HTTPAnswer) {
        var headers = HTTPFields()
        for field in answer.headers {
            if let name = HTTPField.Name(field.name) {
                headers.append(HTTPField(name: name, value: field.value))
            }
        }
        self.init(
            status: HTTPResponse.Status(code: answer.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)),
        )
    }
}
