import Expressions
import Model

/// Writes the path of an operation: what an expression gives is one piece of a segment, whatever
/// characters it holds, and can never lead to another segment, the query or another host.
enum PathRenderer {
    /// - Throws: A `validation` problem, B2481, for a value that cannot stand in a path; an
    ///   `expression` problem when there is no value.
    static func render(_ template: Template, _ environment: Environment) throws(Problem) -> String {
        switch template {
        case .literal(let value):
            return rooted(QueryPairs.text(value))
        case .expression(let program):
            return rooted(try checked(try encoded(program, environment)))
        case .interpolation(let parts):
            var path = ""
            for part in parts {
                switch part {
                case .text(let text): path += text
                case .expression(let program): path += try encoded(program, environment)
                }
            }
            return rooted(try checked(path))
        case .array, .object:
            throw Problem(.configuration, detail: "the path must be a text", code: "B2480")
        }
    }

    private static func encoded(
        _ program: Program,
        _ environment: Environment,
    ) throws(Problem) -> String {
        let value: JSONValue
        do throws(EvaluationError) {
            value = try program.evaluate(environment)
        } catch {
            throw Problem(error, in: "path")
        }
        let text: String
        switch value {
        case .string(let string): text = string
        case .integer, .number, .bool: text = JSONWriter.string(value)
        case .null, .array, .object: throw mistake(program, "is \(value.typeName)")
        }
        guard !text.isEmpty else { throw mistake(program, "is empty") }
        return PercentEncoding.component(text)
    }

    /// A segment that a value made to `.` or `..` would change the path's meaning.
    private static func checked(_ path: String) throws(Problem) -> String {
        for segment in path.prefix(while: { $0 != "?" }).split(separator: "/")
        where [".", ".."].contains(segment.lowercased().replacing("%2e", with: ".")) {
            throw Problem(
                .validation,
                detail: "the path would hold the segment \"\(segment)\"",
                code: "B2481",
            )
        }
        return path
    }

    private static func mistake(_ program: Program, _ what: String) -> Problem {
        Problem(
            .validation,
            detail: "\(program.source) stands in the path and \(what)",
            code: "B2481",
        )
    }

    private static func rooted(_ path: String) -> String {
        path.isEmpty || path.hasPrefix("/") || path.hasPrefix("?") ? path : "/" + path
    }
}
