/// A place that breaks a rule.
struct Offence: Hashable, Sendable, CustomStringConvertible {
    var rule: Rule
    var path: String
    /// 0 when the whole file is meant.
    var line: Int
    var message: String

    var description: String { "\(path):\(line): [\(rule.rawValue)] \(message)" }
}
