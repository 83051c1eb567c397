import ArgumentParser
import Expressions
import Model

/// `backstop eval`
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Try an expression, or a template with ${ … }.",
        discussion: """
            The input is `.` and also `$trigger`. Other variables come with --var NAME=JSON. A \
            text that holds ${ … } is read as a template, everything else as one expression. \
            docs/reference/expressions.md lists the language.

            EXAMPLES
              backstop eval '.items | map(.price) | add' --input '{"items":[{"price":2}]}'
              backstop eval 'Dear ${ $user.name }' --var user='{"name":"Ada"}'
              backstop eval '$steps.lead.Email' --var steps=@steps.json
            """,
    )

    @Argument(help: "The expression or template.")
    var expression: String

    @Option(name: .long, help: "JSON, @FILE, or - for standard input.")
    var input = "null"

    @Option(name: .customLong("var"), help: "NAME=JSON or NAME=@FILE; may be repeated.")
    var variables: [String] = []

    @Flag(name: .long, help: "Write on one line.")
    var compact = false

    func run() throws {
        let input = try InputArgument.read(input)
        var values: [(String, JSONValue)] = [("trigger", input)]
        for variable in variables {
            guard let equals = variable.firstIndex(of: "=") else {
                throw ValidationError("--var is NAME=JSON, not \(variable)")
            }
            let value = try InputArgument.read(String(variable[variable.index(after: equals)...]))
            values.append((String(variable[..<equals]), value))
        }
        let output = try Evaluation.run(expression, input: input, variables: values)
        for value in output { Terminal().out(JSONWriter.string(value, pretty: !compact)) }
    }
}
