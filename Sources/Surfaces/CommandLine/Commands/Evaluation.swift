import Expressions
import Model

/// Runs what `backstop eval` was given.
enum Evaluation {
    static func run(
        _ text: String,
        input: JSONValue,
        variables: [(String, JSONValue)],
    ) throws -> [JSONValue] {
        var environment = Environment(input: input)
        var names: Set<String> = []
        for (name, value) in variables {
            if let variable = Variable(name: name) {
                environment[variable] = value
            } else {
                environment.named[name] = value
                names.insert(name)
            }
        }
        do {
            if text.contains("${") {
                return [try Template.compile(text, named: names).evaluate(environment)]
            }
            return try Program(text, named: names).outputs(environment)
        } catch let error as ExpressionError {
            throw CommandFailure(.badInput, pointed(error.description, text, at: error.offset))
        } catch let error as EvaluationError {
            throw CommandFailure(
                .failure,
                pointed(error.description, error.source, at: error.offset),
            )
        }
    }

    /// The message, and below it the line with a mark at the place.
    private static func pointed(_ message: String, _ source: String, at offset: Int) -> String {
        guard !source.contains("\n"), source.count <= 200 else { return message }
        let indent = String(repeating: " ", count: min(offset, source.count))
        return "\(message)\n  \(source)\n  \(indent)^"
    }
}
