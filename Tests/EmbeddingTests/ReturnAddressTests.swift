import Embedding
import Testing

/// Where an end user may be sent back to.
@Suite struct ReturnAddressTests {
    private static let listed = ["https://app.test/integrations", "http://localhost:3000"]

    @Test(arguments: [
        "https://app.test/integrations", "https://app.test/integrations/",
        "https://app.test/integrations/crm?tab=1#top", "https://APP.test/integrations?x=//evil",
        "http://localhost:3000", "http://localhost:3000/", "http://localhost:3000/any/where",
    ])
    func `the same origin at or below the path is allowed`(_ address: String) {
        #expect(ReturnAddress.isAllowed(address, by: Self.listed))
    }

    @Test(arguments: [
        "", "https://", "https:///x", "//app.test/integrations", "/integrations",
        "http://app.test/integrations", "https://app.test", "https://app.test/",
        "https://app.test/integrations2", "https://app.test/other/integrations",
        "https://app.test:444/integrations", "https://app.test.evil.test/integrations",
        "https://evil.test/integrations", "https://evil.test\\@app.test/integrations",
        "https://app.test@evil.test/integrations", "https://user@app.test/integrations",
        "https://app.test/integrations/../admin", "https://app.test/integrations/%2e%2e/admin",
        "https://app.test/integrations/.%2E/admin", "https://app.test/integrations%2f..%2fadmin",
        "https://app.test/integrations\\..\\admin", "https://app.test/integrations\n/x",
        "https://app.test/integrations/é", "https://app.test/integrations/\"><script>",
        "javascript:alert(1)", "JAVASCRIPT://app.test/integrations", "data:text/html,x",
        "http://localhost:3001/", "http://localhost/", "https://localhost:3000/",
        "http://localhost:3000.evil.test/", "http://localhost:3000@evil.test/",
    ])
    func `everything else is not`(_ address: String) {
        #expect(!ReturnAddress.isAllowed(address, by: Self.listed), "\(address)")
        #expect(!ReturnAddress.isAllowed(address, by: []))
    }

    @Test func `an address that is too long is none`() {
        let long = "https://app.test/integrations/" + String(repeating: "a", count: 2048)
        #expect(!ReturnAddress.isAllowed(long, by: Self.listed))
    }

    /// Whatever is put between an allowed origin and another one, no host but the listed one is left.
    @Test func `no mixture of characters leads to another host`() {
        var random = SeededRandom(seed: 7)
        let pieces = [
            "https://", "http://", "app.test", "evil.test", "@", ":", "/", "\\", "?", "#", "..",
            "%2e", "%2F", "integrations", "\t", " ", "[", "]", "é", ";", "&",
        ]
        for _ in 0..<20_000 {
            let count = 1 + Int(random.next() % 8)
            let text =
                "https://"
                + (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined()
            guard ReturnAddress.isAllowed(text, by: Self.listed) else { continue }
            #expect(text.hasPrefix("https://app.test/integrations"), "\(text)")
            let path = text.dropFirst("https://app.test".count).prefix { !"?#".contains($0) }
            #expect(!path.contains("..") && !path.contains("\\"), "\(text)")
        }
    }
}
