import Expressions
import Model
import Testing

/// Values share their parts: what is made is limited as if it were written out.
@Suite struct SizeTests {
    @Test(arguments: [
        ("reduce range(1000000) as $i (null; [.])", "E207"),
        ("reduce range(1000000) as $i (null; {a: .})", "E207"),
        ("reduce range(1000000) as $i (null; .a = .)", "E207"),
        ("reduce range(1000000) as $i (1; [.] | toarray | group_by(1))", "E207"),
        ("last(limit(1000000; repeat([.])))", "E207"),
        ("setpath([range(100000) | \"a\"]; 1)", "E207"),
        ("reduce range(60) as $i (1; [., .])", "E206"),
        ("reduce range(60) as $i (1; {a: ., b: .}) | tojson", "E206"),
        ("reduce range(60) as $i (null; .a = . | .b = .a) | tostring", "E206"),
        ("(\"x\" * 10000000) as $x | [range(1000) | $x]", "E206"),
        ("[range(1000)] | [range(1000) as $i | .] | . + . + . + . + . + .", "E206"),
    ])
    func `a value that would be gigantic or bottomless is refused while it is made`(
        _ source: String,
        _ code: String,
    ) throws {
        let program = try Program(source)
        let error = #expect(throws: EvaluationError.self) {
            try program.outputs(Environment(input: .null))
        }
        #expect(error?.code.rawValue == code)
    }

    @Test func `values of a usual size are no matter`() throws {
        let source =
            "[range(2000) as $i | {id: $i, tags: [1, 2, 3]}] | reduce .[] as $x ({}; .[$x.id | tostring] = $x) | length"
        let value = try Program(source).evaluate(Environment(input: .null))
        #expect(value == 2000)
        let listed = try Program("reduce range(2000) as $i ([]; . + [{id: $i}]) | length")
        #expect(try listed.evaluate(Environment(input: .null)) == 2000)
    }

    @Test func `nothing, as often as one likes, is nothing`() throws {
        #expect(try Program("\"\" * 1000000000").evaluate(Environment(input: .null)) == "")
    }
}
