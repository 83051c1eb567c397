/// What a value of a project file may be. One description of the language from which come the
/// checks of the parser and the JSON Schema for editors, so that neither can drift.
indirect enum Shape: Sendable {
    /// Anything, with templates in its strings.
    case template
    /// Anything, taken as it is.
    case any
    case string
    case name
    case boolean
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    case duration(ClosedRange<Int64>)
    /// A bare expression or one `${ … }`.
    case expression
    case word([String])
    case list(Shape)
    case map(Shape)
    case record(String)
    /// The first that fits by type.
    case either([Shape])
    case jsonSchema
}

/// One key of a record.
struct Field: Sendable {
    var key: String
    var shape: Shape
    var isRequired = false
    var words: String

    init(_ key: String, _ shape: Shape, required: Bool = false, _ words: String) {
        self.key = key
        self.shape = shape
        isRequired = required
        self.words = words
    }
}

/// A mapping with known keys.
struct Record: Sendable {
    var words: String
    var fields: [Field]
    /// Exactly one of these keys must be there.
    var oneOf: [String] = []

    init(_ words: String, oneOf: [String] = [], _ fields: [Field]) {
        self.words = words
        self.fields = fields
        self.oneOf = oneOf
    }

    func field(_ key: String) -> Field? { fields.first { $0.key == key } }
}
