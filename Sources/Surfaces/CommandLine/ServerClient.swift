import AsyncHTTPClient
import Model
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The HTTP API as the commands use it.
struct ServerClient: Sendable {
    let base: String
    let token: String?
    /// The largest answer that is read, in bytes.
    static let answerLimit = 64 << 20

    init(url: String?, token: String?) {
        let address = url ?? Self.environment("BACKSTOP_URL") ?? "http://127.0.0.1:8787"
        base = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.token = token ?? Self.environment("BACKSTOP_TOKEN")
    }

    func get(_ path: String, query: [(String, String?)] = []) async throws -> JSONValue {
        try await send(.GET, path + Self.encoded(query))
    }

    func post(_ path: String) async throws -> JSONValue {
        try await send(.POST, path)
    }

    /// - Parameter hours: for what may take long; 0 is half a minute.
    func post(_ path: String, _ body: JSONValue, hours: Int64 = 0) async throws -> JSONValue {
        var request = request(.POST, path, accept: "application/json")
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
        return try await answer(to: request, hours: hours)
    }

    /// Reads server-sent events until the server ends them (WHATWG HTML, section 9.2).
    func events(_ path: String, _ body: (String, JSONValue) -> Void) async throws {
        let response = try await execute(
            request(.GET, path, accept: "text/event-stream"),
            hours: 24,
        )
        try await refuse(response)
        var parser = EventStreamParser()
        for try await buffer in response.body {
            for event in parser.take(Array(buffer.readableBytesView)) {
                do { body(event.name, try JSONParser.parse(Array(event.data.utf8))) } catch {
                    throw CommandFailure(.software, "the server sent an event that is not JSON")
                }
            }
        }
    }

    private func send(_ method: HTTPMethod, _ path: String) async throws -> JSONValue {
        try await answer(to: request(method, path, accept: "application/json"))
    }

    private func answer(
        to request: HTTPClientRequest,
        hours: Int64 = 0,
    ) async throws -> JSONValue {
        let response = try await execute(request, hours: hours)
        try await refuse(response)
        let body = try await response.body.collect(upTo: Self.answerLimit)
        do {
            return try JSONParser.parse(
                Array(body.readableBytesView),
                limits: JSONLimits(size: Self.answerLimit),
            )
        } catch {
            throw CommandFailure(.software, "\(base) did not answer with JSON")
        }
    }

    private func request(_ method: HTTPMethod, _ path: String, accept: String) -> HTTPClientRequest
    {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "accept", value: accept)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        return request
    }

    private func execute(
        _ request: HTTPClientRequest,
        hours: Int64 = 0,
    ) async throws
        -> HTTPClientResponse
    {
        do {
            return try await HTTPClient.shared.execute(
                request,
                timeout: hours > 0 ? .hours(hours) : .seconds(30),
            )
        } catch {
            throw CommandFailure(
                .unavailable,
                "no server answers at \(base): start one with `backstop serve`, or give --url",
            )
        }
    }

    /// Turns a problem document into a message and an exit code.
    private func refuse(_ response: HTTPClientResponse) async throws {
        let status = Int(response.status.code)
        guard status >= 400 else { return }
        let body = try await response.body.collect(upTo: 1 << 20)
        var text = "the server answered \(status)"
        do {
            let problem = try JSONParser.parse(Array(body.readableBytesView))
            text = problem["detail"]?.stringValue ?? problem["title"]?.stringValue ?? text
        } catch {
            text += " without saying why"
        }
        switch status {
        case 401, 403:
            throw CommandFailure(
                .noPermission,
                "\(text); give --token or BACKSTOP_TOKEN",
            )
        case 404: throw CommandFailure(.notFound, text)
        case 400, 422: throw CommandFailure(.usage, text)
        default: throw CommandFailure(.unavailable, text)
        }
    }

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// RFC 3986: everything but unreserved characters is percent-encoded.
    static func encoded(_ query: [(String, String?)]) -> String {
        let parts = query.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (byte < 16 ? "0" : "") + hex
            }
        }
        return result
    }
}
