import Model
import Testing

/// The formats that are asserted.
@Suite struct JSONSchemaFormatTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var format: String
        var accepted: [String]
        var refused: [String]
        var testDescription: String { format }
    }

    static let rows = [
        Row(
            format: "date-time",
            accepted: [
                "1963-06-19T08:30:06.283185Z", "1990-12-31T15:59:50.123-08:00",
                "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "1963-06-19t08:30:06z",
                "2020-02-29T00:00:00+23:59",
            ],
            refused: [
                "1998-12-31T23:59:61Z", "1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z",
                "1990-02-31T15:59:59-08:00", "1990-12-31T15:59:59-24:00", "1963-06-19T08:30:06",
                "06/19/1963 08:30:06 PST", "2013-350T01:01:01", "1963-6-19T08:30:06Z",
                "1963-06-1৪T00:00:00Z", "2021-02-29T00:00:00Z", "1963-06-19T08:30:06Z\n", "",
            ],
        ),
        Row(
            format: "date",
            accepted: ["1963-06-19", "2020-02-29", "0000-01-01"],
            refused: [
                "2021-02-29", "2020-13-01", "2020-00-01", "2020-01-00", "2020-1-1", "20200101",
                "2020-01-01Z", "2020-01-01T00:00:00Z", "1963-06-1৪", "",
            ],
        ),
        Row(
            format: "time",
            accepted: [
                "08:30:06Z", "23:59:60Z", "15:59:60-08:00", "08:30:06.283185z", "08:30:06+00:20",
            ],
            refused: ["08:30:06", "8:30:06Z", "24:00:00Z", "00:60:00Z", "22:59:60Z", "08:30Z", ""],
        ),
        Row(
            format: "email",
            accepted: ["joe.bloggs@example.com", "te~st@example.com", "~a~@a.b", "a+b@localhost"],
            refused: [
                "2962", ".test@example.com", "test.@example.com", "te..st@example.com", "@a.b",
                "a@", "a@b@c", "a b@c.d", "a@-b.c", "a@b..c", "a@b\n", "",
                String(repeating: "a", count: 65) + "@b.c",
            ],
        ),
        Row(
            format: "uri",
            accepted: [
                "http://foo.bar/?baz=qux#quux", "http://foo.com/blah_(wikipedia)_blah#cite-1",
                "http://-.~_!$&'()*+,;=:%40:80%2f@example.com", "http://[2001:db8::7]:80/a?b#c",
                "mailto:John.Doe@example.com", "urn:oasis:names:specification", "tel:+1-816-555",
                "a:", "file:///x", "http://a.b?q=/?x",
            ],
            refused: [
                "//foo.bar/?baz=qux", "/abc", "foo", "\\\\WINDOWS\\share", "http:// a.b", ":// x",
                "bar,baz:foo", "https://[@a.org/", "http://a.b/<>", "http://a.b/{}", "http://a.b/^",
                "http://a.b/`", "http://a.b/|", "http://a.b/%zz", "http://a.b/#a#b", "http://a:b/",
                "1a:b", "http://ä.b", "http://a.b\n", "",
            ],
        ),
        Row(
            format: "uuid",
            accepted: [
                "2EB8AA08-aa98-11ea-b4aa-73b441d16380", "00000000-0000-0000-0000-000000000000",
            ],
            refused: [
                "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08aa9811eab4aa73b441d16380",
                "2eb8aa08-aa98-11ea-b4ga-73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d16380\n",
                "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}", "",
            ],
        ),
        Row(
            format: "ipv4",
            accepted: ["192.168.0.1", "0.0.0.0", "255.255.255.255"],
            refused: [
                "127.0.0.0.1", "256.1.1.1", "127.0", "0x7f.0.0.1", "087.10.0.1", "1.2.3.+4",
                "1.2.3.৪", "1.2.3.", "1.2.3.4\n", "192.168.1.0/24", "",
            ],
        ),
        Row(
            format: "ipv6",
            accepted: [
                "::1", "::", "::abef", "d6::", "1:d6::42", "::ffff:192.168.0.1",
                "1::d6:192.168.0.1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:192.168.0.1",
                "1:2:3:4:5:6:7::",
            ],
            refused: [
                "12345::", "1:1:1:1:1:1:1:1:1", "::laptop", ":2:3:4:5:6:7:8", "1:2:3:4:5:6:7:",
                "1::d6::42", "1::2:192.168.256.1", "1::2:192.168.ff.1", "::+1", "1.2.3.4::",
                "::1.2.3.4:1", "fe80::a%eth1", "1:2:3:4:5:6:7::8", "::1/64", "1:2:3:4:::5", "1:2:3",
                "::1\n", "::৪", "127.0.0.1", "",
            ],
        ),
        Row(
            format: "hostname",
            accepted: [
                "www.example.com", "a", "1host", "xn--4gbwdl.xn--wgbh1c", "h0-0st",
                String(repeating: "a", count: 63) + ".com",
            ],
            refused: [
                "-a", "a-", "a_b", "a..b", ".a", "a.", "a b", "ä.b", "a\n", "",
                String(repeating: "a", count: 64) + ".com",
                String(repeating: "a.", count: 126) + "ab",
            ],
        ),
    ]

    @Test("a format accepts and refuses what its standard does", arguments: rows)
    func format(_ row: Row) throws {
        let schema = try JSONSchema(["format": .string(row.format)])
        for text in row.accepted {
            #expect(schema.accepts(.string(text)), "\(text) is accepted")
        }
        for text in row.refused {
            #expect(!schema.accepts(.string(text)), "\(text.debugDescription) is refused")
        }
        #expect(schema.accepts(7), "what is no string has no format")
        let refusal = try #require(schema.validate("\u{0}").first)
        #expect(refusal.message == "it is no \(row.format)" && refusal.keyword == "format")
    }
}
