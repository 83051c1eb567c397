import Model

/// The name of an object that is kept as a record: what it is, and 63 bits ordered by creation time.
///
/// The number and its text are those of an execution's name (``ExecutionID``) behind another
/// prefix: `usr_` and 13 Crockford base32 digits. It is no secret.
package struct ObjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case endUser = "usr"
        case instance = "ins"
        case authentication = "aut"
        case failure = "fai"
        case audit = "aud"
        case apiKey = "key"
        case signingKey = "sig"
        case connectLink = "con"
        case issue = "iss"
        case alert = "alr"
        case silence = "sil"
        case replay = "rep"
    }

    package let kind: Kind
    private let number: ExecutionID

    package var rawValue: Int64 { number.rawValue }

    /// The sign of the number is dropped: a name has 63 bits.
    package init(_ kind: Kind, rawValue: Int64) {
        self.kind = kind
        number = ExecutionID(rawValue: rawValue & Int64.max)
    }

    /// Makes a name from its parts; `worker` 0...1023, `sequence` 0...4095.
    package init(_ kind: Kind, milliseconds: Int64, worker: Int, sequence: Int) {
        let made = ExecutionID(milliseconds: milliseconds, worker: worker, sequence: sequence)
        self.init(kind, rawValue: made.rawValue)
    }

    /// Reads the text form; nil unless it is exactly one.
    package init?(_ text: String) {
        guard let kind = Kind(rawValue: String(text.prefix(3))),
            let number = ExecutionID("exe" + text.dropFirst(3))
        else { return nil }
        self.kind = kind
        self.number = number
    }

    /// Reads the name of an object of this kind; nil for every other text.
    package init?(_ kind: Kind, _ text: String) {
        guard let id = ObjectID(text), id.kind == kind else { return nil }
        self = id
    }

    /// When it was made.
    package var createdAt: Timestamp { number.createdAt }

    package var description: String { kind.rawValue + number.description.dropFirst(3) }

    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        left.kind == right.kind
            ? left.number < right.number : left.kind.rawValue < right.kind.rawValue
    }
}
