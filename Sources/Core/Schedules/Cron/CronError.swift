/// Why a text is not a cron expression.
package struct CronError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not five fields.
        case fieldCount
        /// `@reboot` and whatever else begins with `@`.
        case unknownNickname
        /// A word that is no month or weekday.
        case unknownName
        /// A character or an empty item where a value should be.
        case unexpected
        /// A number outside its field's range.
        case outOfRange
        /// `FRI-MON`, `22-2`.
        case backwards
        /// `/0`, or a step longer than the field.
        case invalidStep
        /// `L`, `W`, `#` or `?` in a field where it means nothing.
        case misplaced
        /// No day of any year matches.
        case neverMatches
    }

    package var code: Code
    /// Where in the text, in Unicode scalars from its start.
    package var offset: Int
    /// One sentence.
    package var message: String
    /// What was perhaps meant.
    package var suggestion: String?

    package init(_ code: Code, at offset: Int, _ message: String, suggestion: String? = nil) {
        self.code = code
        self.offset = offset
        self.message = message
        self.suggestion = suggestion
    }

    package var description: String { "\(offset): \(message)" }
}
