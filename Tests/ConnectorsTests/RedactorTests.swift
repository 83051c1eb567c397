import ConnectorKit
import Model
import Testing

struct RedactorTests {
    private let redactor = Redactor(secrets: ["s3cr3t-t0ken", "pass word&1", "short", "in\"ner\\x"])

    @Test(arguments: [
        ("the s3cr3t-t0ken is here", "the [redacted] is here"),
        ("s3cr3t-t0kens3cr3t-t0ken", "[redacted][redacted]"),
        ("S3CR3T-T0KEN", "S3CR3T-T0KEN"),
        ("a short word", "a short word"),
        ("x=pass%20word%261&y=2", "x=[redacted]&y=2"),
        ("x=pass+word%261", "x=[redacted]"),
        (#"{"a":"in\"ner\\x"}"#, #"{"a":"[redacted]"}"#),
        ("Authorization: Bearer abcdefgh.ijkl-mn", "Authorization: Bearer [redacted]"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ("basic steps", "basic steps"),
        ("https://a/?access_token=abc&x=1", "https://a/?access_token=[redacted]&x=1"),
        ("?page_token=abc", "?page_token=abc"),
        ("api_key=k1; path=/", "api_key=[redacted]; path=/"),
        ("postgres://app:hunter2@db/x", "postgres://[redacted]@db/x"),
        ("https://example.com/a@b", "https://example.com/a@b"),
        ("password=[redacted]", "password=[redacted]"),
        ("", ""), ("abc", "abc"),
    ])
    func `a text loses its secrets`(text: String, result: String) {
        #expect(redactor.redact(text) == result)
        #expect(redactor.redact(result) == result)
    }

    @Test(arguments: ["", "u:", "user:", "a:b:c"])
    func `a secret is found in base 64 at every alignment`(prefix: String) {
        let encoded = Base64.encoded(Array("\(prefix)s3cr3t-t0ken!".utf8))
        let redacted = redactor.redact("<\(encoded)>")
        #expect(redacted.contains("[redacted]"))
        let rest = redacted.replacing("[redacted]", with: "")
        #expect(rest.utf8.count < 20, "\(redacted)")
    }

    @Test func `members are redacted by their name`() {
        let value: JSONValue = [
            "password": "x", "user": "ada", "X-Api-Key": 7, "client_secret": ["a", ["b": "c"]],
            "next_page_token": "n", "token_count": 3, "Set-Cookie": "a=b", "db_password": "p",
            "secret": nil, "token": true, "cookie": "",
        ]
        #expect(
            redactor.redact(value) == [
                "password": "[redacted]", "user": "ada", "X-Api-Key": "[redacted]",
                "client_secret": ["[redacted]", ["b": "[redacted]"]],
                "next_page_token": "n", "token_count": 3, "Set-Cookie": "[redacted]",
                "db_password": "[redacted]", "secret": nil, "token": true, "cookie": "",
            ]
        )
    }

    @Test func `a secret is found in member names and deep inside`() {
        let value: JSONValue = [["a": [["s3cr3t-t0ken": ["x", "y s3cr3t-t0ken"]]]]]
        #expect(redactor.redact(value) == [["a": [["[redacted]": ["x", "y [redacted]"]]]]])
    }

    @Test func `a longer secret is not left half by a shorter one inside it`() {
        let redactor = Redactor(secrets: ["abcdef", "abcdefghij"])
        #expect(redactor.redact("abcdefghij abcdefg") == "[redacted] [redacted]g")
    }

    @Test func `a problem is redacted in every member, its causes too`() {
        var cause = Problem(.service, detail: "s3cr3t-t0ken")
        cause.data = ["x": "s3cr3t-t0ken"]
        var problem = Problem(.request, detail: "GET /?token=abc said s3cr3t-t0ken")
        problem.title = "s3cr3t-t0ken"
        problem.audience.client = "s3cr3t-t0ken"
        problem.audience.support = "s3cr3t-t0ken"
        problem.ids["key"] = "s3cr3t-t0ken"
        problem.response = ProblemResponse(
            status: 400,
            headers: ["x": "s3cr3t-t0ken"],
            body: ["echo": "Bearer s3cr3t-t0ken"],
        )
        problem.cause = cause
        let text = JSONWriter.string(redactor.redact(problem).json)
        #expect(!text.contains("s3cr3t-t0ken"))
        #expect(!text.contains("abc"))
    }

    @Test func `many secrets are found in one pass`() {
        let secrets = (0..<500).map { "secret-number-\($0)-end" }
        let redactor = Redactor(secrets: secrets)
        let text = secrets.joined(separator: ",")
        #expect(redactor.redact(text) == secrets.map { _ in "[redacted]" }.joined(separator: ","))
    }
}
