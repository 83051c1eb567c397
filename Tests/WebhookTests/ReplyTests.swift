import Engine
import Model
import Testing

/// The words of a `reply` step as HTTP.
@Suite(.timeLimit(.minutes(2))) struct ReplyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var reply: String
        var status = 200
        var type: String?
        var text = ""
        var testDescription: String { reply }
    }

    static func ask(_ reply: String) async throws -> HTTPAnswer {
        let yaml = """
            workflow: w
            trigger: { webhook: { respond: when_finished } }
            steps: [{ reply: \(reply) }]
            """
        let (answers, tell) = AsyncStream.makeStream(of: HTTPAnswer.self)
        try await RunningWebhook.run(yaml) { tell.yield(await $0.ask(#"{"n":1}"#)) }
        var iterator = answers.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    static let cases: [Case] = [
        Case(reply: "{}"),
        Case(reply: "{ status: 204 }", status: 204),
        Case(reply: "{ status: 204, body: lost }", status: 204),
        Case(reply: "{ status: 205, body: lost }", status: 205),
        Case(reply: "{ body: hello }", type: "text/plain; charset=utf-8", text: "hello"),
        Case(reply: "{ body: \"\" }", type: "text/plain; charset=utf-8"),
        Case(
            reply: "{ body: { a: [1, null] } }",
            type: "application/json",
            text: #"{"a":[1,null]}"#,
        ),
        Case(reply: "{ body: \"${ $trigger.body.n }\" }", type: "application/json", text: "1"),
        Case(
            reply: "{ body: \"${ $trigger.body.none }\" }",
            type: "application/json",
            text: "null",
        ),
        Case(reply: "{ status: \"${ 200 + $trigger.body.n }\" }", status: 201),
        Case(
            reply: "{ status: 404, body: gone }",
            status: 404,
            type: "text/plain; charset=utf-8",
            text: "gone",
        ),
        Case(reply: "{ status: 503 }", status: 503),
        Case(
            reply: "{ headers: { Content-Type: text/csv }, body: \"a,b\" }",
            type: "text/csv",
            text: "a,b",
        ),
        Case(
            reply: "{ headers: { Content-Type: application/vnd.a+json }, body: { a: 1 } }",
            type: "application/vnd.a+json",
            text: #"{"a":1}"#,
        ),
    ]

    @Test("status, type and body are those of the reply", arguments: cases)
    func forms(_ expected: Case) async throws {
        let answer = try await Self.ask(expected.reply)
        #expect(answer.status == expected.status)
        #expect(answer.header("content-type") == expected.type)
        #expect(answer.text == expected.text)
        #expect(answer.execution != nil)
    }

    @Test("a reply sets the headers that are a workflow's to set, and no others")
    func headers() async throws {
        let answer = try await Self.ask(
            """
            { status: 201, headers: { Location: /a, X-One: "1", Cache-Control: no-store,
              Retry-After: "7", Set-Cookie: a=b, Content-Length: "9", Connection: close,
              Transfer-Encoding: chunked, WWW-Authenticate: Basic, Backstop-Execution-Id: fake,
              "X bad": "1", X-Split: "a\\r\\nX-Smuggled: b", X-Nul: "a\\0b" }, body: ok }
            """
        )
        let names = answer.headers.map(\.name)
        #expect(answer.status == 201)
        #expect(answer.header("location") == "/a" && answer.header("x-one") == "1")
        #expect(answer.header("cache-control") == "no-store")
        #expect(answer.header("retry-after") == "7")
        #expect(answer.execution != "fake")
        #expect(
            names.sorted() == [
                "backstop-execution-id", "cache-control", "content-type", "location",
                "retry-after", "x-one",
            ]
        )
    }
}
