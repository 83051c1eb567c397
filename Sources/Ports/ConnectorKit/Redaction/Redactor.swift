import Model

/// Takes secrets out of what is about to be written: journal, log, alert, answer.
///
/// Three rules, each enough by itself: the value of a member, header or query parameter with a
/// sensitive name (``SensitiveNames``); every occurrence of a known secret of at least six bytes,
/// also percent-encoded, JSON-escaped or in base 64 at any alignment; and credentials that show
/// themselves (`Bearer …`, `Basic …`, `https://user:password@…`). What holds nothing of the kind
/// comes back as it was, without a copy.
public struct Redactor: Sendable {
    /// What stands where a secret stood.
    public static let replacement = "[redacted]"

    private let scanner: SecretScanner

    /// - Parameter secrets: Every secret in use; those shorter than six bytes are only found by
    ///   the name they stand under.
    public init(secrets: [String]) { scanner = SecretScanner(secrets: secrets) }

    /// The text without its secrets.
    public func redact(_ text: String) -> String { redacted(text) ?? text }

    /// The value without its secrets; member names are searched too.
    public func redact(_ value: JSONValue) -> JSONValue { redacted(value) ?? value }

    /// The object without its secrets.
    public func redact(_ object: JSONObject) -> JSONObject { redacted(object) ?? object }

    /// Nil when nothing has to change.
    private func redacted(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .string(let text): redacted(text).map(JSONValue.string)
        case .array(let elements): redacted(elements).map(JSONValue.array)
        case .object(let object): redacted(object).map(JSONValue.object)
        case .null, .bool, .integer, .number: nil
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
            let newValue = SensitiveNames.contains(key) ? covered(value) : redacted(value)
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
