import Model

/// A request body with its media type.
struct RequestBody: Sendable {
    var bytes: [UInt8]
    var contentType: String

    static func json(_ value: JSONValue) -> RequestBody {
        RequestBody(bytes: JSONWriter.bytes(value), contentType: "application/json")
    }

    /// Members are scalars or arrays of scalars; null is left out.
    static func form(_ object: JSONObject) throws(RequestMistake) -> RequestBody {
        let text = try QueryPairs.read(object, named: "form").map {
            PercentEncoding.form($0.name) + "=" + PercentEncoding.form($0.value)
        }.joined(separator: "&")
        return RequestBody(
            bytes: Array(text.utf8),
            contentType: "application/x-www-form-urlencoded",
        )
    }

    /// Parts are `{name, value}` or `{name, filename, content_type, content | base64}`.
    static func multipart(
        _ parts: [JSONValue],
        seed: String,
    ) throws(RequestMistake) -> RequestBody {
        guard parts.count <= MultipartBody.partLimit else {
            throw RequestMistake("a multipart body has at most \(MultipartBody.partLimit) parts")
        }
        var read: [MultipartBody.Part] = []
        for part in parts { read.append(try self.part(part)) }
        let body = MultipartBody(parts: read, seed: seed)
        return RequestBody(bytes: body.bytes, contentType: body.contentType)
    }

    private static func part(_ value: JSONValue) throws(RequestMistake) -> MultipartBody.Part {
        guard let name = value["name"]?.stringValue, !name.isEmpty else {
            throw RequestMistake("every part of a multipart body needs a name")
        }
        var part = MultipartBody.Part(name: name, content: [])
        part.filename = value["filename"]?.stringValue
        part.contentType = value["content_type"]?.stringValue
        if let type = part.contentType, !FieldRules.isValue(type) {
            throw RequestMistake("the content_type of part \(name) holds a control character")
        }
        if let text = value["base64"]?.stringValue {
            guard let bytes = Base64.decoded(text) else {
                throw RequestMistake("part \(name) is not valid base 64")
            }
            part.content = bytes
        } else if let content = value["content"] ?? value["value"] {
            part.content = Array(QueryPairs.text(content).utf8)
        } else {
            throw RequestMistake("part \(name) needs value, content or base64")
        }
        if part.filename != nil, part.contentType == nil {
            part.contentType = "application/octet-stream"
        }
        return part
    }
}

/// What is wrong with the parameters of a request.
struct RequestMistake: Error {
    var message: String
    var failure = TransportFailure.invalidRequest

    init(_ message: String, _ failure: TransportFailure = .invalidRequest) {
        self.message = message
        self.failure = failure
    }
}
