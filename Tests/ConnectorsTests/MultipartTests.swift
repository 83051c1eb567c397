import Model
import Testing

@testable import Connectors

struct MultipartTests {
    @Test func `parts are written as RFC 7578 says`() throws {
        let body = try RequestBody.multipart(
            [
                ["name": "a\"b", "value": 7],
                ["name": "file", "filename": "x\r\n.txt", "content": "hello"],
                ["name": "raw", "content_type": "image/png", "base64": "iVA="],
            ],
            seed: "1",
        )
        let boundary = try #require(body.contentType.split(separator: "=").last)
        let text = String(decoding: body.bytes.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
        #expect(
            text == """
                --\(boundary)\r
                Content-Disposition: form-data; name="a%22b"\r
                \r
                7\r
                --\(boundary)\r
                Content-Disposition: form-data; name="file"; filename="x%0D%0A.txt"\r
                Content-Type: application/octet-stream\r
                \r
                hello\r
                --\(boundary)\r
                Content-Disposition: form-data; name="raw"\r
                Content-Type: image/png\r
                \r
                ?P\r
                --\(boundary)--\r

                """
        )
    }

    @Test func `the boundary occurs in no part and is the same for the same seed`() {
        let first = MultipartBody(parts: [], seed: "s").boundary
        let part = MultipartBody.Part(name: "a", content: Array("x\(first)y".utf8))
        let second = MultipartBody(parts: [part], seed: "s")
        #expect(second.boundary != first)
        #expect(MultipartBody(parts: [part], seed: "s").bytes == second.bytes)
        #expect(MultipartBody(parts: [], seed: "t").boundary != first)
    }

    @Test(
        arguments: [
            [["value": 1]], [["name": ""]], [["name": "a"]], [["name": "a", "base64": "?"]],
            [["name": "a", "value": 1, "content_type": "a\r\nb"]],
        ] as [[JSONValue]]
    )
    func `a part that cannot be sent is refused`(parts: [JSONValue]) {
        #expect(throws: RequestMistake.self) { try RequestBody.multipart(parts, seed: "") }
    }

    @Test func `a form takes scalars and lists and leaves null out`() throws {
        let body = try RequestBody.form(["a": [1, "x y"], "b": nil, "c": true])
        #expect(String(decoding: body.bytes, as: UTF8.self) == "a=1&a=x+y&c=true")
        #expect(throws: RequestMistake.self) { try RequestBody.form(["a": ["b": 1]]) }
    }
}
