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
    /// `connector.operation`, or a connector's trigger.
    case operation
    /// A duration as text or seconds as a number, or a string with `${`.
    case pause
    /// A reference to a secret; never the secret itself.
    case secret
    /// `UTC` or an `Area/City` of the IANA database.
    case timeZone
    /// An absolute https address, or an http one of this machine.
    case webAddress
    /// `true` alone.
    case yes
    /// A mapping with templates; `auth` in it names a slot.
    case arguments
    case list(Shape)
    case map(Shape)
    /// A mapping whose keys are names.
    case names(Shape)
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
    /// Where it has a meaning, and must be there when it is required; nil is everywhere.
    var home: Home?

    enum Home: Sendable, Hashable {
        /// Beside this key.
        case key(String)
        /// Where this key has this value.
        case value(String, String)
    }

    init(
        _ key: String,
        _ shape: Shape,
        required: Bool = false,
        beside home: Home? = nil,
        _ words: String,
    ) {
        self.key = key
        self.shape = shape
        isRequired = required
        self.words = words
        self.home = home
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
