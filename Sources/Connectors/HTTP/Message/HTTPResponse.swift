import NIOHTTP1

/// A whole answer.
struct HTTPResponse: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
    /// Where it came from, after redirects.
    var url: WebURL

    var contentType: ContentType { ContentType(headers.first(name: "content-type")) }
}
