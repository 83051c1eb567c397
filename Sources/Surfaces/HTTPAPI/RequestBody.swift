import Engine
import Model

/// The JSON object that a call of the embedding takes: every member known, each of its type.
struct RequestBody: Sendable {
    /// Characters of a name.
    static let nameLength = 1...200
    /// The most bytes of `config`, as compact JSON.
    static let configLimit = 64 << 10
    /// The most bytes of `fields`, as compact JSON.
    static let fieldsLimit = 16 << 10

    let object: JSONObject

    /// - Parameter known: nil when the names of the members are values, as those of slots.
    init(_ request: WebhookRequest, known: Set<String>?) throws(Problem) {
        let type = request.field("content-type") ?? "application/json"
        let essence = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard essence.hasSuffix("/json") || essence.hasSuffix("+json") else {
            throw APIFault.unsupportedMediaType(essence).problem
        }
        let value: JSONValue
        do { value = try JSONParser.parse(request.body) } catch {
            throw APIFault.malformed("the body is not JSON: \(error)").problem
        }
        guard let object = value.objectValue else {
            throw APIFault.malformed("the body is a JSON object").problem
        }
        try self.init(object, known: known)
    }

    init(_ object: JSONObject, known: Set<String>?) throws(Problem) {
        if let known, let name = object.keys.first(where: { !known.contains($0) }) {
            throw APIFault.unknownMember(name).problem
        }
        self.object = object
    }

    static func wrong(_ name: String, _ reason: String) -> Problem {
        APIFault.invalidMember(name, reason).problem
    }

    func text(_ name: String, _ length: ClosedRange<Int> = nameLength) throws(Problem) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.stringValue, length.contains(text.unicodeScalars.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw Self.wrong(
                name,
                "it is a text of \(length.lowerBound) to \(length.upperBound) characters,"
                    + " none of them a control character",
            )
        }
        return text
    }

    func neededText(
        _ name: String,
        _ length: ClosedRange<Int> = nameLength,
    ) throws(Problem) -> String {
        guard let text = try text(name, length) else { throw Self.wrong(name, "it is missing") }
        return text
    }

    /// A text of several lines, with nothing but printable ASCII in them.
    func lines(_ name: String, limit: Int) throws(Problem) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.stringValue, (1...limit).contains(text.utf8.count),
            text.utf8.allSatisfy({ (32...126).contains($0) || $0 == 10 || $0 == 13 })
        else { throw Self.wrong(name, "it is a text of at most \(limit) bytes") }
        return text
    }

    /// A whole number of the range.
    func number(
        _ name: String,
        _ range: ClosedRange<Int64> = 0...1_000_000_000,
    ) throws(Problem) -> Int64? {
        guard let value = object[name] else { return nil }
        guard let number = value.integerValue, range.contains(number) else {
            throw Self.wrong(
                name,
                "it is a number from \(range.lowerBound) to \(range.upperBound)",
            )
        }
        return number
    }

    func time(_ name: String) throws(Problem) -> Timestamp? {
        guard let value = object[name] else { return nil }
        guard let time = value.stringValue.flatMap(Timestamp.init) else {
            throw Self.wrong(name, "it is a time such as 2026-11-23T19:42:00Z")
        }
        return time
    }

    /// The objects of a list that has 1 to `limit` of them.
    func objects(_ name: String, limit: Int) throws(Problem) -> [JSONObject] {
        let objects = object[name]?.arrayValue?.compactMap(\.objectValue)
        guard let objects, (1...limit).contains(objects.count),
            objects.count == object[name]?.arrayValue?.count
        else { throw Self.wrong(name, "it is a list of 1 to \(limit) objects") }
        return objects
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        guard let value = object[name] else { return false }
        guard let flag = value.boolValue else { throw Self.wrong(name, "it is true or false") }
        return flag
    }

    func object(_ name: String, limit: Int) throws(Problem) -> JSONObject {
        guard let value = object[name] else { return JSONObject() }
        guard let object = value.objectValue else { throw Self.wrong(name, "it is an object") }
        try Self.check(object, name, limit: limit)
        return object
    }

    static func check(_ object: JSONObject, _ name: String, limit: Int) throws(Problem) {
        guard JSONWriter.encodedSize(.object(object)) <= limit else {
            throw APIFault.memberTooLarge(name, limit).problem
        }
    }

    func word<Word: RawRepresentable<String>>(
        _ name: String,
        of words: [Word],
    ) throws(Problem) -> Word {
        let word = object[name]?.stringValue.flatMap(Word.init(rawValue:))
        guard let word, words.contains(where: { $0.rawValue == word.rawValue }) else {
            let allowed = words.map(\.rawValue).joined(separator: ", ")
            throw Self.wrong(name, "it is one of \(allowed)")
        }
        return word
    }
}
