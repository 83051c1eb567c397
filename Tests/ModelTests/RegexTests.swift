import Model
import Testing

@Suite struct RegexTests {
    private func match(_ pattern: String, _ text: String) throws -> String? {
        var steps = 0
        let scalars = Array(text.unicodeScalars)
        guard let found = try LinearRegex(pattern).firstMatch(in: scalars, steps: &steps) else {
            return nil
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[found.range])
        return String(view)
    }

    @Test(arguments: [
        ("a+b", "xaab", "aab"), ("a*?b", "aab", "aab"), ("(a|ab)(c|bcd)", "abcd", "abcd"),
        ("^x", "ax", nil), ("[^0-9]+", "12ab3", "ab"), (#"\bfox\b"#, "the fox.", "fox"),
        ("a{2,3}", "aaaa", "aaa"), ("(?i)HeL", "xhel", "hel"), ("[[:upper:]]+", "abCD", "CD"),
        ("x$", "x\n", "x"), (".", "\n", nil), ("é+", "caféé", "éé"),
    ])
    func `the leftmost match in order of preference is found`(
        _ pattern: String,
        _ text: String,
        _ wanted: String?,
    ) throws {
        #expect(try match(pattern, text) == wanted)
    }

    @Test(arguments: ["(", "a)", "[a", "*a", "a{3,2}", #"\1"#, "(?=a)", "a{2000}", #"\q"#])
    func `what is not supported is refused with its place`(_ pattern: String) throws {
        let error = try #require(throws: RegexError.self) { try LinearRegex(pattern) }
        #expect((0...pattern.unicodeScalars.count).contains(error.offset))
    }

    @Test func `a pattern that makes others hang takes steps in proportion to the text`() throws {
        let regex = try LinearRegex("(a*)*b")
        var counts: [Int] = []
        for length in [1000, 2000] {
            var steps = 0
            let text = [Unicode.Scalar](repeating: "a", count: length)
            #expect(regex.firstMatch(in: text, steps: &steps) == nil)
            counts.append(steps)
        }
        #expect(counts[1] <= counts[0] * 3)
    }
}
