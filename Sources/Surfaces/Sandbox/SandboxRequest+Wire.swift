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
            self.body = try JSONParser.parse(Array(body.readableBytesView))
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
