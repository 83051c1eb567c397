/// Why a source text is not an expression, and where.
package struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case unexpectedCharacter = "E101"
        case unterminatedString = "E102"
        case invalidEscape = "E103"
        case invalidNumber = "E104"
        case unexpectedToken = "E105"
        case unexpectedEnd = "E106"
        case unknownVariable = "E107"
        case unknownFunction = "E108"
        case notAllowed = "E109"
        case tooDeep = "E110"
        case tooLong = "E111"
        case unknownFormat = "E112"
        case unterminatedTemplate = "E113"
        case emptyExpression = "E114"
        case invalidRegex = "E115"
    }

    package var code: Code
    package var message: String
    package var suggestion: String?
    /// Characters from the start of the source, from 0.
    package var offset: Int

    package init(_ code: Code, _ message: String, at offset: Int, suggestion: String? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
        self.suggestion = suggestion
    }

    package var description: String {
        "\(code.rawValue): \(message)" + (suggestion.map { "; \($0)" } ?? "")
    }
}
