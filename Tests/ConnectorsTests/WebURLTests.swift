import Testing

@testable import Connectors

struct WebURLTests {
    @Test(arguments: [
        ("http://example.com", "http://example.com/"),
        ("HTTPS://Example.COM:443/a?b=c#d", "https://example.com/a?b=c"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("http://example.com./a", "http://example.com/a"),
        ("http://example.com?x", "http://example.com/?x"),
        ("http://example.com/a b/ü", "http://example.com/a%20b/%C3%BC"),
        ("http://example.com/a%2Fb%", "http://example.com/a%2Fb%25"),
        ("http://example.com/a/../b/./c", "http://example.com/b/c"),
        ("http://example.com/a/%2e%2E/b", "http://example.com/b"),
        ("http://example.com/../../etc", "http://example.com/etc"),
        ("http://example.com/a//b/", "http://example.com/a//b/"),
        ("http://example.com/?q={a}|[b]", "http://example.com/?q=%7Ba%7D%7C%5Bb%5D"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("http://[2001:DB8:0:0::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("http://my_host-1.example:1/", "http://my_host-1.example:1/"),
        ("http://example.com:", "http://example.com/"),
    ])
    func `a URL is brought into one form`(text: String, canonical: String) throws {
        #expect(try WebURL(text).description == canonical)
    }

    @Test(arguments: [
        "", "example.com", "//example.com", "ftp://example.com/", "file:///etc/passwd",
        "http:/example.com", "http://", "http:///path", "http://user@example.com/",
        "http://user:pw@example.com/", "http://example.com\\@evil.example/", "http://a\nb/",
        "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/",
        "http://0177.0.0.1/", "http://127.0.0.01/", "http://256.256.256.256/", "http://1.2.3/",
        "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1/", "http://::1/",
        "http://[127.0.0.1]/", "http://[::1]x/", "http://example.com:0/",
        "http://example.com:65536/", "http://example.com:80a/", "http://example.com:-1/",
        "http://exa%6dple.com/", "http://bücher.example/", "http://a..b/", "http://./",
        "http://exam ple.com/", "http+unix://%2Ftmp%2Fsock/", "unix:///tmp/sock",
        "http://a,b/", "http://１２７.0.0.1/", "javascript:alert(1)",
    ])
    func `a URL that could mislead is refused`(text: String) {
        #expect(throws: WebURL.Mistake.self) { try WebURL(text) }
    }

    @Test func `a URL that is too long is refused`() {
        let long = "http://example.com/" + String(repeating: "a", count: WebURL.longest)
        #expect(throws: WebURL.Mistake.self) { try WebURL(long) }
    }

    @Test(arguments: [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"), ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"), ("g#s", "http://a/b/c/g"), ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../g", "http://a/b/g"),
        ("../../../g", "http://a/g"), ("https://h/x", "https://h/x"),
        ("g;x=1/../y", "http://a/b/c/y"),
    ])
    func `a reference is resolved as RFC 3986 section 5.4 says`(
        reference: String,
        result: String,
    ) throws {
        #expect(try WebURL("http://a/b/c/d;p?q").resolving(reference).description == result)
    }

    @Test func `query values are encoded and come after those in the URL`() throws {
        var url = try WebURL("http://a/?x=1")
        url.append(query: [("name", "a&b=c d"), ("ü", "/")])
        #expect(url.query == "x=1&name=a%26b%3Dc%20d&%C3%BC=%2F")
    }

    @Test func `a form encodes blanks as plus`() {
        #expect(PercentEncoding.form("a b+c~*") == "a+b%2Bc%7E*")
    }
}
