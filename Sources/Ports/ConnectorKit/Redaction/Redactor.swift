import Model

/// Takes secrets out of what is about to be written: journal, log, alert, answer.
///
/// Three rules, each enough by itself: the value of a member, header or query parameter with a
/// sensitive name (``SensitiveNames`` and those it was told), also inside a text; every occurrence
/// of a known secret of at least six bytes, also percent-encoded, JSON-escaped or in base 64 at any
/// alignment; and credentials that show themselves (`Bearer …`, `Basic …`,
/// `https://user:password@…`). What holds nothing of the kind comes back as it was, without a copy.
///
/// The time is linear in the size of the value, whatever the number of secrets.
public struct Redactor: Sendable {
    /// What stands where a secret stood.
    public static let replacement = "[redacted]"

    private var scanner: SecretScanner
    private var known: Set<String> = []

    /// - Parameters:
    ///   - secrets: Every secret in use; those shorter than six bytes are only found by the name
    ///     they stand under.
    ///   - names: More sensitive names, such as those of declared secret slots.
    public init(secrets: [String] = [], names: [String] = []) {
        scanner = .empty(looksAtNames: true)
        add(secrets: secrets, names: names)
    }

    /// One that looks for known secrets alone, and leaves the rest to stand.
    package init(only secrets: [String]) {
        scanner = .empty(looksAtNames: false)
        add(secrets: secrets)
    }

    /// From now on these are known too.
    ///
    /// - Parameter parameters: Names of headers and parameters, sensitive inside texts only: a name
    ///   such as `key` is another thing as a member of an object.
    public mutating func add(
        secrets: [String],
        names: [String] = [],
        parameters: [String] = [],
    ) {
        for secret in secrets where known.insert(secret).inserted { scanner.add(secret: secret) }
        for name in names { scanner.add(name: name) }
        for parameter in parameters { scanner.add(parameter: parameter) }
    }

    /// Whether all of these are known already.
    package func knows(_ secrets: [String]) -> Bool { secrets.allSatisfy(known.contains) }

    /// Whether the value of a member, header or parameter of this name is taken out.
    package func isSensitive(_ name: String) -> Bool { scanner.isSensitive(name) }

    /// Whether there is anything to take out of a text.
    package func finds(in text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { scanner.ranges(in: $0) != nil }
    }

    /// The text without its secrets.
    public func redact(_ text: String) -> String { redacted(text) ?? text }

    /// The value without its secrets; member names are searched too.
    public func redact(_ value: JSONValue) -> JSONValue {
        scanner.isIdle ? value : redacted(value) ?? value
    }

    /// The object without its secrets.
    public func redact(_ object: JSONObject) -> JSONObject {
        scanner.isIdle ? object : redacted(object) ?? object
    }

    /// Nil when nothing has to change.
    package func redacted(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .string(let text): redacted(text).map(JSONValue.string)
        case .array(let elements): redacted(elements).map(JSONValue.array)
        case .object(let object): redacted(object).map(JSONValue.object)
        case .integer(let number): scanner.holds(number) ? .string(Self.replacement) : nil
        case .null, .bool, .number: nil
        }
    }

    private func redacted(_ elements: [JSONValue]) -> [JSONValue]? {
        var copy: [JSONValue]?
        for (position, element) in elements.enumerated() {
            guard let new = redacted(element) else { continue }
            if copy == nil { copy = elements }
            copy?[position] = new
        }
        return copy
    }

    private func redacted(_ object: JSONObject) -> JSONObject? {
        var changes: [(position: Int, key: String, value: JSONValue)] = []
        for (position, (key, value)) in object.enumerated() {
            let newKey = redacted(key)
            let newValue = scanner.isSensitive(key) ? covered(value) : redacted(value)
            guard newKey != nil || newValue != nil else { continue }
            changes.append((position, newKey ?? key, newValue ?? value))
        }
        guard !changes.isEmpty else { return nil }
        var members = object.map { ($0.key, $0.value) }
        for change in changes { members[change.position] = (change.key, change.value) }
        return JSONObject(members)
    }

    /// Every string and number of a value that stands under a sensitive name.
    private func covered(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .null, .bool: nil
        case .string(let text) where text.isEmpty || text == Self.replacement: nil
        case .string, .integer, .number: .string(Self.replacement)
        case .array(let elements):
            elements.isEmpty ? nil : .array(elements.map { covered($0) ?? $0 })
        case .object(let object):
            object.isEmpty
                ? nil : .object(JSONObject(object.map { ($0.key, covered($0.value) ?? $0.value) }))
        }
    }

    private func redacted(_ text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes -> String? in
            guard let ranges = scanner.ranges(in: bytes) else { return nil }
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            var position = 0
            for range in ranges {
                result += UnsafeBufferPointer(rebasing: bytes[position..<range.lowerBound])
                result += Self.replacement.utf8
                position = range.upperBound
            }
            result += UnsafeBufferPointer(rebasing: bytes[position...])
            return String(decoding: result, as: UTF8.self)
        }
    }
}
