import Model

/// A value that is stored as one JSON document.
///
/// `json` holds everything, sealed texts and hashes included: it is for the store, and no API
/// returns it. What a person may read of it is its `view(for:)`.
package protocol JSONDocument: Sendable, Hashable {
    var json: JSONValue { get }

    /// Nil when a member is missing or has another type. Unknown members are ignored.
    init?(json: JSONValue)
}

/// Who reads an object.
package enum Reader: String, Sendable, Hashable, CaseIterable {
    /// The end user: one's own objects, without what is hidden, and never a secret.
    case client
    /// The partner's people: everything but secrets.
    case partner
}

extension JSONObject {
    /// The member, when it is there and can be read.
    package func get<Value>(_ key: String, _ read: (JSONValue) -> Value?) -> Value? {
        self[key].flatMap(read)
    }

    /// `.some(nil)` when there is no such member; nil when there is one that cannot be read.
    package func maybe<Value>(_ key: String, _ read: (JSONValue) -> Value?) -> Value?? {
        guard let value = self[key] else { return .some(nil) }
        guard let result = read(value) else { return nil }
        return .some(result)
    }
}

extension JSONValue {
    /// A 64-bit number that fits an `Int`.
    package var countValue: Int? { integerValue.flatMap { Int(exactly: $0) } }

    package var timeValue: Timestamp? { stringValue.flatMap(Timestamp.init) }

    package var executionValue: ExecutionID? { stringValue.flatMap { ExecutionID($0) } }

    package var idValue: ObjectID? { stringValue.flatMap { ObjectID($0) } }

    package func id(_ kind: ObjectID.Kind) -> ObjectID? {
        stringValue.flatMap { ObjectID(kind, $0) }
    }

    /// One of the words of a closed list.
    package func word<Word: RawRepresentable<String>>(_ type: Word.Type) -> Word? {
        stringValue.flatMap(Word.init(rawValue:))
    }

    /// Every element read; nil when one cannot be.
    package func list<Element>(_ read: (JSONValue) -> Element?) -> [Element]? {
        guard let array = arrayValue else { return nil }
        let elements = array.compactMap(read)
        return elements.count == array.count ? elements : nil
    }

    /// Every member read; nil when one cannot be.
    package func map<Element>(_ read: (JSONValue) -> Element?) -> [String: Element]? {
        guard let object = objectValue else { return nil }
        var result: [String: Element] = [:]
        for (key, value) in object {
            guard let element = read(value) else { return nil }
            result[key] = element
        }
        return result
    }

    package static func time(_ time: Timestamp) -> JSONValue { .string(time.description) }

    package static func id(_ id: ObjectID) -> JSONValue { .string(id.description) }

    /// Members in the order of their names, so that equal values have equal texts.
    package static func members<Element>(
        _ values: [String: Element],
        _ write: (Element) -> JSONValue,
    ) -> JSONValue {
        .object(
            JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, write($0.value)) })
        )
    }
}
