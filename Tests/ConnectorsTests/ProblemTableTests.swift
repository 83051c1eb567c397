import Model
import NIOHTTP1
import Testing

@testable import Connectors

struct ProblemTableTests {
    @Test(arguments: [
        (400, ProblemType.request, RetryKind.terminal), (401, .authentication, .terminal),
        (402, .authorization, .terminal), (403, .authorization, .terminal),
        (404, .notFound, .terminal), (405, .request, .terminal), (406, .request, .terminal),
        (407, .configuration, .terminal), (408, .timeout, .transient),
        (409, .conflict, .terminal), (410, .notFound, .terminal), (411, .request, .terminal),
        (412, .conflict, .terminal), (413, .tooLarge, .terminal), (414, .request, .terminal),
        (415, .request, .terminal), (418, .request, .terminal), (422, .validation, .terminal),
        (423, .rateLimit, .transient), (425, .rateLimit, .transient),
        (429, .rateLimit, .transient), (431, .tooLarge, .terminal), (451, .request, .terminal),
        (499, .request, .terminal), (500, .service, .transient), (501, .service, .terminal),
        (502, .service, .transient), (503, .service, .transient), (504, .timeout, .transient),
        (505, .service, .terminal), (507, .service, .transient), (511, .configuration, .terminal),
        (520, .service, .transient), (599, .service, .transient), (304, .request, .terminal),
    ])
    func `a status has its type`(status: Int, type: ProblemType, retry: RetryKind) {
        let row = ProblemTable.row(status: status)
        #expect(row.type == type)
        #expect(Problem(row, detail: "").retry.kind == retry)
    }

    @Test func `every transport failure has a code of its own`() {
        let codes = TransportFailure.allCases.compactMap { ProblemTable.row($0).code }
        #expect(Set(codes).count == TransportFailure.allCases.count)
    }

    @Test(arguments: [
        (TransportFailure.addressRefused, ProblemType.configuration), (.invalidURL, .validation),
        (.hostUnknown, .communication), (.connectRefused, .communication),
        (.connectTimeout, .timeout), (.readTimeout, .timeout), (.certificate, .configuration),
        (.tlsHandshake, .communication), (.reset, .communication), (.responseTooLarge, .tooLarge),
        (.malformedJSON, .service), (.tooManyRedirects, .service), (.cancelled, .cancelled),
    ])
    func `a transport failure has its type`(failure: TransportFailure, type: ProblemType) {
        #expect(Problem(failure, detail: "").type == type)
    }

    private static let now = Timestamp(milliseconds: 784_111_770_000)  // 1994-11-06T08:49:30Z

    @Test(arguments: [
        ("0", 0), ("120", 120_000), (" 7 ", 7000), ("99999999999", 86_400_000),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 7000), ("Sunday, 06-Nov-94 08:49:37 GMT", 7000),
        ("Sun Nov  6 08:49:37 1994", 7000), ("Sat, 05 Nov 1994 08:49:37 GMT", 0),
        ("Sun, 06 Nov 2044 08:49:37 GMT", 86_400_000),
    ])
    func `Retry-After is read in every form and capped`(text: String, milliseconds: Int64) {
        #expect(RetryAfter.parse(text, now: Self.now)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "-1", "1.5", "soon", "Sun, 06 Nov 1994", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 PST", "1 2",
    ])
    func `what is no Retry-After is ignored`(text: String) {
        #expect(RetryAfter.parse(text, now: Self.now) == nil)
    }

    @Test func `the century of a short year is the nearest that is not far ahead`() {
        let date = HTTPDate.parse(
            "Sunday, 06-Nov-70 08:49:37 GMT",
            now: Timestamp(milliseconds: 1_700_000_000_000),
        )
        #expect(date?.description == "2070-11-06T08:49:37.000Z")
        let past = HTTPDate.parse(
            "Sunday, 06-Nov-94 08:49:37 GMT",
            now: Timestamp(milliseconds: 1_700_000_000_000),
        )
        #expect(past?.description == "1994-11-06T08:49:37.000Z")
    }

    private func response(_ body: String, type: String = "application/json") throws -> HTTPResponse
    {
        HTTPResponse(
            status: 500,
            headers: [
                "Content-Type": type, "Set-Cookie": "a=b", "X-Request-Id": "r1",
                "Authorization": "x", "X-RateLimit-Remaining": "0",
            ],
            body: Array(body.utf8),
            url: try WebURL("http://a/"),
        )
    }

    @Test func `an excerpt keeps listed headers and small JSON`() throws {
        let excerpt = ResponseExcerpt.make(try response(#"{"code":"x"}"#))
        #expect(excerpt.body?["code"] == "x")
        #expect(excerpt.headers.keys == ["content-type", "x-request-id", "x-ratelimit-remaining"])
    }

    @Test func `an excerpt is cut at a character`() throws {
        let text = String(repeating: "ü", count: 5000)
        let excerpt = ResponseExcerpt.make(try response("x" + text, type: "text/plain"))
        let body = try #require(excerpt.body?.stringValue)
        #expect(body.hasPrefix("xü"))
        #expect(body.hasSuffix("ü… [10001 bytes]"))
        #expect(body.utf8.count < ResponseExcerpt.sizeLimit + 32)
    }

    @Test func `bytes that are no text are only counted`() throws {
        var binary = try response("", type: "image/png")
        binary.body = [0x89, 0xFF, 0x00]
        #expect(ResponseExcerpt.make(binary).body == "[3 bytes of image/png]")
    }
}
