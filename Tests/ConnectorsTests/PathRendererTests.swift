import Expressions
import Model
import Testing

@testable import Connectors

struct PathRendererTests {
    private func render(_ path: String, _ input: JSONValue) throws(Problem) -> String {
        var environment = Environment()
        environment[.input] = input
        let template: Template
        do {
            template = try Template.compile(path)
        } catch {
            throw Problem(.runtime, detail: "\(error)")
        }
        return try PathRenderer.render(template, environment)
    }

    @Test(arguments: [
        ("a", "/o/a/end"), ("a/b", "/o/a%2Fb/end"), ("../x", "/o/..%2Fx/end"),
        ("a?b#c", "/o/a%3Fb%23c/end"), ("%2e%2e", "/o/%252e%252e/end"),
        ("ü ", "/o/%C3%BC%20/end"), ("a\\b", "/o/a%5Cb/end"),
        ("@evil.example", "/o/%40evil.example/end"),
        ("...", "/o/.../end"), ("a\r\nb", "/o/a%0D%0Ab/end"),
    ])
    func `a value stays inside its segment`(value: String, path: String) throws {
        #expect(try render("/o/${ $input.v }/end", ["v": .string(value)]) == path)
    }

    @Test(arguments: ["", ".", "..", nil, [], [:]] as [JSONValue])
    func `a value that cannot be a segment is refused`(value: JSONValue) {
        #expect(throws: Problem.self) { try render("/o/${ $input.v }/end", ["v": value]) }
    }

    @Test func `two values cannot make a dot segment together`() {
        #expect(throws: Problem.self) {
            try render("/o/${ $input.a }${ $input.b }/x", ["a": ".", "b": "."])
        }
        #expect(throws: Problem.self) { try render("/o/%2e${ $input.a }/x", ["a": "."]) }
    }

    @Test func `numbers and booleans are written as JSON`() throws {
        #expect(try render("${ $input.n }/${ $input.b }", ["n": 7, "b": true]) == "/7/true")
    }

    /// Whatever a value holds, the URL keeps its origin and its number of segments.
    @Test func `no value changes the shape of the URL`() throws {
        var state: UInt64 = 7
        let pieces = [
            "/", "..", ".", "%2f", "%", "?", "#", "\\", "@", ":", "a", " ", "ü", "\n", ";", "&",
        ]
        for _ in 0..<2000 {
            var value = ""
            for _ in 0..<6 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                value += pieces[Int(state >> 33) % pieces.count]
            }
            guard ![".", ".."].contains(value) else { continue }
            let path = try render("/o/${ $input.v }/end", ["v": .string(value)])
            let url = try WebURL("http://a.example" + path)
            #expect(url.origin == "http://a.example")
            #expect(url.query == nil)
            #expect(url.path == path)
            #expect(url.path.split(separator: "/").count == 3)
        }
    }
}
