import Expressions
import Foundation
import Model
import Testing

/// docs/reference/expressions.md says what the language does.
@Suite struct ExpressionsPageTests {
    private static func text() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = root.appendingPathComponent("docs/reference/expressions.md")
        return try String(contentsOf: page, encoding: .utf8)
    }

    /// The rows of all tables whose header ends with these names: as many cells, without backticks.
    private static func rows(under names: [String]) throws -> [[String]] {
        var rows: [[String]] = []
        var isInside = false
        for line in try text().split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isInside = false
                continue
            }
            let cells = cells(of: line)
            if cells.suffix(names.count) == names[...] {
                isInside = true
            } else if isInside, !line.hasPrefix("|--") {
                rows.append(cells.suffix(names.count).map(unquoted))
            }
        }
        return rows
    }

    /// In a table, a `|` inside a cell is written `\|`.
    private static func cells(of line: Substring) -> [String] {
        let mark = "\u{1}"
        return line.replacingOccurrences(of: "\\|", with: mark).split(separator: "|").map {
            $0.trimmingCharacters(in: [" "]).replacingOccurrences(of: mark, with: "|")
        }
    }

    private static func unquoted(_ cell: String) -> String {
        guard cell.count > 2, cell.hasPrefix("`"), cell.hasSuffix("`") else { return cell }
        return String(cell.dropFirst().dropLast())
    }

    @Test("every function is in a table, called as it is defined, and no other is")
    func functions() throws {
        let listed = try Self.rows(under: ["function", "meaning", "input", "program", "output"])
            .map { row in
                let arguments = row[0].contains("(") ? row[0].split(separator: ";").count : 0
                return "\(row[0].prefix { $0 != "(" })/\(arguments)"
            }
        #expect(listed.sorted() == Builtin.signatures.sorted())
    }

    @Test("the example of a function calls it")
    func functionExamples() throws {
        for row in try Self.rows(under: ["function", "meaning", "input", "program", "output"]) {
            let name = row[0].prefix { $0 != "(" }
            #expect(row[3].contains(name), "\(row[0])")
        }
    }

    @Test("every error code has a row")
    func codes() throws {
        let page = try Self.text()
        let codes =
            ExpressionError.Code.allCases.map(\.rawValue)
            + EvaluationError.Code.allCases.map(\.rawValue)
        for code in codes where code != "E208" && code != "E209" {
            #expect(page.contains("\n| `\(code)` | "), "\(code)")
        }
        #expect(page.contains("`E208`, no value, and `E209`, more than one"))
    }

    @Test("every variable has a row")
    func variables() throws {
        let page = try Self.text()
        for variable in Variable.allCases {
            #expect(page.contains("\n| `$\(variable.name)` | "), "\(variable)")
        }
    }

    @Test("every difference from jq is told")
    func differences() throws {
        let page = try Self.text().replacingOccurrences(of: "\n  ", with: " ")
        for rule in Differences.rules {
            #expect(page.contains("- \(rule.reason)"), "\(rule.reason)")
        }
    }

    @Test("the limits are the ones that hold")
    func limits() throws {
        let limits = try Self.rows(under: ["what", "limit", "beyond it"])
        func limit(_ name: String) throws -> Int? {
            let row = try #require(limits.first { $0[0] == name })
            return Int(row[1].replacingOccurrences(of: ",", with: ""))
        }
        #expect(try limit("steps of one evaluation") == Budget.standard.steps)
        #expect(try limit("nesting of one evaluation") == Budget.depthLimit)
        #expect(try limit("nesting of a value that is made") == Budget.nestingLimit)
        #expect(try limit("characters of a pattern") == LinearRegex.patternLimit)
        #expect(limits.contains { $0[1] == "\(Budget.standard.bytes >> 20) MiB" })
        let length = try #require(try limit("characters of an expression"))
        let long = "1" + String(repeating: " ", count: length - 1)
        #expect(throws: Never.self) { try Program(long) }
        #expect(throws: ExpressionError.self) { try Program(long + " ") }
    }

    @Test("every example gives what the page says")
    func examples() throws {
        let examples = try Self.rows(under: ["input", "program", "output"])
        #expect(examples.count > 180)
        for example in examples {
            let input = try JSONParser.parse(example[0])
            #expect(Self.answer(example[1], input) == example[2], "\(example[1])")
        }
    }

    private static func answer(_ program: String, _ input: JSONValue) -> String {
        do {
            let outputs = try Program(program).outputs(Environment(input: input))
            return outputs.map { JSONWriter.string($0) }.joined(separator: " ")
        } catch let error as ExpressionError {
            return error.code.rawValue
        } catch let error as EvaluationError {
            return error.code.rawValue
        } catch {
            return "\(error)"
        }
    }

    @Test("every template gives what the page says")
    func templates() throws {
        let examples = try Self.rows(under: ["trigger", "template", "value"])
        #expect(examples.count >= 10)
        for example in examples {
            var environment = Environment()
            environment[.trigger] = try JSONParser.parse(example[0])
            #expect(Self.value(of: example[1], environment) == example[2], "\(example[1])")
        }
    }

    private static func value(of template: String, _ environment: Environment) -> String {
        do {
            return JSONWriter.string(try Template.compile(template).evaluate(environment))
        } catch let error as ExpressionError {
            return error.code.rawValue
        } catch let error as EvaluationError {
            return error.code.rawValue
        } catch {
            return "\(error)"
        }
    }
}
