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
        (#"{"password":"a\"b","user":"ada"}"#, #"{"password":"[redacted]","user":"ada"}"#),
        (#"{"pin": 1, "token" : 12345}"#, #"{"pin": 1, "token" : [redacted]}"#),
        (#"{"token": 12345, "x": 1}"#, #"{"token": [redacted], "x": 1}"#),
        (#"said {\"client_secret\": \"abc\"}."#, #"said {\"client_secret\": \"[redacted]\"}."#),
        (#"<a password="hunter2" id='1'/>"#, #"<a password="[redacted]" id='1'/>"#),
        ("<s:Password>hunter2</s:Password>", "<s:Password>[redacted]</s:Password>"),
        ("<b>token</b>", "<b>token</b>"),
        (
            "https://a/?next=%2Fx%3Ftoken%3Dabc%26y%3D1",
            "https://a/?next=%2Fx%3Ftoken%3D[redacted]%26y%3D1",
        ),
        ("Cookie: a=b; c=d\r\nX: y", "Cookie: [redacted]\r\nX: y"),
        ("X-Api-Key: k1\nAccept: x", "X-Api-Key: [redacted]\nAccept: x"),
        ("sent Authorization: Token abcdefgh1, ok", "sent Authorization: Token [redacted], ok"),
        ("password: must be longer", "password: must be longer"),
        ("the token: it is wrong", "the token: it is wrong"),
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

    @Test func `more names are sensitive when they are told`() {
        let redactor = Redactor(names: ["pin", "X-Shop"])
        let value: JSONValue = ["pin": "1234", "x_shop": 5, "pins": "1"]
        #expect(
            redactor.redact(value) == ["pin": "[redacted]", "x_shop": "[redacted]", "pins": "1"]
        )
        #expect(redactor.redact("?pin=1234&a=1") == "?pin=[redacted]&a=1")
        #expect(Redactor().redact("?pin=1234&a=1") == "?pin=1234&a=1")
    }

    @Test func `a number that is a known secret goes too`() {
        var redactor = Redactor(only: [])
        let value: JSONValue = ["a": 902_817, "b": 902_818]
        #expect(redactor.redact(value) == value)
        redactor.add(secrets: ["902817"])
        #expect(redactor.redact(value) == ["a": "[redacted]", "b": 902_818])
    }

    @Test func `known secrets alone leave names and schemes to stand`() {
        let redactor = Redactor(only: ["s3cr3t-t0ken"])
        #expect(
            redactor.redact("token=abc Bearer abcdefgh s3cr3t-t0ken")
                == "token=abc Bearer abcdefgh [redacted]"
        )
        let value: JSONValue = ["password": "x", "a": "s3cr3t-t0ken"]
        #expect(redactor.redact(value) == ["password": "x", "a": "[redacted]"])
    }

    /// Texts that make a scanner look far ahead again and again.
    @Test(arguments: [
        "token:", "token=[", "\"token\":\"[", "<token>[", "token%3D[", "authorization: a ",
        "\ncookie:",
        "bearer ", "://a", "token: a ", "\\\"token\\\":\\\"",
    ])
    func `no text takes more than a few looks at each byte`(piece: String) {
        let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
        let redactor = Redactor(secrets: ["token:token;"])
        // Quadratic work would be 10^11 steps and never end.
        #expect(redactor.redact(text).utf8.count > 0)
    }

    @Test func `many secrets are found in one pass`() {
        let secrets = (0..<500).map { "secret-number-\($0)-end" }
        let redactor = Redactor(secrets: secrets)
        let text = secrets.joined(separator: ",")
        #expect(redactor.redact(text) == secrets.map { _ in "[redacted]" }.joined(separator: ","))
    }
}
