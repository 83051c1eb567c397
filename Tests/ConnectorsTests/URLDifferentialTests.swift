import Foundation
import Testing

@testable import Connectors

/// The client reads URLs with Foundation; were it to see another host than the guard, the guard
/// would be blind.
struct URLDifferentialTests {
    private static let pieces = [
        "http://", "https://", "http:", "//", "/", "\\", "?", "#", "@", ":", ":80", ":8080", "[",
        "]", "[::1]", "::1", "%", "%2f", "%40", "%00", "%25", ".", "..", "...", "a.example",
        "localhost", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "169.254.169.254", "evil",
        "user", ";", "&", "=", "+", ",", "!", "~", "_", "-", " ", "\t", "\n", "\u{0}", "\u{7f}",
        "ü", "。", "１", "\u{200b}", "{", "}", "|", "^", "`", "\"", "<", ">", "xn--", "A", "é",
    ]

    @Test(arguments: 0..<8)
    func `whatever is accepted means the same host, port and path to the client`(
        seed: UInt64
    )
        throws
    {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var accepted = 0
        for _ in 0..<4000 {
            var text = next(10) > 0 ? "http://" : ""
            for _ in 0..<(1 + next(7)) { text += Self.pieces[next(Self.pieces.count)] }
            let url: WebURL
            do throws(WebURL.Mistake) { url = try WebURL(text) } catch { continue }
            accepted += 1
            let other = try #require(URL(string: url.description), "\(text) as \(url)")
            #expect(other.scheme == url.scheme.rawValue, "\(text)")
            let host = other.host(percentEncoded: true)?.replacing("[", with: "")
                .replacing("]", with: "")
            #expect(host == url.host, "\(text) as \(url)")
            #expect(other.port ?? (url.scheme == .https ? 443 : 80) == url.port, "\(text)")
            #expect(other.user == nil && other.password == nil, "\(text)")
            #expect(other.path(percentEncoded: true) == url.path, "\(text) as \(url)")
            #expect(other.query(percentEncoded: true) == url.query, "\(text) as \(url)")
            // The canonical form is read as itself.
            #expect(try WebURL(url.description) == url, "\(text)")
        }
        #expect(accepted > 200)
    }
}
