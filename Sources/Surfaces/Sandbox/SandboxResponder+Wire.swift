import HTTPTypes
import Hummingbird
import Model
import NIOCore

extension SandboxRequest {
    /// Decodes the path, the query, the headers and a JSON body.
    init(_ request: Request, body: ByteBuffer) {
        var headers: [String: String] = [:]
        if let authority = request.head.authority { headers["host"] = authority }
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        self.init(
            method: request.method.rawValue,
            segments: request.uri.path.split(separator: "/").map(Self.percentDecoded),
            query: query,
            headers: headers,
        )
        guard body.readableBytes > 0 else { return }
        do {
            self.body = try JSONValue(parsing: Array(body.readableBytesView))
        } catch {
            bodyMistake = "The body is not JSON: \(error)"
        }
    }

    /// `%41` becomes `A`; what is no escape stays as it is.
    static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool { Character(Unicode.Scalar(self)).isHexDigit }
}

extension Response {
    init(_ reply: SandboxReply) {
        let (bytes, fields) = reply.wire
        self.init(
            status: HTTPResponse.Status(code: reply.status),
            headers: fields,
            body: ResponseBody(byteBuffer: bytes),
        )
    }

    /// Promises the whole body and cuts the connection in the middle of it.
    init(half reply: SandboxReply, on channel: any Channel) {
        let (bytes, fields) = reply.wire
        let body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            var half = bytes
            if let part = half.readSlice(length: bytes.readableBytes / 2) {
                try await writer.write(part)
            }
            try await channel.close()
            throw ConnectionCut()
        }
        self.init(
            status: HTTPResponse.Status(code: reply.status),
            headers: fields,
            body: body,
        )
    }
}

extension SandboxReply {
    fileprivate var wire: (ByteBuffer, HTTPFields) {
        var fields = HTTPFields()
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        switch body {
        case .json(let value):
            fields[.contentType] = "application/json"
            return (ByteBuffer(bytes: value.serialized()), fields)
        case .text(let text, let type):
            fields[.contentType] = type
            return (ByteBuffer(string: text), fields)
        }
    }
}

extension Channel {
    /// Closes the connection so that the peer sees a reset, not an orderly end.
    func cut() async throws {
        if let socket = self as? any SocketOptionProvider {
            try await socket.setSoLinger(NIOLinger(l_onoff: 1, l_linger: 0)).get()
        }
        try await close()
    }
}
