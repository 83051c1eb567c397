import Model

/// Why an expression gave no value, and at which place of its source.
package struct EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// An operation on values of the wrong type.
        case type = "E201"
        /// `error(…)` or `error`.
        case raised = "E202"
        case divisionByZero = "E203"
        case integerOverflow = "E204"
        case stepBudget = "E205"
        case memoryBudget = "E206"
        case depth = "E207"
        /// A template expression gave no value.
        case noOutput = "E208"
        /// A template expression gave more than one value.
        case manyOutputs = "E209"
        case invalidPath = "E210"
        case invalidArgument = "E211"
        case invalidRegex = "E212"
        case invalidText = "E213"
    }

    package var code: Code
    package var message: String
    /// What `error(…)` was given; what `catch` sees.
    package var value: JSONValue
    /// Characters from the start of the source, from 0.
    package var offset: Int
    /// The source of the expression.
    package var source: String = ""
    /// Where in a template: a JSON Pointer (RFC 6901); empty for a single expression.
    package var pointer: String = ""

    package init(_ code: Code, _ message: String, at offset: Int = 0, value: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
        self.value = value ?? .string(message)
    }

    /// Budgets end the evaluation; `try` cannot catch them.
    var isFinal: Bool { code == .stepBudget || code == .memoryBudget || code == .depth }

    package var description: String { "\(code.rawValue): \(message)" }
}
