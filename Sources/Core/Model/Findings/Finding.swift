/// Something to say about a file that a person wrote: a value with a place, never a thrown string.
public struct Finding: Sendable, Hashable {
    /// Findings with `error` stop a deployment; a `warning` does not.
    public enum Severity: String, Sendable, Hashable, CaseIterable { case error, warning }

    /// The stable number, such as `B0107`; its page says what to do.
    public var code: String
    public var severity: Severity
    public var message: String
    /// What to write instead, when that can be told.
    public var suggestion: String?
    public var place: SourcePlace

    public init(
        code: String,
        severity: Severity = .error,
        message: String,
        suggestion: String? = nil,
        place: SourcePlace,
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.suggestion = suggestion
        self.place = place
    }
}

/// A place in a source file; line and column count from 1, column in characters.
public struct SourcePlace: Sendable, Hashable {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }
}
