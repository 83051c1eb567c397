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

    /// - Parameter hours: for what may take long; 0 is some minutes.
    func post(
        _ path: String,
        _ body: JSONValue? = nil,
        hours: Int64 = 0,
    ) async throws -> JSONValue {
        try await send(.POST, path, body, hours: hours)
    }

    func patch(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await send(.PATCH, path, body)
    }

    func put(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await send(.PUT, path, body)
    }

    func delete(_ path: String) async throws { _ = try await send(.DELETE, path) }

    /// Reads server-sent events until the server ends them (WHATWG HTML, section 9.2).
    func events(_ path: String, _ body: (String, JSONValue) -> Void) async throws {
        let response = try await execute(
            request(.GET, path, accept: "text/event-stream"),
            seconds: 24 * 3_600,
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

    /// How long a change of many may take, in seconds.
    private static let changeSeconds: Int64 = 300

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSONValue? = nil,
        hours: Int64 = 0,
    ) async throws -> JSONValue {
        var request = request(method, path, accept: "application/json")
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
        }
        let response = try await execute(
            request,
            seconds: hours > 0 ? hours * 3_600 : method == .GET ? 30 : Self.changeSeconds,
        )
        try await refuse(response)
        if response.status == .noContent { return .null }
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
        seconds: Int64,
    ) async throws
        -> HTTPClientResponse
    {
        do {
            return try await HTTPClient.shared.execute(
                request,
                timeout: .seconds(seconds),
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
            text = Self.text(try JSONParser.parse(Array(body.readableBytesView))) ?? text
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
        case 400: throw CommandFailure(.usage, text)
        case 409, 413, 422: throw CommandFailure(.failure, text)
        default: throw CommandFailure(.unavailable, text)
        }
    }

    /// A problem in words: what it says, its number, and the places that it names.
    private static func text(_ problem: JSONValue) -> String? {
        guard var text = problem["detail"]?.stringValue ?? problem["title"]?.stringValue else {
            return nil
        }
        if let code = problem["code"]?.stringValue { text += " (\(code))" }
        for finding in problem["data"]?["findings"]?.arrayValue ?? [] {
            let place = [finding["file"], finding["line"], finding["column"]].compactMap { part in
                part?.stringValue ?? part?.integerValue.map(String.init)
            }
            text += "\n  \(place.joined(separator: ":")): "
            text += "\(finding["code"]?.stringValue ?? "") "
            text += finding["message"]?.stringValue ?? ""
        }
        for slot in problem["data"]?["slots"]?.arrayValue ?? [] {
            text += "\n  \(slot["path"]?.stringValue ?? ""): \(slot["fault"]?.stringValue ?? "")"
        }
        return text
    }

    static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// One part of a path.
    static func encoded(part: String) -> String { encoded(part) }

    /// RFC 3986: everything but unreserved characters is percent-encoded.
    static func encoded(_ query: [(String, String?)]) -> String {
        let parts = query.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
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
