import Expressions
import Model

/// Expressions and templates: a refusal has its number and a place in the source; an evaluation
/// ends within its budget, and the same way every time.
enum ExpressionTarget {
    static let budget = Budget(steps: 200_000, bytes: 6 << 20)

    static let environment: Environment = {
        let account: JSONValue = [
            "Id": "001", "Name": "Northwind Traders", "Open": true, "Revenue": 12.5, "Parent": nil,
        ]
        var environment = Environment(
            input: ["a": 1, "b": [1, 2.5, -3, nil], "c": ["d": "x"], "f": "héllo, wörld"],
            now: Timestamp(milliseconds: 1_790_000_000_000),
        )
        environment[.trigger] = ["body": ["account_id": "001", "lines": [account, account]]]
        environment[.steps] = ["account": account]
        environment[.config] = ["region": "eu", "limit": 3]
        return environment
    }()

    static func run(_ bytes: [UInt8]) {
        let source = String(decoding: bytes, as: UTF8.self)
        let length = source.unicodeScalars.count
        do throws(ExpressionError) {
            let program = try Program(source)
            for reference in program.references {
                insist((0...length).contains(reference.offset), "a reference outside the source")
            }
            let first = outputs(program, length)
            insist(outputs(program, length) == first, "another result the second time")
        } catch {
            check(error, length)
        }
        do throws(ExpressionError) {
            let template = try Template.compile(source)
            insist(
                value(template, length) == value(template, length),
                "another value the second time",
            )
        } catch {
            check(error, length)
        }
    }

    private static func outputs(
        _ program: Program,
        _ length: Int,
    )
        -> Result<[JSONValue], EvaluationError>
    {
        do throws(EvaluationError) {
            let values = try program.outputs(environment, budget: budget)
            insist(values.count <= budget.steps, "more values than steps")
            values.forEach(check)
            return .success(values)
        } catch {
            check(error, length)
            return .failure(error)
        }
    }

    private static func value(
        _ template: Template,
        _ length: Int,
    )
        -> Result<JSONValue, EvaluationError>
    {
        do throws(EvaluationError) {
            let value = try template.evaluate(environment, budget: budget)
            check(value)
            return .success(value)
        } catch {
            check(error, length)
            return .failure(error)
        }
    }

    /// A value can be written and read again: nothing that JSON cannot say.
    private static func check(_ value: JSONValue) {
        let text = JSONWriter.bytes(value)
        let limits = JSONLimits(depth: 1024, size: .max)
        guard case .success(let again) = JSONTarget.read(text, limits) else {
            broken("the value is no JSON: \(String(decoding: text, as: UTF8.self))")
        }
        insist(again == value, "another value is read back")
    }

    private static func check(_ error: ExpressionError, _ length: Int) {
        insist(isNumbered(error.code.rawValue), "\(error) has no number")
        insist(!error.message.isEmpty, "\(error.code) says nothing")
        insist((0...length).contains(error.offset), "\(error) is outside the source")
    }

    private static func check(_ error: EvaluationError, _ length: Int) {
        insist(isNumbered(error.code.rawValue), "\(error) has no number")
        insist((0...length).contains(error.offset), "\(error) is outside the source")
    }
}
