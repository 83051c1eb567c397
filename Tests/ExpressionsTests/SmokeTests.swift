import Expressions
import Model
import Testing

@Suite struct SmokeTests {
    @Test func `a template that is one expression keeps its type`() throws {
        var environment = Environment()
        environment[.trigger] = ["n": 3]
        #expect(try Template.compile("${ $trigger.n }").evaluate(environment) == 3)
        #expect(try Template.compile("n=${ $trigger.n }").evaluate(environment) == "n=3")
    }
}
