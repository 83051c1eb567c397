import HTTPTypes
import Hummingbird
import Model
import NIOCore

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
            return (ByteBuffer(bytes: JSONWriter.bytes(value)), fields)
        case .text(let text, let type):
            fields[.contentType] = type
            return (ByteBuffer(string: text), fields)
        }
    }
}
