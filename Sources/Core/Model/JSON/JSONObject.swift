/// The members of a JSON object, in the order in which they were first written.
///
/// Setting an existing key keeps its place; setting nil removes it. Lookup is linear up to eight
/// members and hashed above, so building a large one is never quadratic. Keys are the same when
/// their bytes are: unlike in Swift, two ways to write `é` are two keys (RFC 8259, section 8.3).
public struct JSONObject: Sendable {
    @usableFromInline var entries: [(key: String, value: JSONValue)] = []
    private var index: [KeyBytes: Int] = [:]
    private static let indexThreshold = 8

    public init() {}

    /// Keeps the first place and the last value of a key that occurs twice.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }
    public var keys: [String] { entries.map(\.key) }
    public var values: [JSONValue] { entries.map(\.value) }

    public mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { entries[$0].value } }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            if let position = position(of: key) {
                entries[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Adds a member that is known to be new; a second one of the same key would be unreachable.
    mutating func append(_ key: String, _ value: JSONValue) {
        entries.append((key, value))
        if !index.isEmpty {
            index[KeyBytes(text: key)] = entries.count - 1
        } else if entries.count > Self.indexThreshold {
            buildIndex()
        }
    }

    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        let value = entries.remove(at: position).value
        if !index.isEmpty { buildIndex() }
        return value
    }

    /// Changes a value in place, without copying it; the member must not be absent afterwards.
    public mutating func update<Result>(
        _ key: String,
        default value: @autoclosure () -> JSONValue,
        _ body: (inout JSONValue) throws -> Result,
    ) rethrows -> Result {
        if position(of: key) == nil { append(key, value()) }
        let position = position(of: key) ?? entries.count - 1
        return try body(&entries[position].value)
    }

    func position(of key: String) -> Int? {
        if !index.isEmpty { return index[KeyBytes(text: key)] }
        for position in entries.indices where entries[position].key.hasBytes(of: key) {
            return position
        }
        return nil
    }

    private mutating func buildIndex() {
        index.removeAll(keepingCapacity: true)
        guard entries.count > Self.indexThreshold else { return }
        index.reserveCapacity(entries.count * 2)
        for (position, entry) in entries.enumerated() {
            index[KeyBytes(text: entry.key)] = position
        }
    }
}

extension JSONObject: RandomAccessCollection {
    public typealias Element = (key: String, value: JSONValue)
    public var startIndex: Int { 0 }
    public var endIndex: Int { entries.count }
    public subscript(position: Int) -> Element { entries[position] }
}

extension JSONObject: Hashable {
    /// Member order does not matter (RFC 8259, section 4).
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        for (position, entry) in left.entries.enumerated() {
            if right.entries[position].key.hasBytes(of: entry.key) {
                guard right.entries[position].value == entry.value else { return false }
            } else {
                guard let other = right[entry.key], other == entry.value else { return false }
            }
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for entry in entries {
            var own = Hasher()
            own.combine(KeyBytes(text: entry.key))
            own.combine(entry.value)
            sum &+= own.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

/// A key that is compared byte by byte.
private struct KeyBytes: Hashable {
    var text: String

    static func == (left: KeyBytes, right: KeyBytes) -> Bool { left.text.hasBytes(of: right.text) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Swift's own equality is quick to say no; its yes is checked.
    fileprivate func hasBytes(of other: String) -> Bool {
        self == other && utf8.elementsEqual(other.utf8)
    }
}
